// From verdicts and drills to the one exit code: the most severe counts, and nothing unknown ends
// with 0.
import { describe, expect, test } from 'vitest'
import type { DrillResult, Judgement, Verdict } from '#src/model/index.ts'
import { exits, worstExit } from './process/exit.ts'
import { exitCodeOf } from './outcome.ts'

const finding = { code: 'bad', seen: 'bad', expected: 'good', remedy: 'mend it' }
const verdicts = {
  holds: { kind: 'holds' },
  violated: { kind: 'violated', findings: [finding] },
  unknown: { kind: 'unknown', cause: { kind: 'doubtful', reason: 'no answer' } },
  waived: {
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
  'not-applicable': { kind: 'not-applicable', cause: { kind: 'no-subjects' } },
} as const satisfies Record<Verdict['kind'], Verdict>
const judged = (...kinds: Verdict['kind'][]): readonly Judgement[] =>
  kinds.map(kind => ({ invariant: 'i', clauses: [], subject: 's', verdict: verdicts[kind] }))

const refused = {
  kind: 'refused',
  cause: { kind: 'steady-state', judgements: [] },
} as const

const drilled = (result: Partial<DrillResult>): readonly DrillResult[] => [
  {
    drill: 'd',
    clauses: [],
    title: 'd',
    incident: { story: 's', source: 's' },
    startedAt: 0,
    endedAt: 1,
    faults: [],
    outcome: { kind: 'healed-by-itself' },
    milestones: [],
    misses: [],
    unknown: [],
    budgets: {},
    timeline: [],
    leftBehind: [],
    ...result,
  },
]
const left = [{ description: 'a taint', manualUndo: 'kubectl taint' }]

describe('gravestExit', () => {
  test.each([
    [[], 0],
    [[0, 0], 0],
    [[0, 2], 2],
    [[2, 1], 1],
    [[1, 4], 4],
    [[4, 3], 3],
    [[3, 64], 64],
    [[64, 70], 70],
    [[0, 143], 143],
    [[143, 1], 1],
  ])('of %j is %i', (codes, expected) => {
    expect(worstExit(codes)).toBe(expected)
    expect(worstExit(codes.toReversed())).toBe(expected)
  })
})

describe('exitCodeOf', () => {
  test.each([
    ['everything holds', judged('holds', 'waived', 'not-applicable'), [], exits.holds],
    ['one is violated', judged('holds', 'violated', 'unknown'), [], exits.violated],
    ['one is unknown', judged('holds', 'unknown', 'waived'), [], exits.unknown],
    ['nothing was judged at all', [], [], exits.unknown],
    ['a drill passed', [], drilled({}), exits.holds],
    [
      'a drill does not apply',
      [],
      drilled({ outcome: { kind: 'not-applicable', cause: { kind: 'nothing-to-drill' } } }),
      exits.holds,
    ],
    [
      'a drill went over its budget',
      judged('unknown'),
      drilled({ misses: [{ kind: 'never-came', milestone: 'recovered', budget: '3 s' }] }),
      exits.violated,
    ],
    [
      'a drill was blind for a while',
      judged('holds'),
      drilled({
        unknown: [{ kind: 'unobserved', milestone: 'recovered', since: 0, budget: '3 s' }],
      }),
      exits.unknown,
    ],
    [
      'a drill was refused',
      judged('violated'),
      drilled({ outcome: refused, misses: [{ kind: 'outcome' }] }),
      exits.refused,
    ],
    [
      'a drill left something behind',
      judged('violated'),
      drilled({ leftBehind: left, outcome: refused }),
      exits.undoIncomplete,
    ],
  ])('%s', (_, judgements, drills, expected) => {
    expect(exitCodeOf(judgements, drills)).toBe(expected)
  })

  test('counts other failures', () => {
    expect(exitCodeOf(judged('holds'), [], [exits.unknown])).toBe(exits.unknown)
    expect(exitCodeOf([], [], [exits.internal])).toBe(exits.internal)
  })
})
