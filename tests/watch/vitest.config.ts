// npm run test:watch compares milestones with the true times while the connection to the API breaks
// a hundred times. It takes minutes of real time, so npm test does not include it.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'watch',
    root,
    include: ['tests/watch/*.run.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})
