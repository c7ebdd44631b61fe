// Runs specs through vitest in this process and collects their results: the CLI has no runner of
// its own.
import type { InlineConfig } from 'vitest/node'
import type { DrillProgress, DrillResult, Judgement, SpecFindings } from '#src/model/index.ts'
import { projectRoot } from '#src/project-root.ts'
import { allureReporter } from '#src/reporting/allure/reporter.ts'
import { environmentOf, type Settings } from './settings.ts'
import { onlyOurs } from './process/stop.ts'
import { versions } from './versions.ts'

/** The results of the specs of a run. */
export interface SpecResults {
  judgements: readonly Judgement[]
  drills: readonly DrillResult[]
  /**
   * Failures beside the verdicts: a spec that does not load, a test that failed without a verdict.
   */
  errors: readonly string[]
}

export interface SpecOptions {
  /** Paths of spec files, or parts of them; empty: all of the project. */
  files?: readonly string[]
  /** Folder for the Allure results. Undefined: none are written. */
  allure?: string | undefined
  /** Called for each event of a drill as it happens. */
  onEvent?: (event: DrillProgress) => void
}

interface Case {
  meta(): { holdfast?: SpecFindings }
  fullName: string
  result(): { state: string; errors?: readonly { message: string }[] | undefined }
}

interface Module {
  errors(): readonly { message: string }[]
  moduleId: string
}

/** The order of the specs, whatever the order of their threads. */
const byDrill = (a: DrillResult, b: DrillResult): number =>
  Number(a.drill > b.drill) - Number(a.drill < b.drill)

const load = () => Promise.all([import('vitest/node'), import('#vitest.config.ts')])

/**
 * Loads vitest while the run waits for something else, e.g. an API server. Not while a lab runs:
 * loading would consume its time.
 */
export function loadAhead(): void {
  load().catch(() => {})
}

const failureText = (test: Case): string => {
  const errors = test.result().errors?.map(error => error.message) ?? []
  return `${test.fullName}: ${errors.length === 0 ? 'failed' : errors.join('; ')}`
}

/** A reporter of vitest that collects verdicts, drill results and errors. */
function collector() {
  const judgements: Judgement[] = []
  const drills: DrillResult[] = []
  const errors: string[] = []
  const reporter = {
    onInit: onlyOurs,
    onTestCaseResult(test: Case) {
      const { holdfast } = test.meta()
      if (holdfast?.judgements !== undefined) judgements.push(...holdfast.judgements)
      else if (holdfast?.drill !== undefined) drills.push(holdfast.drill)
      else if (test.result().state === 'failed') errors.push(failureText(test))
    },
    onTestRunEnd(modules: readonly Module[], unhandled: readonly { message: string }[]) {
      for (const module of modules)
        for (const error of module.errors()) errors.push(`${module.moduleId}: ${error.message}`)
      for (const error of unhandled) errors.push(error.message)
    },
  }
  const results = (): SpecResults => ({
    judgements,
    drills: drills.toSorted(byDrill),
    errors,
  })
  return { reporter, results }
}

function reportersFor(
  collecting: ReturnType<typeof collector>['reporter'],
  { cluster, target, seed }: Settings,
  allure: string | undefined,
): NonNullable<InlineConfig['reporters']> {
  if (allure === undefined) return [collecting]
  const options = { resultsDir: allure, cluster, target, seed, versions: versions() }
  return [collecting, allureReporter(options)]
}

/**
 * Runs the specs of one project with these settings; two runs at a time do not disturb each other.
 * Rejects if vitest itself cannot start.
 */
export async function runSpecs(
  project: 'invariants' | 'chaos',
  settings: Settings,
  options: SpecOptions = {},
): Promise<SpecResults> {
  const [{ startVitest }, { projects }] = await load()
  const { reporter, results } = collector()
  const channel = new BroadcastChannel('holdfast')
  // Only `src/vitest/drilling.ts` posts on this channel, and always this type.
  channel.addEventListener('message', (event: { data?: unknown }) =>
    options.onEvent?.(event.data as DrillProgress),
  )
  const code = process.exitCode
  try {
    const vitest = await startVitest('test', [...(options.files ?? [])], {
      ...projects[project],
      // The caller has taken the snapshot already.
      globalSetup: [],
      env: environmentOf(settings),
      root: projectRoot,
      config: false,
      run: true,
      watch: false,
      passWithNoTests: true,
      silent: true,
      // Each lab is a world of its own; a real cluster takes one drill at a time.
      ...(project === 'chaos' && settings.target !== 'lab' && { fileParallelism: false }),
      reporters: reportersFor(reporter, settings, options.allure),
    })
    await vitest.close()
  } finally {
    channel.close()
    // The verdicts decide the exit code, not the failed tests.
    process.exitCode = code
  }
  return results()
}
