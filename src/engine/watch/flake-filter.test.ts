// Failures between answers, and failures that last.
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { flakeFilter } from './flake-filter.ts'
import { newSignalState, type Sample } from './signal-state.ts'

/**
 * Asked each 40 ms, as on real clusters: `.` is an answer, `x` a failure. What was believed, and
 * the marks of it.
 */
function believed(seen: string) {
  const clock = Object.assign(new VirtualClock(0), { closest: 40 })
  const track = newSignalState(0)
  const turns: string[] = []
  const note = flakeFilter(clock, track, (sight: Sample) =>
    turns.push(...track.note(sight).map(({ kind }) => kind)),
  )
  for (const [index, letter] of seen.split('').entries())
    note({
      kind: letter === '.' ? 'good' : 'bad',
      after: index * 40,
      by: index * 40 + 4,
      overlaps: true,
    })
  return { turns, milestone: track.milestone() }
}

describe('a service that is known to be well', () => {
  test('is not lost by single questions that go astray, however many', () => {
    expect(believed(`...${'xxxxx.x..'.repeat(40)}`)).toEqual({ turns: [], milestone: undefined })
  })

  test('is lost when nothing is answered for half a second, and from the first failure on', () => {
    expect(believed(`....${'x'.repeat(12)}.`).turns).toEqual([])
    expect(believed(`....${'x'.repeat(13)}.`)).toEqual({
      turns: ['lost', 'back'],
      milestone: { after: 16 * 40, by: 17 * 40 + 4 },
    })
  })
})

describe('a service that was lost', () => {
  test('is back with its first answer, and stays so when questions go astray afterwards', () => {
    expect(believed(`..${'x'.repeat(50)}.x.xx..xxxxx....`)).toEqual({
      turns: ['lost', 'back'],
      milestone: { after: 51 * 40, by: 52 * 40 + 4 },
    })
  })

  test('that is lost again has its milestone at its last return', () => {
    expect(believed(`..${'x'.repeat(20)}..x.${'x'.repeat(30)}...`)).toMatchObject({
      turns: ['lost', 'back', 'lost', 'back'],
      milestone: { after: 55 * 40, by: 56 * 40 + 4 },
    })
  })
})

test('where questions are far apart, three in a row that fail are a loss', () => {
  const track = newSignalState(0)
  const turns: string[] = []
  const note = flakeFilter(new VirtualClock(0), track, sight =>
    turns.push(...track.note(sight).map(({ kind }) => kind)),
  )
  for (const [index, kind] of (
    ['good', 'bad', 'bad', 'good', 'bad', 'bad', 'bad'] as const
  ).entries())
    note({ kind, after: index * 500, by: index * 500 + 5 })
  expect(turns).toEqual(['lost'])
})
