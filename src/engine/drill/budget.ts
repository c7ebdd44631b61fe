// Whether a milestone was in time, where it is known as an interval only.
import { ms, type Duration, type Milestone } from '#src/model/index.ts'

/**
 * A budget is broken when the milestone was surely too late: its interval begins after the budget.
 * One that ends in time is kept. One that reaches over the budget is kept, too, where it is only as
 * wide as evaluations are apart: that is the error of every measurement, and no budget is finer.
 * Where something went unobserved in between, the milestone may have come at any time: unknown.
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

/** A milestone's interval as a report states it: ms after the injection. */
export const sinceInjection = (
  { after, by, unobserved = 0 }: Milestone,
  injectedAt: number,
): { after: number; by: number; unobserved: number } => ({
  after: after - injectedAt,
  by: by - injectedAt,
  unobserved,
})
