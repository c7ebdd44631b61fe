// `holdfast heal`: plan what would repair what does not hold; with --apply, do it. Plain Node: no
// test run is needed.
import { eventText } from '#src/reporting/sentences.ts'
import { heal as healAll, type Healed } from '#src/engine/heal/heal.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { assemble, runId, unansweredIn } from '#src/runs/assemble.ts'
import { keep, recall } from '#src/runs/recovery/attempts.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { fixes } from '#helpers/fixes.ts'
import { exits } from '#src/runs/process/exit.ts'
import {
  gate,
  healInStages,
  lacking,
  type May,
  type Staged,
} from '#src/runs/recovery/host-first.ts'
import type { Target } from '#src/runs/opened.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { progressOn, type Progress } from '#src/runs/progress.ts'
import { saveSnapshot, snapshotIn } from '#src/runs/snapshot.ts'
import { UsageError, type Settings } from '#src/runs/settings.ts'
import { worldOf } from '#src/runs/process/state.ts'
import { stoppable, stopped } from '#src/runs/process/stop.ts'
import { openTarget } from '#src/runs/target.ts'
import { requireActive, selectedInvariants } from './check.ts'
import { holding } from './drill.ts'
import { finish, folderOfRun, reportOnLeaving } from './output.ts'

/** Names of fixes that may not act, checked. */
export function disabledFixes(settings: Settings): ReadonlySet<string> {
  for (const name of settings.disabledFixes) {
    if (!fixes.some(fix => fix.name === name))
      throw new UsageError(
        `--disable ${name}: there is no such fix. Fixes are: ${fixes.map(fix => fix.name).join(', ')}.`,
      )
  }
  return new Set(settings.disabledFixes)
}

/** Heals a target by the invariants that are given. */
export const healTarget = (
  runtime: Runtime,
  policy: Policy,
  settings: Settings,
  progress: Progress,
  options: { apply: boolean; invariants?: typeof invariants; may?: May },
): Promise<Healed> => {
  const selected = options.invariants ?? invariants
  const may: May =
    runtime.target.kind === 'live'
      ? gate(runtime, policy, 'all').may
      : fix => lacking(fix, runtime, policy)
  const world = options.apply ? worldOf(runtime, policy, settings) : undefined
  const now = (): number => runtime.clock.now()
  // A fix that has begun is finished: a VM that was stopped and not started again is worse than a
  // late exit.
  return stoppable(async () =>
    healAll(
      {
        runtime,
        policy,
        invariants: selected,
        disabled: disabledFixes(settings),
        evaluate: () => evaluate(selected, runtime, policy),
        may: options.may ?? may,
        signal: stopped,
        ...(world === undefined
          ? {}
          : {
              memory: await recall(world, fixes, now(), progress.step),
              remember: memory => keep(world, memory, fixes, now(), progress.step),
            }),
        add: event => progress.detail(eventText(event)),
      },
      { apply: options.apply },
    ),
  )
}

/**
 * Plans, or does it; a live cluster in stages, because what keeps it from saying who it is may be
 * what has to be healed.
 */
function healed(
  target: Target,
  { apply }: Arguments,
  selected: typeof invariants,
  progress: Progress,
): Promise<Staged> {
  const { runtime, policy, settings } = target
  const heal = (may?: May) =>
    healTarget(runtime, policy, settings, progress, {
      apply,
      invariants: selected,
      ...(may === undefined ? {} : { may }),
    })
  if (!apply) return heal()
  const nodes = policy.nodes.map(({ name }) => name)
  const whole = (work: () => Promise<Healed>) =>
    holding(target, settings, { doing: 'heal', nodes, tell: progress.step }, work)
  const world = worldOf(runtime, policy, settings)
  return runtime.target.kind === 'live' && world !== undefined
    ? healInStages({ runtime, policy, world, tell: progress.step, heal, holding: whole })
    : whole(() => heal())
}

export async function heal(options: Arguments): Promise<number> {
  const { settings } = options
  const startedAt = Date.now()
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  disabledFixes(settings)
  const selected = selectedInvariants(settings, policy)
  const progress = progressOn()
  progress.step(
    `${options.apply ? 'healing' : 'planning what would heal'} ${policy.cluster} (${settings.target})`,
  )
  const id = runId('heal', startedAt)
  const target = await openTarget(settings, policy, { tell: progress.step })
  try {
    if (!options.apply)
      await recoverPrevious({
        runtime: target.runtime,
        policy: target.policy,
        settings: target.settings,
        tell: progress.step,
      })
    // Before anything is mended: what was done must not go unreported.
    const folder = await folderOfRun(settings.reports, id)
    reportOnLeaving(
      () =>
        assemble({
          verb: 'heal',
          id,
          startedAt,
          settings,
          policy: target.policy,
          target: target.runtime.target,
          judgements: [],
        }),
      options,
    )
    const { refused, before, after, healings } = await healed(target, options, selected, progress)
    saveSnapshot(snapshotIn(folder), after.snapshot, target.policy)
    progress.done()
    return await finish(
      assemble({
        verb: 'heal',
        id,
        startedAt,
        settings,
        policy: target.policy,
        target: target.runtime.target,
        before: before.judgements,
        judgements: after.judgements,
        healings,
        unanswered: unansweredIn(after.snapshot),
        ...(refused === undefined ? {} : { exitCodes: [exits.refused] }),
      }),
      options,
    )
  } finally {
    await target.close()
  }
}
