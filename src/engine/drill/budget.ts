// Whether a mark was in time, where it is known as an interval only.
import { formatDuration, ms, type Duration, type Milestone } from '#src/model/index.ts'

/**
 * A budget is broken when it was surely too late: the mark's interval begins after it. One that
 * ends in time is kept. One
 * that reaches over the budget is kept, too, where it is only as wide as looks are apart: that is
 * the error of every
 * measurement, and no budget is finer. Where nobody could look in between, it may have come at any
 * time: that is unknown.
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

/** Why nobody can say whether it was. */
export const unsure = (
  message: string,
  { after, by, unobserved = 0 }: Milestone,
  injectedAt: number,
  budget: Duration,
): string =>
  `${message}: between ${formatDuration(after - injectedAt)} and ${formatDuration(by - injectedAt)}, budget ${budget}; for ${formatDuration(unobserved)} nobody could look`
