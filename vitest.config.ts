// The projects of a test run: the policy's invariants, its drills, and the tests of holdfast
// itself.
import { defineConfig } from 'vitest/config'

/**
 * Only the spec that is run has to be vitest's own, for its import.meta.vitest: Node loads all else
 * by itself, and sooner.
 */
const external = [
  new RegExp(
    `^(file://)?${import.meta.dirname.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}/(helpers|src|lab|clusters|bin)/`,
  ),
]

const shared = { pool: 'threads', isolate: false, server: { deps: { external } } } satisfies Record<
  string,
  unknown
>

/** The command line runs one of them at a time, without vitest having to read this file. */
export const projects = {
  /** They judge one snapshot, taken once before any of them runs: there is nothing to share out. */
  invariants: {
    ...shared,
    name: 'invariants',
    include: ['specs/invariants/*.spec.ts'],
    globalSetup: ['src/vitest/global-setup.ts'],
    setupFiles: ['src/vitest/invariants.ts'],
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
  chaos: {
    ...shared,
    name: 'chaos',
    include: ['specs/chaos/*.spec.ts'],
    setupFiles: ['src/vitest/chaos.ts'],
    maxWorkers: 2,
  },
  self: {
    ...shared,
    name: 'self',
    include: ['{helpers,src,lab,clusters,bin,tests}/**/*.test.ts'],
    exclude: ['tests/container/**', '**/node_modules/**'],
    testTimeout: 300_000,
    maxWorkers: 2,
  },
}

export default defineConfig({ test: { projects: Object.values(projects).map(test => ({ test })) } })
