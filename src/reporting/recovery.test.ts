// Recovery times, their errors and their budgets.
import { describe, expect, test } from 'vitest'
import { against, recoveryTime, formatSpan } from './recovery.ts'

describe('a recovery time', () => {
  test('runs from the injection to “recovered”, with the errors of both milestones', () => {
    const span = recoveryTime({
      milestones: [
        { milestone: 'injected', after: 1000, by: 1200 },
        { milestone: 'recovered', after: 42_000, by: 42_600 },
      ],
    })
    expect(span).toEqual({ atLeast: 40_800, atMost: 41_600 })
    expect(span && formatSpan(span)).toBe('41.2 s ±0.4 s')
  })
  test('is undefined for a drill that has not recovered', () => {
    expect(
      recoveryTime({ milestones: [{ milestone: 'injected', after: 0, by: 0 }] }),
    ).toBeUndefined()
  })
  test('has its error rounded up', () => {
    expect(formatSpan({ atLeast: 40_000, atMost: 40_010 })).toBe('40.0 s ±0.1 s')
  })
  test('has no error if both ends are the same', () => {
    expect(formatSpan({ atLeast: 300_000, atMost: 300_000 })).toBe('5 min 00 s')
  })
  test.each([
    [{ atLeast: 400, atMost: 440 }, '420 ms ±20 ms'],
    [{ atLeast: 0, atMost: 1200 }, '0.6 s ±0.6 s'],
    [{ atLeast: 214_200, atMost: 219_800 }, '3 min 37 s ±2.8 s'],
    [{ atLeast: 600_000, atMost: 900_000 }, '12 min 30 s ±2 min 30 s'],
  ])('%o reads %s', (span, words) => expect(formatSpan(span)).toBe(words))
})

test('a budget within the error is neither kept nor broken', () => {
  const at = (atLeast: number, atMost: number) => against({ atLeast, atMost }, '60 s')
  expect([
    at(50_000, 60_000),
    at(59_000, 61_000),
    at(60_001, 62_000),
    against(undefined, '60 s'),
  ]).toEqual(['within', 'at the limit', 'over', 'never'])
})
