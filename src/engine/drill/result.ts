// The result of a drill: its outcome, its misses, and its uncertainties.
import type {
  Drill,
  Judgement,
  Milestone,
  MilestoneName,
  Miss,
  Outcome,
  Uncertainty,
} from '#src/model/index.ts'
import type { Recovery } from '#src/engine/watch/recovery.ts'
import { keeps, sinceInjection } from './budget.ts'

/** The signals at the end of a drill. */
export interface SignalSummary {
  milestones: readonly Milestone[]
  /** Signals that were lost and did not come back. */
  bad: readonly MilestoneName[]
  /** Signals that could not be observed at the end, and since when. */
  unseen: readonly { milestone: MilestoneName; since: number }[]
}

/** A drill whose recovery was observed to its end. */
export interface Observed {
  drill: Drill
  recovery: Recovery
  outcome: Outcome
  milestones: readonly Milestone[]
  signals: SignalSummary
  injectedAt: number
}

/** Who healed the cluster, or why it did not heal. */
export function outcomeOf({ notHealed, healings }: Recovery): Outcome {
  if (notHealed !== undefined) return { kind: 'not-healed', cause: notHealed }
  const fixes = healings.flatMap(healing =>
    healing.outcome.kind === 'applied' ? [healing.fix] : [],
  )
  return fixes.length === 0
    ? { kind: 'healed-by-itself' }
    : { kind: 'healed-by-fixes', fixes: [...new Set(fixes)] }
}

/** Budgets that may or may not have been kept. Silence is no pass. */
export function uncertaintiesOf({
  drill: { budgets },
  recovery,
  milestones,
  signals,
  injectedAt,
}: Observed): readonly Uncertainty[] {
  const unsure = milestones.flatMap((milestone): Uncertainty[] => {
    const budget = budgets[milestone.milestone]
    if (budget === undefined || keeps(milestone, injectedAt, budget) !== 'unknown') return []
    const interval = sinceInjection(milestone, injectedAt)
    return [{ kind: 'milestone', milestone: milestone.milestone, ...interval, budget }]
  })
  const unobserved = signals.unseen.flatMap(({ milestone, since }): Uncertainty[] => {
    const budget = budgets[milestone]
    if (budget === undefined) return []
    return [{ kind: 'unobserved', milestone, since: since - injectedAt, budget }]
  })
  return [...recovery.unknown, ...unsure, ...unobserved]
}

const lateMilestones = ({ drill, milestones, injectedAt }: Observed): readonly Miss[] =>
  milestones.flatMap((milestone): Miss[] => {
    const budget = drill.budgets[milestone.milestone]
    if (budget === undefined || keeps(milestone, injectedAt, budget) !== 'broken') return []
    const after = milestone.after - injectedAt
    return [{ kind: 'over-budget', milestone: milestone.milestone, after, budget }]
  })

/** Everything that differs from what the drill expects. */
export function missesOf(observed: Observed, notRestored: readonly Judgement[]): readonly Miss[] {
  const { drill, outcome, recovery, signals } = observed
  const neverCame = signals.bad.flatMap((milestone): Miss[] => {
    const budget = drill.budgets[milestone]
    return budget === undefined ? [] : [{ kind: 'never-came', milestone, budget }]
  })
  const fixes = outcome.kind === 'healed-by-fixes' ? outcome.fixes : []
  const unexpected = fixes
    .filter(fix => !drill.expects.includes(fix))
    .map((fix): Miss => ({ kind: 'unexpected-fix', fix }))
  return [
    ...(outcome.kind === 'not-healed' ? [{ kind: 'outcome' as const }] : []),
    ...lateMilestones(observed),
    ...neverCame,
    ...recovery.unnoticed,
    ...unexpected,
    ...notRestored.map(({ invariant, subject }): Miss => ({
      kind: 'not-restored',
      invariant,
      subject,
    })),
  ]
}
