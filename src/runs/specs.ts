// Runs specs through vitest in this process and brings back what they say: the CLI has no runner of
// its own.
import type { HoldfastMeta } from '#src/vitest/verify.ts'
import type { DrillResult, Judgement } from '#src/model/index.ts'
import { projectRoot } from '#src/project-root.ts'
import type { Heard } from '#src/vitest/drilling.ts'
import { environmentOf, type Settings } from './settings.ts'
import { onlyOurs } from './process/stop.ts'

export interface Said {
  judgements: readonly Judgement[]
  drills: readonly DrillResult[]
  /**
   * What went wrong beside the verdicts: a spec that does not load, a test that failed without one.
   */
  errors: readonly string[]
}

export interface Running {
  /** Paths or parts of paths of spec files; none: all of the project. */
  files?: readonly string[]
  /** Where Allure results go; none are written without it. */
  allure?: string | undefined
  /** Hears a drill's moments. */
  heard?: (heard: Heard) => void
}

interface Case {
  meta(): { holdfast?: HoldfastMeta }
  fullName: string
  result(): { state: string; errors?: readonly { message: string }[] | undefined }
}

/** The order of specs, not of the threads that ran them. */
const byName =
  <T>(name: (item: T) => string) =>
  (a: T, b: T): number =>
    name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0

const load = () => Promise.all([import('vitest/node'), import('#vitest.config.ts')])

/**
 * Loads what runs specs while somebody waits for something else, e.g. for an API server. Not beside
 * a lab: its time passes while one waits.
 */
export function loadAhead(): void {
  load().catch(() => {})
}

/**
 * Runs one project's specs with these settings; two runs at a time do not disturb each other.
 * Rejects when vitest itself cannot start.
 */
export async function runSpecs(
  project: 'invariants' | 'chaos',
  settings: Settings,
  running: Running = {},
): Promise<Said> {
  const [{ startVitest }, { projects }] = await load()
  const judgements: Judgement[] = []
  const drills: DrillResult[] = []
  const errors: string[] = []
  const collector = {
    onInit: onlyOurs,
    onTestCaseResult(test: Case) {
      const { holdfast } = test.meta()
      if (holdfast?.judgements !== undefined) judgements.push(...holdfast.judgements)
      else if (holdfast?.drill !== undefined) drills.push(holdfast.drill)
      else if (test.result().state === 'failed')
        errors.push(
          `${test.fullName}: ${
            test
              .result()
              .errors?.map(error => error.message)
              .join('; ') ?? 'failed'
          }`,
        )
    },
    onTestRunEnd(
      modules: readonly { errors(): readonly { message: string }[]; moduleId: string }[],
      unhandled: readonly { message: string }[],
    ) {
      for (const module of modules)
        for (const error of module.errors()) errors.push(`${module.moduleId}: ${error.message}`)
      for (const error of unhandled) errors.push(error.message)
    },
  }
  const channel = new BroadcastChannel('holdfast')
  // Only `src/vitest/drilling.ts` posts here, and this is what it posts.
  channel.addEventListener('message', (event: { data?: unknown }) =>
    running.heard?.(event.data as Heard),
  )
  const code = process.exitCode
  try {
    const vitest = await startVitest('test', [...(running.files ?? [])], {
      // Whoever runs specs from here has looked already.
      ...projects[project],
      globalSetup: [],
      env: environmentOf(settings),
      root: projectRoot,
      config: false,
      run: true,
      watch: false,
      passWithNoTests: true,
      silent: true,
      // Each lab is a world of its own; of a real cluster there is one, and one drill at a time.
      ...(project === 'chaos' && settings.target !== 'lab' ? { fileParallelism: false } : {}),
      reporters: [
        collector,
        ...(running.allure === undefined
          ? []
          : [
              ['allure-vitest/reporter', { resultsDir: running.allure }] as [
                string,
                Record<string, unknown>,
              ],
            ]),
      ],
    })
    await vitest.close()
  } finally {
    channel.close()
    // What a failing test means for the exit code is for the verdicts to say.
    process.exitCode = code
  }
  return { judgements, drills: drills.toSorted(byName(result => result.drill)), errors }
}
