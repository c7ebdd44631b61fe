// The projects of a test run: the policy's invariants, its drills, and the tests of holdfast
// itself.
import { env } from 'node:process'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

type UserConfig = NonNullable<ViteUserConfig['test']>

/**
 * Only the spec that is run has to be vitest's own, for its import.meta.vitest: Node loads all else
 * by itself, and sooner.
 */
const external = [
  new RegExp(
    `^(file://)?${import.meta.dirname.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}` +
      '/(helpers|src|lab|clusters|bin)/',
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

/**
 * Allure results of specs that are run without the command line, where `HOLDFAST_ALLURE` names a
 * folder for them.
 */
async function reporters(): Promise<UserConfig['reporters']> {
  const resultsDir = env['HOLDFAST_ALLURE']
  if (resultsDir === undefined || resultsDir === '') return ['default']
  const [{ allureReporter }, { settingsFrom }, { versions }] = await Promise.all([
    import('./src/reporting/allure/reporter.ts'),
    import('./src/runs/settings.ts'),
    import('./src/runs/versions.ts'),
  ])
  const { cluster, target, seed } = settingsFrom()
  return ['default', allureReporter({ resultsDir, cluster, target, seed, versions: versions() })]
}

export default defineConfig(async () => ({
  test: {
    projects: Object.values(projects).map(test => ({ test })),
    reporters: (await reporters()) ?? [],
  },
}))
