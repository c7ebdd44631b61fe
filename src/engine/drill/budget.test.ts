// Milestones against their budgets: intervals, some of which contain a gap in the observation.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Milestone } from '#src/model/index.ts'
import { keeps, sinceInjection } from './budget.ts'

const milestone = (after: number, by: number, blind?: number): Milestone => ({
  milestone: 'recovered',
  after: 1_000 + after,
  by: 1_000 + by,
  ...(blind === undefined ? {} : { unobserved: blind }),
})

test.for<[description: string, Milestone, ReturnType<typeof keeps>]>([
  ['in time', milestone(58_000, 60_000), 'kept'],
  ['too late', milestone(60_001, 62_000), 'broken'],
  ['over the budget by the error of the looks alone', milestone(59_000, 61_000), 'kept'],
  ['over the budget during a gap', milestone(20_000, 61_000, 40_000), 'unknown'],
  ['too late, after a gap', milestone(60_001, 99_000, 30_000), 'broken'],
  ['in time, after a long gap', milestone(0, 60_000, 59_000), 'kept'],
])('%s', ([, given, expected]) => {
  expect(keeps(given, 1_000, '60 s')).toBe(expected)
})

test('an interval is reported in ms after the injection, with what went unobserved', () => {
  expect(sinceInjection(milestone(20_000, 61_000, 40_000), 1_000)).toEqual({
    after: 20_000,
    by: 61_000,
    unobserved: 40_000,
  })
})

test('a longer budget is never kept less', () => {
  const order = ['broken', 'unknown', 'kept']
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.nat(100_000),
      fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
      fc.nat(100),
      fc.nat(100),
      (after, width, blind, short, more) => {
        const given = milestone(after, after + width, blind)
        expect(order.indexOf(keeps(given, 1_000, `${short + more} s`))).toBeGreaterThanOrEqual(
          order.indexOf(keeps(given, 1_000, `${short} s`)),
        )
      },
    ),
  )
})
