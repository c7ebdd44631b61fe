// Drills a cluster: scenarios through their spec files, while holding the lock of the target.
import { join } from 'node:path'
import type { DrillResult } from '#src/model/index.ts'
import { eventText } from '#src/reporting/sentences.ts'
import { byFile, drills } from '#specs/chaos/index.ts'
import type { Target } from './opened.ts'
import { nodesOf } from './process/cluster-lock.ts'
import { worldOf } from './process/state.ts'
import { stoppable, stopped, stopWork, whatStays } from './process/stop.ts'
import type { Progress } from './progress.ts'
import { refusedBeforeStart, NothingBegins } from './recovery/preflight.ts'
import { staysIn } from './recovery/leftovers.ts'
import { begin } from './recovery/recover.ts'
import type { Settings } from './settings.ts'
import { runSpecs } from './specs.ts'

/**
 * If the process is ended at once, it names what drills of a live cluster have injected and not
 * undone.
 */
function announceLeftovers(
  { runtime, policy }: Pick<Target, 'runtime' | 'policy'>,
  settings: Settings,
): void {
  const world = worldOf(runtime, policy, settings)
  const command =
    settings.target === 'container'
      ? 'holdfast undo --target container --reuse'
      : `holdfast undo --target live --cluster ${settings.cluster}`
  if (world !== undefined) whatStays(() => staysIn(world, command))
}

/**
 * Works on a target while holding its lock. Losing the lock stops the work, which undoes its
 * faults.
 */
export async function withLock<T>(
  target: Pick<Target, 'runtime' | 'policy'>,
  settings: Settings,
  {
    tell,
    ...locking
  }: {
    doing: string
    nodes: readonly string[]
    before?(): Promise<void>
    tell(message: string): void
  },
  work: () => Promise<T>,
): Promise<T> {
  announceLeftovers(target, settings)
  const lock = await begin({ ...target, settings, tell }, locking)
  lock.lost.addEventListener('abort', () =>
    stopWork(String(lock.lost.reason?.message ?? lock.lost.reason)),
  )
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/** Runs scenarios by name through their spec files. Throws if one gave no result. */
export const drillThroughSpecs = (
  names: readonly string[],
  settings: Settings,
  folder: string,
  progress: Progress,
): Promise<readonly DrillResult[]> =>
  stoppable(async () => {
    const files = [
      ...new Set(byFile.filter(({ drill }) => names.includes(drill.name)).map(({ file }) => file)),
    ]
    const found = await runSpecs(
      'chaos',
      { ...settings, drills: names },
      {
        files,
        allure: join(folder, 'allure-results'),
        // A real recovery takes minutes: show each event as it happens.
        onEvent: ({ drill, logEntry }) =>
          (settings.target === 'lab' && logEntry.phase !== 'inject'
            ? progress.detail
            : progress.step)(`${drill} · ${logEntry.phase} · ${eventText(logEntry.event)}`),
      },
    )
    const silent = names.filter(name => !found.drills.some(result => result.drill === name))
    if (silent.length > 0 && !stopped.aborted)
      throw new Error(
        'drills could not be run: ' +
          [...found.errors, ...silent.map(name => `${name} gave no result`)].join('; '),
      )
    return names.flatMap(name => found.drills.filter(result => result.drill === name))
  })

/** Drills an open target. Until the guards permit a drill, it is neither written to nor locked. */
export async function drillTarget(
  names: readonly string[],
  target: Omit<Target, 'close'>,
  folder: string,
  progress: Progress,
): Promise<readonly DrillResult[]> {
  const { settings, policy } = target
  const chosen = drills.filter(({ name }) => names.includes(name))
  let ended: readonly DrillResult[] = []
  const before = async (): Promise<void> => {
    ended = await refusedBeforeStart(chosen, target)
    if (ended.length === chosen.length) throw new NothingBegins()
  }
  try {
    return await withLock(
      target,
      settings,
      {
        doing: `drill ${names.join(', ')}`,
        nodes: nodesOf(chosen, policy),
        before,
        tell: progress.step,
      },
      async () =>
        stopped.aborted
          ? refusedBeforeStart(chosen, target)
          : drillThroughSpecs(names, settings, folder, progress),
    )
  } catch (error) {
    if (error instanceof NothingBegins) return ended
    if (stopped.aborted && error === stopped.reason) return refusedBeforeStart(chosen, target)
    throw error
  }
}

/** What a report shows about a target that this process did not open. */
export const unopened = (
  settings: Settings,
): { kind: Settings['target']; description: string } => ({
  kind: settings.target,
  description:
    settings.target === 'lab'
      ? 'a simulated world: a rehearsal, no proof about a live cluster'
      : 'the cluster of the kubeconfig',
})
