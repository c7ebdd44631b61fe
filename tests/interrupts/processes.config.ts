// Kills real processes that drill on a served lab: npm run test:processes. It needs real time and
// the lab's host ports, so npm test does not include it.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'processes',
    root,
    include: ['tests/interrupts/*.processes.ts'],
    pool: 'threads',
    // All tests share one cluster, so they run one after the other.
    fileParallelism: false,
    // A drill begins after 5 s, and a pod is back within 120 s; one test runs five drills in a row.
    // @source joelclaw history: pods running within 120 s
    testTimeout: 900_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})
