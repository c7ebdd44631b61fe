// The served lab as a process with the host ports of its world: npm run test:serve. It needs real
// time and free ports, so npm test does not include it.
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
