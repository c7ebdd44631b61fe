// Reading answers: the value, or the reason why there is none.
import { describe, expect, expectTypeOf, test } from 'vitest'
import { Unanswered, answersOf, type Answer, type Question, type Snapshot } from './question.ts'

const end = Date.parse('2026-11-21T12:00:00Z')

const pods: Question<readonly string[]> = {
  key: 'pods',
  description: 'list pods',
  origin: 'kubernetes',
  needs: ['kubernetes'],
  ask: async () => [],
}

const snapshotWith = (answers: Record<string, Answer<unknown>>): Snapshot => ({
  version: 1,
  cluster: 'small',
  target: { kind: 'lab', description: 'a model' },
  startedAt: end - 2000,
  endedAt: end,
  answers,
})

const asked = { description: 'list pods', origin: 'kubernetes', at: end - 500, tookMs: 1500 }

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('reading an answer', () => {
  test('a known answer is its value, with its type', () => {
    const answers = answersOf(
      snapshotWith({ pods: { kind: 'known', value: ['redis-0'], ...asked } }),
    )
    expect(answers(pods)).toEqual(['redis-0'])
    expectTypeOf(answers(pods)).toEqualTypeOf<readonly string[]>()
  })

  test('now is the end of the evaluation, so that a saved snapshot can be judged again', () => {
    expect(answersOf(snapshotWith({})).now).toBe(end)
  })

  test('an unknown answer throws: the question, the reason, the origin and the duration', () => {
    const error = thrownBy(() =>
      answersOf(snapshotWith({ pods: { kind: 'unknown', why: 'ECONNREFUSED', ...asked } }))(pods),
    )
    expect(error).toBeInstanceOf(Unanswered)
    expect(error).toMatchObject({
      verdict: {
        kind: 'unknown',
        cause: { kind: 'unanswered', question: pods.key, reason: 'ECONNREFUSED', tookMs: 1500 },
      },
      message: 'could not list pods: ECONNREFUSED (asked kubernetes, 1.5 s)',
    })
  })

  test('an absent capability throws the reason that its target states', () => {
    const error = thrownBy(() =>
      answersOf(
        snapshotWith({ pods: { kind: 'absent', why: 'this host has no Colima', ...asked } }),
      )(pods),
    )
    expect(error).toBeInstanceOf(Unanswered)
    expect(error).toMatchObject({
      verdict: {
        kind: 'not-applicable',
        cause: { kind: 'lacking', reason: 'this host has no Colima' },
      },
      message: 'this host has no Colima',
    })
  })

  test('a question that the snapshot lacks is unknown, not empty', () => {
    expect(thrownBy(() => answersOf(snapshotWith({}))(pods))).toMatchObject({
      verdict: { kind: 'unknown', cause: { kind: 'unanswered', question: pods.key } },
      message: 'could not list pods: the snapshot does not hold it (asked kubernetes, 0 ms)',
    })
  })

  test('a judge to which silence is a fact gets the whole answer, without a throw', () => {
    const unknown: Answer<readonly string[]> = { kind: 'unknown', why: 'ECONNREFUSED', ...asked }
    expect(answersOf(snapshotWith({ pods: unknown })).to(pods)).toEqual(unknown)
    expect(answersOf(snapshotWith({})).to(pods)).toEqual({
      kind: 'unknown',
      why: 'the snapshot does not hold it',
      description: 'list pods',
      origin: 'kubernetes',
      at: end,
      tookMs: 0,
    })
  })
})
