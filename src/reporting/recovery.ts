// How long a drill took from its injection to each mark, with the error that looking now and then
// leaves.
import {
  formatDuration,
  ms,
  type DrillResult,
  type Duration,
  type Milestone,
  type MilestoneName,
} from '#src/model/index.ts'

/** A length of time that is known to lie between two others, ms. */
export interface Span {
  readonly atLeast: number
  readonly atMost: number
}

/** The mark of a drill, where it was reached. */
export const milestoneOf = (
  drill: Pick<DrillResult, 'milestones'>,
  name: MilestoneName,
): Milestone | undefined => drill.milestones.find(({ milestone }) => milestone === name)

/** From the injection to a mark. Undefined while either was not reached. */
export function sinceInjection(
  drill: Pick<DrillResult, 'milestones'>,
  name: MilestoneName,
): Span | undefined {
  const from = milestoneOf(drill, 'injected')
  const to = milestoneOf(drill, name)
  return from === undefined || to === undefined
    ? undefined
    : { atLeast: to.after - from.by, atMost: to.by - from.after }
}

/** From the injection until everything held again. */
export const recoveryTime = (drill: Pick<DrillResult, 'milestones'>): Span | undefined =>
  sinceInjection(drill, 'recovered')

export const middleOf = (span: Span): number => (span.atLeast + span.atMost) / 2

/**
 * `41.3 s ±0.4 s`: the middle and half of the width. The error is rounded up, and left out where
 * there is none.
 */
export function formatSpan(span: Span): string {
  const middle = middleOf(span)
  const half = (span.atMost - span.atLeast) / 2
  if (half === 0) return formatDuration(middle)
  // Below a second both have the same unit: seconds, unless the error is too small for them.
  if (Math.abs(middle) < 1000 && half < 50)
    return `${formatDuration(middle)} ±${Math.ceil(half)} ms`
  const told = Math.abs(middle) < 1000 ? `${(middle / 1000).toFixed(1)} s` : formatDuration(middle)
  return `${told} ±${half < 119_950 ? `${(Math.ceil(half / 100) / 10).toFixed(1)} s` : formatDuration(half)}`
}

export type Against = 'within' | 'at the limit' | 'over' | 'never'

/**
 * A span against its budget. “At the limit”: the budget lies inside the error, so neither can be
 * said.
 */
export function against(span: Span | undefined, budget: Duration): Against {
  if (span === undefined) return 'never'
  const limit = ms(budget)
  return span.atLeast > limit ? 'over' : span.atMost > limit ? 'at the limit' : 'within'
}
