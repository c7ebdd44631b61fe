// `holdfast nightly`: checks, heals violations, runs a rotation of drills, and writes one report.
import { observeTarget } from '#src/runs/evidence/host.ts'
import { questionsOf, type DrillResult, type Policy } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { finish, folderOfRun, reportOnLeaving } from '#src/cli/output.ts'
import { assemble, startRun, unansweredIn, type RunParts } from '#src/runs/assemble.ts'
import { judgeThroughSpecs, saveEvidence } from '#src/runs/evidence/check.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { drillThroughSpecs, withLock } from '#src/runs/drill.ts'
import { healTarget } from '#src/runs/heal.ts'
import type { Target } from '#src/runs/opened.ts'
import { exits } from '#src/runs/process/exit.ts'
import { worldOf } from '#src/runs/process/state.ts'
import { stopped } from '#src/runs/process/stop.ts'
import { progressOn, type Progress } from '#src/runs/progress.ts'
import { hostFirst, withEarlier } from '#src/runs/recovery/host-first.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { requireActive } from '#src/runs/requested.ts'
import { UsageError } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'

const dayMs = 86_400_000

/**
 * The drills of a night: all of them, or the next few of the rotation, counted by days, so that no
 * state is needed.
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
  // On the lab every night runs all drills: a rehearsal takes seconds and harms nothing.
  return settings.target === 'lab' ? 'all' : policy.nightly.drills
}

/** A night on an open target. */
interface Night {
  options: Arguments
  target: Target
  folder: string
  progress: Progress
  /** The drills of this night. */
  names: readonly string[]
}

/** The findings of a night, for its report. */
type Found = Pick<RunParts, 'before' | 'judgements' | 'healings' | 'unanswered'>
type Early = Awaited<ReturnType<typeof hostFirst>> | undefined

/** A node that holdfast started serves nobody else: fixes and drills may act on it. */
const mayAct = ({ settings }: Arguments): boolean => settings.target !== 'live'

/** Heals the host first if a fault on it may be what silences a live cluster's API. */
async function healHost({ options, target, progress }: Night): Promise<Early> {
  const { runtime, policy, settings } = target
  const world = worldOf(runtime, policy, settings)
  if (options.settings.target !== 'live' || !options.apply || world === undefined) return undefined
  return hostFirst({
    runtime,
    policy,
    world,
    tell: progress.step,
    heal: may => healTarget(runtime, policy, options.settings, progress, { apply: true, may }),
  })
}

/** Judges everything, and heals violations. */
async function checked({ options, target, folder, progress }: Night): Promise<Found> {
  const { runtime, policy, settings } = target
  const look = () => observeTarget(questionsOf(invariants, policy), runtime, policy)
  const { unanswered } = await saveEvidence(look, policy, folder)
  const before = await judgeThroughSpecs(settings, policy, folder)
  if (!before.some(({ verdict }) => verdict.kind === 'violated'))
    return { before, judgements: before, healings: [], unanswered }
  progress.step('healing what is violated')
  const apply = mayAct(options) || options.apply
  const { after, healings } = await healTarget(runtime, policy, options.settings, progress, {
    apply,
  })
  const { judgements, snapshot } = after
  return { before, judgements, healings, unanswered: unansweredIn(snapshot) }
}

async function drilled(night: Night): Promise<readonly DrillResult[]> {
  const { options, target, folder, progress, names } = night
  if (names.length === 0 || stopped.aborted || !(mayAct(options) || options.yes)) return []
  progress.step(`drilling ${names.length} scenarios`)
  return drillThroughSpecs(names, target.settings, folder, progress)
}

/** Checks and drills. Drills of the lab have worlds of their own, so they run at the same time. */
async function checkedAndDrilled(night: Night, early: Early) {
  const [found, results] =
    night.options.settings.target === 'lab'
      ? await Promise.all([checked(night), drilled(night)])
      : [await checked(night), await drilled(night)]
  if (early === undefined) return { ...found, drills: results }
  const healings = withEarlier(early.healings, found.healings ?? [])
  return { ...found, before: early.before.judgements, healings, drills: results }
}

/** The night's report: its findings, or the reason why it left the cluster alone. */
async function report(night: Night, begun: Omit<RunParts, 'judgements'>): Promise<number> {
  const { options, target, progress } = night
  const { runtime, policy, settings } = target
  const acts = mayAct(options) || options.apply || options.yes
  if (!acts) await recoverPrevious({ runtime, policy, settings, tell: progress.step })
  const early = await healHost(night)
  if (early?.refused !== undefined) {
    const { before, after, healings } = early
    progress.done()
    const found = { before: before.judgements, judgements: after.judgements, healings }
    const unanswered = unansweredIn(after.snapshot)
    return finish(assemble({ ...begun, ...found, unanswered, exitCodes: [exits.refused] }), options)
  }
  const work = async (): Promise<number> => {
    const found = await checkedAndDrilled(night, early)
    progress.done()
    return finish(assemble({ ...begun, ...found }), options)
  }
  const nodes = policy.nodes.map(({ name }) => name)
  return acts
    ? withLock(target, settings, { doing: 'nightly', nodes, tell: progress.step }, work)
    : work()
}

export async function nightly(options: Arguments): Promise<number> {
  const { settings } = options
  const run = startRun('nightly', settings)
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  const names = rotation(policy, wantedDrills(options, policy), run.startedAt)
  const progress = progressOn()
  const folder = await folderOfRun(settings.reports, run.id)
  progress.step(`looking at ${policy.cluster} (${settings.target})`)
  const target = await openTarget(settings, policy, { tell: progress.step })
  try {
    const begun = { ...run, policy: target.policy, target: target.runtime.target }
    reportOnLeaving(() => assemble({ ...begun, judgements: [] }), options)
    return await report({ options, target, folder, progress, names }, begun)
  } finally {
    await target.close()
  }
}
