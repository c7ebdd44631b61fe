// Three projects: the policy's invariants, its drills, and the tests of holdfast itself.
import { defineConfig } from 'vitest/config'

/** vitest would leave one core of two idle; the lab needs no core for itself. */
const shared = { pool: 'threads', isolate: false, maxWorkers: 2 } as const

export default defineConfig({
  test: {
    projects: [
      // One file after the other: they judge one snapshot, taken once by the setup.
      { test: { ...shared, name: 'invariants', include: ['specs/invariants/*.spec.ts'], globalSetup: ['bin/sessions/look.ts'], setupFiles: ['bin/sessions/invariants.ts'], fileParallelism: false } },
      { test: { ...shared, name: 'chaos', include: ['specs/chaos/*.spec.ts'], setupFiles: ['bin/sessions/chaos.ts'] } },
      { test: { ...shared, name: 'self', include: ['{helpers,lab,clusters,bin,tests}/**/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
})
