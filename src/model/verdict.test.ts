// The gravest of several verdicts.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { worstVerdict, verdictRank, type Verdict } from './verdict.ts'

const kind = fc.constantFrom<Verdict['kind']>(...verdictRank)
const kinds = fc.array(kind)

describe('gravest', () => {
  test('orders the kinds: what is not known is graver than a waiver, and only a violation is graver than that', () => {
    expect(verdictRank).toEqual(['not-applicable', 'holds', 'waived', 'unknown', 'violated'])
    for (const [rank, one] of verdictRank.entries())
      for (const other of verdictRank.slice(0, rank)) expect(worstVerdict([other, one])).toBe(one)
  })

  test('of nothing is not applicable', () => {
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

  test('can be taken part by part', () => {
    fc.assert(
      fc.property(kinds, kinds, kinds, (a, b, c) => {
        expect(worstVerdict([worstVerdict([...a, ...b]), ...c])).toBe(
          worstVerdict([...a, worstVerdict([...b, ...c])]),
        )
      }),
    )
  })

  test('does not count how often', () => {
    fc.assert(
      fc.property(kinds, list => {
        expect(worstVerdict([...list, ...list, worstVerdict(list)])).toBe(worstVerdict(list))
      }),
    )
  })

  test('never becomes lighter by one more, and with one unknown in it it never holds', () => {
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
