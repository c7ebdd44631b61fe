// Judging: findings, silence, a judge that fails, and subjects that the policy does not name.
import { spokenVerdict } from '#tests/model/spoken.ts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { policyWith } from '#tests/model/policy.ts'
import {
  nameOf,
  worstVerdict,
  verdictRank,
  invariant,
  notApplicable,
  unknown,
  type Answer,
  type Finding,
  type Invariant,
  type InvariantDefinition,
  type Question,
  type Snapshot,
  type Subject,
} from '#src/model/index.ts'
import { findingsOf, judge, judgeAll } from './judge.ts'

const policy = policyWith()
const end = Date.parse('2026-11-21T12:00:00Z')

/** How many of something there are; a set of answers is a world. */
const count = (key: string): Question<number> => ({
  key,
  description: `count ${key}`,
  origin: 'model',
  needs: [],
  ask: async () => 0,
})
const known = (value: number): Answer<number> => ({
  kind: 'known',
  value,
  description: '',
  origin: 'model',
  at: end,
  tookMs: 0,
})
const silence: Answer<number> = {
  kind: 'unknown',
  why: 'no answer',
  description: 'ask',
  origin: 'model',
  at: end,
  tookMs: 10_000,
}
const lacking: Answer<number> = {
  kind: 'absent',
  why: 'there is none here',
  description: '',
  origin: 'model',
  at: end,
  tookMs: 0,
}
const snapshotOf = (answers: Record<string, Answer<number>>): Snapshot => ({
  version: 1,
  cluster: 'small',
  target: { kind: 'lab', description: 'a model' },
  startedAt: end,
  endedAt: end,
  answers,
})

const finding = (code: string): Finding => ({
  code,
  seen: code,
  expected: 'nothing',
  remedy: 'mend it',
})

/** Each subject must have a count of 0: as many findings as it has. */
const quiet = (
  subjects: readonly string[],
  change: Partial<InvariantDefinition<Subject>> = {},
): Invariant =>
  invariant({
    name: 'all-is-quiet',
    title: '',
    reason: '',
    subjects: () => subjects.map(name => ({ name })),
    observe: () => subjects.map(count),
    judge: ({ name }, answers) =>
      Array.from({ length: answers(count(name)) }, (_, index) => finding(`${name}-${index}`)),
    ...change,
  })

const verdicts = (
  subject: Invariant,
  answers: Record<string, Answer<number>>,
): Record<string, ReturnType<typeof spokenVerdict>> =>
  Object.fromEntries(
    judge(subject, snapshotOf(answers), policy).map(judgement => [
      judgement.subject,
      spokenVerdict(judgement.verdict),
    ]),
  )

describe('judging', () => {
  test('no findings hold, findings violate; each judgement names its subject', () => {
    expect(
      judge(quiet(['redis', 'web']), snapshotOf({ redis: known(0), web: known(2) }), policy),
    ).toEqual([
      {
        invariant: 'all-is-quiet',
        clauses: ['recovery.automatic'],
        subject: 'redis',
        verdict: { kind: 'holds' },
      },
      {
        invariant: 'all-is-quiet',
        clauses: ['recovery.automatic'],
        subject: 'web',
        verdict: { kind: 'violated', findings: [finding('web-0'), finding('web-1')] },
      },
    ])
  })

  test('silence is unknown, and a missing capability is not applicable', () => {
    expect(verdicts(quiet(['redis', 'web', 'db']), { redis: silence, web: lacking })).toEqual({
      redis: { kind: 'unknown', why: 'could not ask: no answer (asked model, 10.0 s)' },
      web: { kind: 'not-applicable', why: 'there is none here' },
      db: {
        kind: 'unknown',
        why: 'could not count db: the snapshot does not hold it (asked model, 0 ms)',
      },
    })
  })

  test('a judge may declare itself not applicable, or its answer untrustworthy', () => {
    expect(verdicts(quiet(['a'], { judge: () => notApplicable('no workers') }), {})).toEqual({
      a: { kind: 'not-applicable', why: 'no workers' },
    })
    expect(verdicts(quiet(['a'], { judge: () => unknown('the kubelet is silent') }), {})).toEqual({
      a: { kind: 'unknown', why: 'the kubelet is silent' },
    })
  })

  test('a judge that throws is unknown, with its error as the reason; the others go on', () => {
    const failing = quiet(['a', 'b'], {
      judge: ({ name }) => {
        if (name === 'a') throw new TypeError('x is undefined')
        return []
      },
    })
    expect(verdicts(failing, {})).toEqual({
      a: { kind: 'unknown', why: 'the judge itself failed: TypeError: x is undefined' },
      b: { kind: 'holds' },
    })
  })

  test('a judge may throw anything: the verdict is unknown with a reason', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), thrown => {
        const { a } = verdicts(
          quiet(['a'], {
            judge: () => {
              throw thrown
            },
          }),
          {},
        )
        expect(a).toEqual({
          kind: 'unknown',
          why: expect.stringMatching(/^the judge itself failed: \S/),
        })
      }),
    )
  })

  test('a cause is data: which question had no answer, and whether the judge itself failed', () => {
    const [silent] = judge(quiet(['redis']), snapshotOf({ redis: silence }), policy)
    expect(silent?.verdict).toEqual({
      kind: 'unknown',
      cause: {
        kind: 'unanswered',
        question: count('redis').key,
        description: 'ask',
        origin: 'model',
        tookMs: 10_000,
        reason: 'no answer',
      },
    })
    const broken = () => {
      throw new TypeError('x is undefined')
    }
    const [failed] = judge(quiet(['redis'], { judge: broken }), snapshotOf({}), policy)
    expect(failed?.verdict).toEqual({
      kind: 'unknown',
      cause: { kind: 'judge-failed', error: 'TypeError: x is undefined' },
    })
  })

  test('without a subject it is not applicable to the cluster', () => {
    expect(verdicts(quiet([]), {})).toEqual({
      small: { kind: 'not-applicable', why: 'the policy names nothing that this is about' },
    })
  })
})

describe('subjects that the policy does not name', () => {
  const found = (...names: readonly string[]): Partial<InvariantDefinition<Subject>> => ({
    discover: () => names.map(name => ({ name })),
  })

  test('are judged by the same function, after the named ones, each once', () => {
    const judged = judge(
      quiet(['redis'], found('redis', 'stranger')),
      snapshotOf({ redis: known(0), stranger: known(1) }),
      policy,
    )
    expect(judged.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['redis', { kind: 'holds' }],
      ['stranger', { kind: 'violated', findings: [finding('stranger-0')] }],
    ])
  })

  test('alone are enough: there is something that it is about', () => {
    expect(verdicts(quiet([], found('stranger')), { stranger: known(0) })).toEqual({
      stranger: { kind: 'holds' },
    })
  })

  test('without an answer are not discovered; the named ones are unknown', () => {
    const blind = {
      discover: (answers: (question: Question<number>) => number) =>
        answers(count('all')) > 0 ? [{ name: 'x' }] : [],
    }
    expect(verdicts(quiet(['redis'], blind), { redis: silence, all: silence })).toEqual({
      redis: { kind: 'unknown', why: 'could not ask: no answer (asked model, 10.0 s)' },
    })
  })

  test('whose discovery fails are unknown, so that they never pass for “none”', () => {
    const failing = {
      discover: () => {
        throw new TypeError('x is undefined')
      },
    }
    expect(verdicts(quiet(['redis'], failing), { redis: known(0) })).toEqual({
      redis: { kind: 'holds' },
      'what the policy does not name': {
        kind: 'unknown',
        why: 'looking for what the policy does not name failed: TypeError: x is undefined',
      },
    })
  })
})

describe('waivers of the policy', () => {
  const waiver = {
    invariant: 'all-is-quiet',
    subject: 'web',
    findings: ['web-0'],
    owner: 'joel',
    reason: 'it is old and known',
    until: '2026-11-21',
  }

  test('are applied as of the end of the snapshot, to their own subject', () => {
    const judged = judge(
      quiet(['redis', 'web']),
      snapshotOf({ redis: known(1), web: known(1) }),
      policyWith({ waivers: [waiver] }),
    )
    expect(judged.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['redis', { kind: 'violated', findings: [finding('redis-0')] }],
      ['web', { kind: 'waived', findings: [finding('web-0')], waiver, daysLeft: 1 }],
    ])
  })
})

describe('for any world', () => {
  const names = ['a', 'b', 'c', 'd', 'e'] as const
  const answer = fc.oneof(fc.nat(2).map(known), fc.constant(silence), fc.constant(lacking))
  const world = fc.record({ a: answer, b: answer, c: answer, d: answer, e: answer })
  const gravityOf = (subject: Invariant, answers: Record<string, Answer<number>>): number =>
    verdictRank.indexOf(
      worstVerdict(Object.values(verdicts(subject, answers)).map(({ kind }) => kind)),
    )

  test('the order of subjects, answers and invariants decides nothing', () => {
    const order = fc.shuffledSubarray([...names], { minLength: names.length })
    const sorted = (judgements: ReturnType<typeof judgeAll>) =>
      judgements.toSorted((x, y) => (nameOf(x) < nameOf(y) ? -1 : 1))
    fc.assert(
      fc.property(world, order, order, (answers, subjects, keys) => {
        const other = (name: string) => quiet(names, { name })
        const straight = judgeAll([quiet(names), other('second')], snapshotOf(answers), policy)
        const turned = judgeAll(
          [other('second'), quiet(subjects)],
          snapshotOf(Object.fromEntries(keys.map(key => [key, answers[key]]))),
          policy,
        )
        expect(sorted(turned)).toEqual(sorted(straight))
      }),
    )
  })

  test('losing an answer never makes anything hold, and never makes a finding of it', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(...names), (answers, lost) => {
        const before = verdicts(quiet(names), answers)
        const { [lost]: of, ...others } = verdicts(quiet(names), { ...answers, [lost]: silence })
        expect(of).toEqual({
          kind: 'unknown',
          why: `could not ask: no answer (asked model, 10.0 s)`,
        })
        expect(others).toEqual(
          Object.fromEntries(Object.entries(before).filter(([name]) => name !== lost)),
        )
      }),
    )
  })

  test('one more finding never makes the whole lighter', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(...names), fc.nat(2), (answers, where, was) => {
        expect(
          gravityOf(quiet(names), { ...answers, [where]: known(was + 1) }),
        ).toBeGreaterThanOrEqual(gravityOf(quiet(names), { ...answers, [where]: known(was) }))
      }),
    )
  })

  test('judging is pure: a saved snapshot gives the same judgements and does not change', () => {
    fc.assert(
      fc.property(world, answers => {
        const snapshot = snapshotOf(answers)
        const saved = JSON.stringify(snapshot)
        expect(judge(quiet(names), JSON.parse(saved) as Snapshot, policy)).toEqual(
          judge(quiet(names), snapshot, policy),
        )
        expect(JSON.stringify(snapshot)).toBe(saved)
      }),
    )
  })
})

test('a judgement is named by invariant and subject; only a violation has findings', () => {
  expect(nameOf({ invariant: 'containers-have-probes', subject: 'joelclaw/redis' })).toBe(
    'containers-have-probes · joelclaw/redis',
  )
  expect(findingsOf({ kind: 'violated', findings: [finding('x')] })).toEqual([finding('x')])
  expect(findingsOf({ kind: 'unknown', cause: { kind: 'doubtful', reason: '' } })).toEqual([])
})
