// Real processes that are really killed, on a served lab: npm run test:processes. Real time and the
// lab's host ports, so no part of npm test.
import { defineConfig } from 'vitest/config'
import { root } from '#tests/project/source.ts'

export default defineConfig({
  test: {
    name: 'processes',
    root,
    include: ['tests/interrupts/*.processes.ts'],
    pool: 'threads',
    // One cluster, and one thing at a time on it.
    fileParallelism: false,
    // A drill begins after 5 s and a pod is back within 120 s; five of them in a row. @source
    // joelclaw history: pods running within 120 s
    testTimeout: 900_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})
