// `holdfast drill`: selected scenarios through their specs, one report.
import { eventText } from '#src/reporting/sentences.ts'
import type { Policy } from '#src/model/index.ts'
import { isSelected } from '#src/runs/selection.ts'
import { join } from 'node:path'
import { draftOf, stoppedEarly } from '#src/engine/drill/preflight.ts'
import type { DrillResult } from '#src/model/index.ts'
import { byFile, drills } from '#specs/chaos/index.ts'
import { nearest } from '#src/runs/nearest.ts'
import { type Arguments } from '#src/cli/arguments.ts'
import { assemble, runId } from '#src/runs/assemble.ts'
import { endedBeforehand, NothingBegins } from '#src/runs/recovery/preflight.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { requireConsent } from '#src/runs/confirm.ts'
import type { Target } from '#src/runs/opened.ts'
import { progressOn, type Progress } from '#src/runs/progress.ts'
import { UsageError, globMatches, type Settings } from '#src/runs/settings.ts'
import { runSpecs } from '#src/runs/specs.ts'
import { nodesOf } from '#src/runs/process/hold.ts'
import { begin, staysIn } from '#src/runs/recovery/recover.ts'
import { worldOf } from '#src/runs/process/state.ts'
import { stoppable, stopped, stopWork, whatStays } from '#src/runs/process/stop.ts'
import { openTarget } from '#src/runs/target.ts'
import { requireActive } from './check.ts'
import { finish, folderOfRun, reportOnLeaving } from './output.ts'
import { planDrills, plansOf } from './plan.ts'

/**
 * Names that words and --only select, in the order of the list. Throws for a word that selects
 * nothing.
 */
export function selectedDrills(
  words: readonly string[],
  settings: Settings,
  policy: Policy,
): readonly string[] {
  for (const word of words) {
    if (drills.some(({ name }) => globMatches(word, [name]))) continue
    const near = nearest(
      word,
      drills.map(({ name }) => name),
    )
    throw new UsageError(
      `There is no scenario “${word}”.${near === undefined ? '' : ` Did you mean “${near}”?`} Scenarios are: ${drills.map(({ name }) => name).join(', ')}.`,
    )
  }
  const selected = drills.filter(
    ({ name }) =>
      (words.length === 0 || words.some(word => globMatches(word, [name]))) &&
      isSelected(settings.only, policy, 'drill', name),
  )
  if (selected.length === 0)
    throw new UsageError(
      `--only ${settings.only} selects no scenario. holdfast list shows clauses and names.`,
    )
  return selected.map(({ name }) => name)
}

/**
 * Makes known what drills of a live cluster have injected and not undone yet, for somebody who
 * leaves at once.
 */
export function tellWhatStays(
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
 * Does work on a target that nobody else may work on meanwhile. Losing it stops the work, which
 * undoes what it did.
 */
export async function holding<T>(
  target: Pick<Target, 'runtime' | 'policy'>,
  settings: Settings,
  {
    tell,
    ...holding
  }: {
    doing: string
    nodes: readonly string[]
    before?(): Promise<void>
    tell(message: string): void
  },
  work: () => Promise<T>,
): Promise<T> {
  tellWhatStays(target, settings)
  const hold = await begin({ ...target, settings, tell }, holding)
  hold.lost.addEventListener('abort', () =>
    stopWork(String(hold.lost.reason?.message ?? hold.lost.reason)),
  )
  try {
    return await work()
  } finally {
    await hold.release()
  }
}

/** Runs scenarios by name through their spec files. Throws when one gave no result. */
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
    const said = await runSpecs(
      'chaos',
      { ...settings, drills: names },
      {
        files,
        allure: join(folder, 'allure-results'),
        // A real recovery takes minutes: what happens is told as it happens.
        onEvent: ({ drill, logEntry }) =>
          (settings.target === 'lab' && logEntry.phase !== 'inject'
            ? progress.detail
            : progress.step)(`${drill} · ${logEntry.phase} · ${eventText(logEntry.event)}`),
      },
    )
    const silent = names.filter(name => !said.drills.some(result => result.drill === name))
    if (silent.length > 0 && !stopped.aborted)
      throw new Error(
        `drills could not be run: ${[...said.errors, ...silent.map(name => `${name} gave no result`)].join('; ')}`,
      )
    return names.flatMap(name => said.drills.filter(result => result.drill === name))
  })

export async function drill(options: Arguments): Promise<number> {
  const { settings } = options
  const startedAt = Date.now()
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  const names = selectedDrills(options.words, settings, policy)
  if (options.dryRun) return planDrills(names, policy, options)
  await requireConsent(options, {
    cluster: policy.cluster,
    doing: `drill ${names.join(', ')}`,
    plans: () => plansOf(names, policy, settings),
  })
  const progress = progressOn()
  progress.step(
    `drilling ${names.length === 1 ? names[0] : `${names.length} scenarios`} on ${policy.cluster} (${settings.target})`,
  )
  const id = runId('drill', startedAt)
  const folder = await folderOfRun(settings.reports, id)
  reportOnLeaving(() => {
    const early = drills
      .filter(({ name }) => names.includes(name))
      .map(each => stoppedEarly(draftOf(each, policy, Date.now)))
    return assemble({
      verb: 'drill',
      id,
      startedAt,
      settings,
      policy,
      target: targetOf(settings),
      judgements: [],
      drills: early,
    })
  }, options)
  // One cluster for all drills; a lab is made by each drill for itself.
  if (settings.target === 'lab') {
    const results = await drillThroughSpecs(names, settings, folder, progress)
    progress.done()
    return finish(
      assemble({
        verb: 'drill',
        id,
        startedAt,
        settings,
        policy,
        target: targetOf(settings),
        judgements: [],
        drills: results,
      }),
      options,
    )
  }
  const target = await openTarget(settings, policy, { tell: progress.step, drills: true })
  try {
    // From here on a signal ends it with a report, whatever it is doing.
    return await stoppable(async () => {
      const results = await drillTarget(names, target, folder, progress)
      progress.done()
      return finish(
        assemble({
          verb: 'drill',
          id,
          startedAt,
          settings,
          policy: target.policy,
          target: target.runtime.target,
          judgements: [],
          drills: results,
        }),
        options,
      )
    })
  } finally {
    await target.close()
  }
}

/**
 * Drills a target that was opened. Nothing of it is written to, and nobody kept away from it,
 * before the guards let something through.
 */
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
    ended = await endedBeforehand(chosen, target)
    if (ended.length === chosen.length) throw new NothingBegins()
  }
  try {
    return await holding(
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
          ? endedBeforehand(chosen, target)
          : drillThroughSpecs(names, settings, folder, progress),
    )
  } catch (error) {
    if (error instanceof NothingBegins) return ended
    if (stopped.aborted && error === stopped.reason) return endedBeforehand(chosen, target)
    throw error
  }
}

/** What a report says of its target when no target was opened in this process. */
export const targetOf = (
  settings: Settings,
): { kind: Settings['target']; description: string } => ({
  kind: settings.target,
  description:
    settings.target === 'lab'
      ? 'a simulated world: a rehearsal, no proof about a live cluster'
      : 'the cluster of the kubeconfig',
})
