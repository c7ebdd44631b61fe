// Marks held against the truth while the connection to the API breaks a hundred times: npm run
// test:watch. Minutes of real time, so no part of npm test.
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
