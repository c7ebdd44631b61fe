// `holdfast nightly`: check, heal what needs healing, a rotation of drills; one report, one line if
// something is wrong.
import { observe } from '#src/engine/evaluate/observe.ts'
import { questionsOf, type Policy } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { assemble, runId, unansweredIn } from '#src/runs/assemble.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { exits } from '#src/runs/process/exit.ts'
import { hostFirst, withEarlier } from '#src/runs/recovery/host-first.ts'
import { progressOn } from '#src/runs/progress.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { UsageError } from '#src/runs/settings.ts'
import { worldOf } from '#src/runs/process/state.ts'
import { stopped } from '#src/runs/process/stop.ts'
import { openTarget } from '#src/runs/target.ts'
import { judgeThroughSpecs, keepLook, requireActive } from './check.ts'
import { drillThroughSpecs, holding } from './drill.ts'
import { healTarget } from './heal.ts'
import { finish, folderOfRun, reportOnLeaving } from './output.ts'

const dayMs = 86_400_000

/**
 * The drills of a night: all of them, or the next few of the rotation, counted by days so that
 * nothing has to be remembered.
 */
export function rotation(policy: Policy, wanted: number | 'all', now: number): readonly string[] {
  const known = policy.nightly.rotation.filter(name => drills.some(drill => drill.name === name))
  if (wanted === 'all' || wanted >= known.length) return known
  const first = (Math.floor(now / dayMs) * wanted) % known.length
  return Array.from({ length: wanted }, (_, index) => known[(first + index) % known.length]!)
}

function wantedDrills(options: Arguments, policy: Policy): number | 'all' {
  const { drills: text, settings } = options
  if (text === 'all') return 'all'
  if (text !== undefined) {
    if (!/^\d+$/.test(text)) throw new UsageError(`--drills ${text}: give a number or “all”.`)
    return Number(text)
  }
  // A rehearsal costs seconds and harms nobody: on the lab every night has all of them.
  return settings.target === 'lab' ? 'all' : policy.nightly.drills
}

export async function nightly(options: Arguments): Promise<number> {
  const { settings } = options
  const startedAt = Date.now()
  const loaded = await loadPolicy(settings.cluster)
  requireActive(loaded)
  const names = rotation(loaded, wantedDrills(options, loaded), startedAt)
  // A node that holdfast has started itself is nobody's work either.
  const mayAct = settings.target !== 'live'
  const progress = progressOn()
  const id = runId('nightly', startedAt)
  const folder = await folderOfRun(settings.reports, id)
  progress.step(`looking at ${loaded.cluster} (${settings.target})`)
  const target = await openTarget(settings, loaded, { tell: progress.step })
  try {
    const { runtime, policy } = target
    reportOnLeaving(
      () =>
        assemble({
          verb: 'nightly',
          id,
          startedAt,
          settings,
          policy,
          target: runtime.target,
          judgements: [],
        }),
      options,
    )
    const acts = mayAct || options.apply || options.yes
    if (!acts)
      await recoverPrevious({ runtime, policy, settings: target.settings, tell: progress.step })
    const world = worldOf(runtime, policy, target.settings)
    const live = settings.target === 'live' && options.apply && world !== undefined
    // What keeps a cluster from saying who it is may be what has to be healed.
    const early = live
      ? await hostFirst({
          runtime,
          policy,
          world,
          tell: progress.step,
          heal: may => healTarget(runtime, policy, settings, progress, { apply: true, may }),
        })
      : undefined
    if (early?.refused !== undefined) {
      progress.done()
      return await finish(
        assemble({
          verb: 'nightly',
          id,
          startedAt,
          settings,
          policy,
          target: runtime.target,
          before: early.before.judgements,
          judgements: early.after.judgements,
          healings: early.healings,
          unanswered: unansweredIn(early.after.snapshot),
          exitCodes: [exits.refused],
        }),
        options,
      )
    }
    const checked = async () => {
      const { unanswered } = await keepLook(
        () => observe(questionsOf(invariants, policy), runtime, policy),
        policy,
        folder,
      )
      const before = await judgeThroughSpecs(target.settings, target.policy, folder)
      const violated = before.some(judgement => judgement.verdict.kind === 'violated')
      if (violated) progress.step('healing what does not hold')
      const healed = violated
        ? await healTarget(runtime, policy, settings, progress, { apply: mayAct || options.apply })
        : undefined
      const seen = {
        before,
        judgements: healed?.after.judgements ?? before,
        healings: healed?.healings ?? [],
        unanswered: healed === undefined ? unanswered : unansweredIn(healed.after.snapshot),
      }
      return early === undefined
        ? seen
        : {
            ...seen,
            healings: withEarlier(early.healings, seen.healings),
            before: early.before.judgements,
          }
    }
    const drilled = async () => {
      if (names.length === 0 || stopped.aborted || !(mayAct || options.yes)) return []
      progress.step(`drilling ${names.length} scenarios`)
      return drillThroughSpecs(names, target.settings, folder, progress)
    }
    const work = async (): Promise<number> => {
      // Drills of the lab have worlds of their own: they need not wait for the look.
      const [seen, results] =
        settings.target === 'lab'
          ? await Promise.all([checked(), drilled()])
          : [await checked(), await drilled()]
      progress.done()
      return finish(
        assemble({
          verb: 'nightly',
          id,
          startedAt,
          settings,
          policy,
          target: runtime.target,
          ...seen,
          drills: results,
        }),
        options,
      )
    }
    const nodes = policy.nodes.map(({ name }) => name)
    return await (acts
      ? holding(target, target.settings, { doing: 'nightly', nodes, tell: progress.step }, work)
      : work())
  } finally {
    await target.close()
  }
}
