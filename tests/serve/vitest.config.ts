// The served lab as a process with the host ports of its world: npm run test:serve. Real time and
// ports that must be free, so no part of npm test.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'serve',
    root,
    include: ['tests/serve/*.processes.ts'],
    testTimeout: 60_000,
    reporters: ['verbose'],
  },
})
