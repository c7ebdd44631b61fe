// Whether and when the invariants noticed what a drill broke.
import { worse, type Baseline } from '#src/engine/evaluate/baseline.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { keeps, sinceInjection } from '#src/engine/drill/budget.ts'
import { ms, type Drill, type Milestone, type Miss, type Uncertainty } from '#src/model/index.ts'
import { lengthOf, type LastKnown } from './last-known.ts'

export interface Detection {
  /** Takes an evaluation; returns the names of the invariants that noticed by it. */
  note(evaluation: Evaluation): readonly string[]
  isComplete(): boolean
  /** How long after the injection the last detection may come, ms. */
  readonly longest: number
  /** The first detection; undefined: none. */
  milestone(): Milestone | undefined
  misses(): readonly Miss[]
  uncertainties(): readonly Uncertainty[]
}

/** Breaks that were noticed late or not at all. */
const missesOf = (
  breaks: Drill['breaks'],
  noticed: ReadonlyMap<string, Milestone>,
  injectedAt: number,
): readonly Miss[] =>
  breaks.flatMap(({ invariant: { name: invariant }, within }): Miss[] => {
    const milestone = noticed.get(invariant)
    if (milestone === undefined) return [{ kind: 'unnoticed', invariant }]
    if (keeps(milestone, injectedAt, within) !== 'broken') return []
    return [{ kind: 'noticed-late', invariant, within }]
  })

/** Breaks that may or may not have been noticed in time. */
const uncertaintiesOf = (
  breaks: Drill['breaks'],
  noticed: ReadonlyMap<string, Milestone>,
  injectedAt: number,
): readonly Uncertainty[] =>
  breaks.flatMap(({ invariant: { name: invariant }, within }): Uncertainty[] => {
    const milestone = noticed.get(invariant)
    if (milestone === undefined || keeps(milestone, injectedAt, within) !== 'unknown') return []
    const interval = sinceInjection(milestone, injectedAt)
    return [{ kind: 'noticing', invariant, ...interval, budget: within }]
  })

/** When an invariant last held, after an evaluation that did not find it violated. */
const afterLook = (before: LastKnown, isClear: boolean, startedAt: number): LastKnown =>
  isClear
    ? { at: startedAt, unobservedFrom: undefined }
    : { ...before, unobservedFrom: before.unobservedFrom ?? startedAt }

/** A detection that has noticed nothing yet. */
export function newDetection(drill: Drill, baseline: Baseline, injectedAt: number): Detection {
  // An invariant that does not apply on this target notices nothing.
  const applicable = new Set(baseline.applicable)
  const breaks = drill.breaks.filter(({ invariant }) => applicable.has(invariant.name))
  const noticed = new Map<string, Milestone>()
  const clear = new Map<string, LastKnown>()

  function noteOne(name: string, { judgements, snapshot }: Evaluation): boolean {
    const { startedAt, endedAt } = snapshot
    const changed = worse(
      judgements.filter(({ invariant }) => invariant === name),
      baseline,
    )
    const before = clear.get(name) ?? { at: injectedAt, unobservedFrom: undefined }
    if (changed.some(({ verdict }) => verdict.kind === 'violated')) {
      noticed.set(name, {
        milestone: 'detected',
        after: before.at,
        by: endedAt,
        ...lengthOf(before, endedAt),
      })
      return true
    }
    clear.set(name, afterLook(before, changed.length === 0, startedAt))
    return false
  }

  return {
    longest: Math.max(0, ...breaks.map(({ within }) => ms(within))),
    note: evaluation =>
      breaks
        .map(({ invariant }) => invariant.name)
        .filter(name => !noticed.has(name) && noteOne(name, evaluation)),
    isComplete: () => breaks.every(({ invariant }) => noticed.has(invariant.name)),
    milestone: () => [...noticed.values()].toSorted((a, b) => a.by - b.by)[0],
    misses: () => missesOf(breaks, noticed, injectedAt),
    uncertainties: () => uncertaintiesOf(breaks, noticed, injectedAt),
  }
}
