// The configuration of Allure's reporter for vitest: the folder of the results, the environment,
// and the categories of failures.
import { proofOf } from '#src/reporting/headline.ts'
import type { Run } from '#src/model/index.ts'
import { categories } from './outcome.ts'

export interface AllureOptions {
  /** Folder of the results. */
  readonly resultsDir: string
  readonly cluster: string
  readonly target: Run['target']['kind']
  readonly seed: number
  readonly versions: Run['versions']
}

/** A row of vitest's `reporters`. */
export function allureReporter(options: AllureOptions): [string, Record<string, unknown>] {
  const { resultsDir, cluster, target, seed, versions } = options
  const proofOfTarget = proofOf({ target: { kind: target, description: '' } })
  return [
    'allure-vitest/reporter',
    {
      resultsDir,
      categories,
      environmentInfo: {
        cluster,
        target: proofOfTarget,
        seed: String(seed),
        ...versions,
      },
      // Specs assert by verdicts. The matchers of vitest would only add noise to the steps.
      reportMatchers: false,
    },
  ]
}
