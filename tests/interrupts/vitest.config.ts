// Kills a drill at every step, and the start after it at every step: npm run test:interrupts. It
// takes minutes of CPU time, so npm test does not include it.
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
    // One test covers all points of one drill: a few hundred, 0.1 s each.
    testTimeout: 600_000,
    reporters: ['verbose'],
  },
})
