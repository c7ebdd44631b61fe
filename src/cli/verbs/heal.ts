// `holdfast heal`: plans the repair of violated invariants; with --apply, repairs them. It judges
// without vitest.
import type { Healed } from '#src/engine/heal/heal.ts'
import type { invariants } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { finish, folderOfRun, reportOnLeaving } from '#src/cli/output.ts'
import { assemble, startRun, unansweredIn } from '#src/runs/assemble.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { withLock } from '#src/runs/drill.ts'
import { healTarget } from '#src/runs/heal.ts'
import type { Target } from '#src/runs/opened.ts'
import { exits } from '#src/runs/process/exit.ts'
import { worldOf } from '#src/runs/process/state.ts'
import { progressOn, type Progress } from '#src/runs/progress.ts'
import { healInStages, type CanRun, type Staged } from '#src/runs/recovery/host-first.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { disabledFixes, requireActive, selectedInvariants } from '#src/runs/requested.ts'
import { saveSnapshot, snapshotIn } from '#src/runs/evidence/snapshot.ts'
import { openTarget } from '#src/runs/target.ts'

/**
 * Plans or applies. A live cluster is healed in stages: a fault on this host may be what silences
 * its API.
 */
function healed(
  target: Target,
  { apply }: Arguments,
  selected: typeof invariants,
  progress: Progress,
): Promise<Staged> {
  const { runtime, policy, settings } = target
  const heal = (may?: CanRun) =>
    healTarget(runtime, policy, settings, progress, {
      apply,
      invariants: selected,
      ...(may === undefined ? {} : { may }),
    })
  if (!apply) return heal()
  const nodes = policy.nodes.map(({ name }) => name)
  const whole = (work: () => Promise<Healed>) =>
    withLock(target, settings, { doing: 'heal', nodes, tell: progress.step }, work)
  const world = worldOf(runtime, policy, settings)
  return runtime.target.kind === 'live' && world !== undefined
    ? healInStages({ runtime, policy, world, tell: progress.step, heal, holding: whole })
    : whole(() => heal())
}

export async function heal(options: Arguments): Promise<number> {
  const { settings } = options
  const run = startRun('heal', settings)
  const loaded = await loadPolicy(settings.cluster)
  requireActive(loaded)
  disabledFixes(settings)
  const selected = selectedInvariants(settings, loaded)
  const progress = progressOn()
  progress.step(
    `${options.apply ? 'healing' : 'planning what would heal'} ${loaded.cluster} ` +
      `(${settings.target})`,
  )
  // Before the target is opened and the first fix acts: every act must be reported.
  const folder = await folderOfRun(settings.reports, run.id)
  const target = await openTarget(settings, loaded, { tell: progress.step })
  try {
    const { policy, runtime } = target
    if (!options.apply) await recoverPrevious({ ...target, tell: progress.step })
    const about = { ...run, policy, target: runtime.target }
    reportOnLeaving(() => assemble({ ...about, judgements: [] }), options)
    const { refused, before, after, healings } = await healed(target, options, selected, progress)
    saveSnapshot(snapshotIn(folder), after.snapshot, policy)
    progress.done()
    return await finish(
      assemble({
        ...about,
        before: before.judgements,
        judgements: after.judgements,
        healings,
        unanswered: unansweredIn(after.snapshot),
        exitCodes: refused === undefined ? [] : [exits.refused],
      }),
      options,
    )
  } finally {
    await target.close()
  }
}
