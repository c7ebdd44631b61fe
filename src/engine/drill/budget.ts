// Whether a milestone kept its budget: a milestone is an interval, not a point in time.
import { ms, type Duration, type Milestone } from '#src/model/index.ts'

/**
 * `broken`: the interval begins after the budget. `kept`: it ends within the budget, or it spans
 * the budget and is only as wide as the pause between two evaluations, which is the precision of
 * every measurement. `unknown`: it spans the budget, and part of it was unobserved.
 */
export function keeps(
  { after, by, unobserved }: Milestone,
  injectedAt: number,
  budget: Duration,
): 'kept' | 'broken' | 'unknown' {
  const limit = injectedAt + ms(budget)
  if (after > limit) return 'broken'
  return by > limit && unobserved !== undefined ? 'unknown' : 'kept'
}

/** The interval of a milestone, ms after the injection. */
export const sinceInjection = (
  { after, by, unobserved = 0 }: Milestone,
  injectedAt: number,
): { after: number; by: number; unobserved: number } => ({
  after: after - injectedAt,
  by: by - injectedAt,
  unobserved,
})
