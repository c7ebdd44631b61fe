// The exit code of a run: whatever is added, in whatever order, nothing severe is hidden and
// nothing unknown passes.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DrillResult, Judgement, Verdict } from '#src/model/index.ts'
import { exits, worstExit } from './process/exit.ts'
import { exitCodeOf } from './outcome.ts'

const finding = { code: 'bad', seen: 'bad', expected: 'good', remedy: 'mend it' }
const verdict: fc.Arbitrary<Verdict> = fc.constantFrom<Verdict>(
  { kind: 'holds' },
  { kind: 'violated', findings: [finding] },
  { kind: 'unknown', cause: { kind: 'doubtful', reason: 'no answer' } },
  { kind: 'not-applicable', cause: { kind: 'no-subjects' } },
  {
    kind: 'waived',
    findings: [finding],
    daysLeft: 1,
    waiver: {
      invariant: 'i',
      subject: 's',
      findings: ['bad'],
      owner: 'o',
      reason: 'because of this',
      until: '2027-01-01',
    },
  },
)
const judgement: fc.Arbitrary<Judgement> = fc.record({
  invariant: fc.constantFrom('i', 'j'),
  clauses: fc.constant([]),
  subject: fc.constantFrom('s', 't'),
  verdict,
})
const result: fc.Arbitrary<DrillResult> = fc
  .record({
    outcome: fc.constantFrom<DrillResult['outcome']>(
      { kind: 'healed-by-itself' },
      { kind: 'not-healed', cause: { kind: 'unstable', stability: '1 s' } },
      { kind: 'refused', cause: { kind: 'guards', refusals: [] } },
      { kind: 'aborted', cause: { kind: 'stopped-early' } },
      { kind: 'not-applicable', cause: { kind: 'nothing-to-drill' } },
    ),
    missed: fc.boolean(),
    blind: fc.boolean(),
    left: fc.boolean(),
  })
  .map(({ outcome, missed, blind, left }) => ({
    drill: 'd',
    clauses: [],
    title: 'd',
    incident: { story: 's', source: 's' },
    startedAt: 0,
    endedAt: 1,
    faults: [],
    outcome,
    milestones: [],
    budgets: {},
    timeline: [],
    // As real drills do: a drill that does not pass has a miss that states the reason.
    misses:
      missed || !['healed-by-itself', 'not-applicable'].includes(outcome.kind)
        ? [{ kind: 'outcome' as const }]
        : [],
    unknown: blind
      ? [
          {
            kind: 'unobserved' as const,
            milestone: 'recovered' as const,
            since: 0,
            budget: '1 s' as const,
          },
        ]
      : [],
    leftBehind: left ? [{ description: 'a taint', manualUndo: 'kubectl taint' }] : [],
  }))
const run = fc.record({
  judgements: fc.array(judgement, { maxLength: 8 }),
  drills: fc.array(result, { maxLength: 4 }),
})
const codeOf = ({
  judgements,
  drills,
}: {
  judgements: readonly Judgement[]
  drills: readonly DrillResult[]
}): number => exitCodeOf(judgements, drills)

/** The most severe last. */
const order: readonly number[] = [
  exits.holds,
  exits.unknown,
  exits.violated,
  exits.refused,
  exits.undoIncomplete,
  exits.usage,
  exits.internal,
]
const verdictRank = (code: number): number => order.indexOf(code)
const code = fc.constantFrom(...order)

test('the most severe code does not depend on order, grouping or repetition', () => {
  fc.assert(
    fc.property(code, code, code, (a, b, c) => {
      const join = (x: number, y: number): number => worstExit([x, y])
      expect([join(a, b), join(a, join(b, c)), join(a, a), join(a, exits.holds)]).toEqual([
        join(b, a),
        join(join(a, b), c),
        a,
        a,
      ])
      expect(verdictRank(join(a, b))).toBe(Math.max(verdictRank(a), verdictRank(b)))
    }),
  )
})

test('the order of verdicts and drills does not matter', () => {
  fc.assert(
    fc.property(run, fc.infiniteStream(fc.nat()), (some, dice) => {
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map(item => ({ item, at: dice.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ item }) => item)
      expect(codeOf({ judgements: shuffled(some.judgements), drills: shuffled(some.drills) })).toBe(
        codeOf(some),
      )
    }),
  )
})

test('a run with more in it never ends better', () => {
  fc.assert(
    fc.property(run, run, (some, more) => {
      fc.pre(some.judgements.length + some.drills.length > 0)
      const both = codeOf({
        judgements: [...some.judgements, ...more.judgements],
        drills: [...some.drills, ...more.drills],
      })
      expect(verdictRank(both)).toBeGreaterThanOrEqual(verdictRank(codeOf(some)))
    }),
  )
})

test('a run exits with 0 only if it judged something and everything passed', () => {
  fc.assert(
    fc.property(run, some => {
      const { judgements, drills } = some
      const allPass =
        judgements.every(
          ({ verdict: { kind } }) =>
            kind === 'holds' || kind === 'waived' || kind === 'not-applicable',
        ) &&
        drills.every(
          ({ misses, unknown, leftBehind, outcome: { kind } }) =>
            misses.length + unknown.length + leftBehind.length === 0 &&
            (kind === 'healed-by-itself' || kind === 'not-applicable'),
        )
      expect(codeOf(some) === exits.holds).toBe(allPass && judgements.length + drills.length > 0)
    }),
  )
})

test('a remaining fault decides the exit code, and an aborted drill never passes', () => {
  fc.assert(
    fc.property(run, some => {
      const stays = some.drills.some(({ leftBehind }) => leftBehind.length > 0)
      const aborted = some.drills.some(({ outcome }) => outcome.kind === 'aborted')
      expect([
        !stays || codeOf(some) === exits.undoIncomplete,
        !aborted || codeOf(some) !== exits.holds,
      ]).toEqual([true, true])
    }),
  )
})
