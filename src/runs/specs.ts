// Runs specs through vitest in this process and brings back what they found: the CLI has no runner
// of its own.
import type { InlineConfig } from 'vitest/node'
import type { DrillProgress, DrillResult, Judgement, SpecFindings } from '#src/model/index.ts'
import { projectRoot } from '#src/project-root.ts'
import { allureReporter } from '#src/reporting/allure/reporter.ts'
import { environmentOf, type Settings } from './settings.ts'
import { onlyOurs } from './process/stop.ts'
import { versions } from './versions.ts'

/** What the specs of a run found. */
export interface SpecResults {
  judgements: readonly Judgement[]
  drills: readonly DrillResult[]
  /**
   * What went wrong beside the verdicts: a spec that does not load, a test that failed without one.
   */
  errors: readonly string[]
}

export interface SpecOptions {
  /** Paths or parts of paths of spec files; none: all of the project. */
  files?: readonly string[]
  /** Folder of the Allure results; none are written without it. */
  allure?: string | undefined
  /** Hears what happens in a drill, as it happens. */
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

/** The order of the specs, which the order of their threads does not change. */
const byDrill = (a: DrillResult, b: DrillResult): number =>
  Number(a.drill > b.drill) - Number(a.drill < b.drill)

const load = () => Promise.all([import('vitest/node'), import('#vitest.config.ts')])

/**
 * Loads vitest while the run waits for something else, e.g. for an API server. Not beside a lab:
 * its time passes meanwhile.
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
 * Runs one project's specs with these settings; two runs at a time do not disturb each other.
 * Rejects when vitest itself cannot start.
 */
export async function runSpecs(
  project: 'invariants' | 'chaos',
  settings: Settings,
  options: SpecOptions = {},
): Promise<SpecResults> {
  const [{ startVitest }, { projects }] = await load()
  const { reporter, results } = collector()
  const channel = new BroadcastChannel('holdfast')
  // Only `src/vitest/drilling.ts` posts here, and this is what it posts.
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
