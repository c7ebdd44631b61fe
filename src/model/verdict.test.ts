// The gravest of several verdicts.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gravest, gravity, type Verdict } from './verdict.ts'

const kind = fc.constantFrom<Verdict['kind']>(...gravity)
const kinds = fc.array(kind)

describe('gravest', () => {
  test('orders the kinds: what is not known is graver than a waiver, and only a violation is graver than that', () => {
    expect(gravity).toEqual(['not-applicable', 'holds', 'waived', 'unknown', 'violated'])
    for (const [rank, one] of gravity.entries())
      for (const other of gravity.slice(0, rank)) expect(gravest([other, one])).toBe(one)
  })

  test('of nothing is not applicable', () => {
    expect(gravest([])).toBe('not-applicable')
  })

  test('does not depend on the order', () => {
    fc.assert(
      fc.property(
        kinds.chain(list =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(gravest(shuffled)).toBe(gravest(list))
        },
      ),
    )
  })

  test('can be taken part by part', () => {
    fc.assert(
      fc.property(kinds, kinds, kinds, (a, b, c) => {
        expect(gravest([gravest([...a, ...b]), ...c])).toBe(gravest([...a, gravest([...b, ...c])]))
      }),
    )
  })

  test('does not count how often', () => {
    fc.assert(
      fc.property(kinds, list => {
        expect(gravest([...list, ...list, gravest(list)])).toBe(gravest(list))
      }),
    )
  })

  test('never becomes lighter by one more, and with one unknown in it it never holds', () => {
    fc.assert(
      fc.property(kinds, kind, (list, more) => {
        expect(gravity.indexOf(gravest([...list, more]))).toBeGreaterThanOrEqual(
          gravity.indexOf(gravest(list)),
        )
        expect(['unknown', 'violated']).toContain(gravest([...list, 'unknown']))
      }),
    )
  })
})
