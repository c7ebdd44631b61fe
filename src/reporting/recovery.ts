// How long a drill took from its injection to each milestone, with the error that comes from
// polling.
import {
  formatDuration,
  ms,
  type DrillResult,
  type Duration,
  type Milestone,
  type MilestoneName,
} from '#src/model/index.ts'

/** A length of time that is known to lie between two bounds, ms. */
export interface Span {
  readonly atLeast: number
  readonly atMost: number
}

/** A milestone of a drill; undefined if the drill did not get there. */
export const milestoneOf = (
  drill: Pick<DrillResult, 'milestones'>,
  name: MilestoneName,
): Milestone | undefined => drill.milestones.find(({ milestone }) => milestone === name)

/** From the injection to a milestone; undefined if the drill did not get to both. */
export function sinceInjection(
  drill: Pick<DrillResult, 'milestones'>,
  name: MilestoneName,
): Span | undefined {
  const from = milestoneOf(drill, 'injected')
  const to = milestoneOf(drill, name)
  if (from === undefined || to === undefined) return undefined
  return { atLeast: to.after - from.by, atMost: to.by - from.after }
}

/** From the injection until all invariants held again. */
export const recoveryTime = (drill: Pick<DrillResult, 'milestones'>): Span | undefined =>
  sinceInjection(drill, 'recovered')

export const middleOf = (span: Span): number => (span.atLeast + span.atMost) / 2

/** Half the width of a span: in ms below 50 ms, else rounded up to 0.1 s. */
function errorText(half: number, inMs: boolean): string {
  if (inMs) return `${Math.ceil(half)} ms`
  // From here on, rounding up would give “120.0 s” instead of “2 min 00 s”.
  if (half >= 119_950) return formatDuration(half)
  return `${(Math.ceil(half / 100) / 10).toFixed(1)} s`
}

/**
 * `41.3 s ±0.4 s`: the middle of the span and half of its width. The error is rounded up, and left
 * out if it is zero.
 */
export function formatSpan(span: Span): string {
  const middle = middleOf(span)
  const half = (span.atMost - span.atLeast) / 2
  if (half === 0) return formatDuration(middle)
  // Below a second both have the same unit: seconds, unless the error is too small for them.
  const isShort = Math.abs(middle) < 1000
  const inMs = isShort && half < 50
  const time = isShort && !inMs ? `${(middle / 1000).toFixed(1)} s` : formatDuration(middle)
  return `${time} ±${errorText(half, inMs)}`
}

export type Against = 'within' | 'at the limit' | 'over' | 'never'

/** A span against its budget. “At the limit”: the budget lies within the error of the span. */
export function against(span: Span | undefined, budget: Duration): Against {
  if (span === undefined) return 'never'
  const limit = ms(budget)
  if (span.atLeast > limit) return 'over'
  return span.atMost > limit ? 'at the limit' : 'within'
}
