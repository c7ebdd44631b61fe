// The worst of several verdicts.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { worstVerdict, verdictRank, type Verdict } from './verdict.ts'

const kind = fc.constantFrom<Verdict['kind']>(...verdictRank)
const kinds = fc.array(kind)

describe('the worst verdict', () => {
  test('ranks the kinds: waived, then unknown, then violated as the worst', () => {
    expect(verdictRank).toEqual(['not-applicable', 'holds', 'waived', 'unknown', 'violated'])
    for (const [rank, one] of verdictRank.entries())
      for (const other of verdictRank.slice(0, rank)) expect(worstVerdict([other, one])).toBe(one)
  })

  test('of an empty list is not applicable', () => {
    expect(worstVerdict([])).toBe('not-applicable')
  })

  test('does not depend on the order', () => {
    fc.assert(
      fc.property(
        kinds.chain(list =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(worstVerdict(shuffled)).toBe(worstVerdict(list))
        },
      ),
    )
  })

  test('can be computed in parts', () => {
    fc.assert(
      fc.property(kinds, kinds, kinds, (a, b, c) => {
        expect(worstVerdict([worstVerdict([...a, ...b]), ...c])).toBe(
          worstVerdict([...a, worstVerdict([...b, ...c])]),
        )
      }),
    )
  })

  test('does not depend on how often a kind occurs', () => {
    fc.assert(
      fc.property(kinds, list => {
        expect(worstVerdict([...list, ...list, worstVerdict(list)])).toBe(worstVerdict(list))
      }),
    )
  })

  test('never improves with one more, and never holds with an unknown in it', () => {
    fc.assert(
      fc.property(kinds, kind, (list, more) => {
        expect(verdictRank.indexOf(worstVerdict([...list, more]))).toBeGreaterThanOrEqual(
          verdictRank.indexOf(worstVerdict(list)),
        )
        expect(['unknown', 'violated']).toContain(worstVerdict([...list, 'unknown']))
      }),
    )
  })
})
