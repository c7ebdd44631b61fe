// Every step at which a drill can die, and every step of the start after it: npm run
// test:interrupts. Minutes of computing, so no part of npm test.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'interrupts',
    root,
    include: ['tests/interrupts/*.enumeration.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    // One test is all the points of one drill: 0.1 s for each, a few hundred of them.
    testTimeout: 600_000,
    reporters: ['verbose'],
  },
})
