// Observing: each question once, with its deadline, and every silence with its reason.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CommandError } from '#src/commands/command.ts'
import { newModel, start } from '#tests/model/model.ts'
import { questionsOf, type QuestionContext, type Question } from '#src/model/index.ts'
import { evaluate } from './evaluate.ts'
import { ask, defaultDeadline, observe } from './observe.ts'

const question = (
  key: string,
  answer: (asking: QuestionContext) => Promise<unknown>,
  change: Partial<Question<unknown>> = {},
): Question<unknown> => ({
  key,
  description: `ask ${key}`,
  origin: 'model',
  needs: [],
  ask: answer,
  ...change,
})

describe('one question', () => {
  test('is answered with its value, the time of its arrival and how long it took', async () => {
    const { runtime, clock, policy } = newModel()
    expect(
      await ask(
        question('a', async () => {
          await clock.sleep(420)
          return { pods: 3 }
        }),
        runtime,
        policy,
      ),
    ).toEqual({
      kind: 'known',
      value: { pods: 3 },
      description: 'ask a',
      origin: 'model',
      at: start + 420,
      tookMs: 420,
    })
  })

  test('gets the runtime, the policy, its own deadline and a signal', async () => {
    const { runtime, policy } = newModel()
    const given: QuestionContext[] = []
    await ask(
      question('a', async asking => given.push(asking), { deadline: 2500 }),
      runtime,
      policy,
    )
    expect(given).toEqual([{ runtime, policy, deadline: 2500, signal: expect.any(AbortSignal) }])
    expect(given[0]?.signal.aborted).toBe(false)
  })

  test('ends at its deadline, in virtual time, and its signal aborts', async () => {
    const { runtime, clock, policy } = newModel()
    const signals: AbortSignal[] = []
    const answer = await ask(
      question(
        'a',
        ({ signal }) => {
          signals.push(signal)
          return new Promise(() => {})
        },
        { deadline: 2500 },
      ),
      runtime,
      policy,
    )
    expect(answer).toEqual({
      kind: 'unknown',
      why: 'no answer within 2.5 s',
      description: 'ask a',
      origin: 'model',
      at: start + 2500,
      tookMs: 2500,
    })
    expect(signals.map(({ reason }) => reason)).toEqual([new Error('no answer within 2.5 s')])
    expect(clock.now()).toBe(start + 2500)
  })

  test('has ten seconds by default', async () => {
    const { runtime, policy } = newModel()
    expect(
      await ask(
        question('a', () => new Promise(() => {})),
        runtime,
        policy,
      ),
    ).toMatchObject({ kind: 'unknown', why: 'no answer within 10.0 s', tookMs: defaultDeadline })
  })

  test('that is answered in time leaves no timer behind', async () => {
    const { runtime, clock, policy } = newModel()
    await ask(
      question('a', async () => 1),
      runtime,
      policy,
    )
    await clock.sleep(5)
    expect(clock.now()).toBe(start + 5)
  })

  test('is absent on a target without its capability, with the reason', async () => {
    const { runtime, policy } = newModel({
      lacks: { colima: 'this host has no Colima', docker: 'nor Docker' },
    })
    let asked = false
    const answer = await ask(
      question(
        'a',
        async () => {
          asked = true
        },
        { needs: ['kubernetes', 'colima', 'docker'] },
      ),
      runtime,
      policy,
    )
    expect([asked, answer]).toEqual([
      false,
      {
        kind: 'absent',
        why: 'this host has no Colima',
        description: 'ask a',
        origin: 'model',
        at: start,
        tookMs: 0,
      },
    ])
  })

  test.for<[description: string, error: unknown, why: string]>([
    ['a message', new Error('it broke'), 'it broke'],
    [
      'a message with its cause',
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:6443') }),
      'fetch failed: connect ECONNREFUSED 127.0.0.1:6443',
    ],
    [
      'several lines',
      new Error('ssh: exit 255\n  kex_exchange: reset\n'),
      'ssh: exit 255 / kex_exchange: reset',
    ],
    ['no error at all', 'no', 'no'],
  ])('that fails is unknown, with %s', async ([, error, why]) => {
    const { runtime, policy } = newModel()
    expect(
      await ask(
        question('a', () => Promise.reject(error)),
        runtime,
        policy,
      ),
    ).toEqual({ kind: 'unknown', why, description: 'ask a', origin: 'model', at: start, tookMs: 0 })
  })

  test('keeps all that a failed program printed beside the one line of its error', async () => {
    const { runtime, policy } = newModel()
    const printed = { code: 255, stdout: '', stderr: 'Warning: old key\nNo route to host\n' }
    const error = new CommandError(
      'ssh node true',
      { kind: 'exited', tookMs: 1, ...printed },
      'ssh to node failed: no route',
    )
    expect(
      await ask(
        question('a', () => Promise.reject(error)),
        runtime,
        policy,
      ),
    ).toMatchObject({
      kind: 'unknown',
      why: 'ssh to node failed: no route',
      raw: 'Warning: old key\nNo route to host',
    })
  })

  test('never rejects, whatever it throws, at once or later', async () => {
    const { runtime, clock, policy } = newModel()
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withNullPrototype: true, withBigInt: true }),
        fc.constantFrom('at once', 'later'),
        async (thrown, when) => {
          const answer = await ask(
            question('a', asking => {
              if (when === 'at once') throw thrown
              return clock.sleep(1, asking.signal).then(() => {
                throw thrown
              })
            }),
            runtime,
            policy,
          )
          expect(answer).toEqual({
            kind: 'unknown',
            why: expect.stringMatching(/\S/),
            description: 'ask a',
            origin: 'model',
            at: expect.any(Number),
            tookMs: when === 'later' ? 1 : 0,
          })
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a look', () => {
  test('asks everything side by side: it takes as long as its slowest question', async () => {
    const { runtime, clock, policy } = newModel()
    const slow = (ms: number) => question(`slow ${ms}`, () => clock.sleep(ms))
    const snapshot = await observe(
      [slow(300), slow(100), question('silent', () => new Promise(() => {}), { deadline: 700 })],
      runtime,
      policy,
    )
    expect({
      ...snapshot,
      answers: Object.entries(snapshot.answers).map(([key, { kind, at }]) => [
        key,
        kind,
        at - start,
      ]),
    }).toEqual({
      version: 1,
      cluster: 'small',
      target: { kind: 'lab', description: 'a model' },
      startedAt: start,
      endedAt: start + 700,
      answers: [
        ['silent', 'unknown', 700],
        ['slow 100', 'known', 100],
        ['slow 300', 'known', 300],
      ],
    })
  })

  test('is plain data with its answers in the order of their keys', async () => {
    const { runtime, policy } = newModel()
    const some = ['b', 'a', 'c'].map(key => question(key, async () => key))
    const [one, other] = [
      await observe(some, runtime, policy),
      await observe(some.toReversed(), runtime, policy),
    ]
    expect(JSON.stringify(other)).toBe(JSON.stringify(one))
    expect(Object.keys(one.answers)).toEqual(['a', 'b', 'c'])
  })

  test('asks a question once, however many invariants and fixes want to know', async () => {
    const model = newModel()
    const invariants = [
      model.invariant('web', { healedBy: [model.fix('web')] }),
      { ...model.invariant('web'), name: 'another' },
    ]
    expect(questionsOf(invariants, model.policy).map(({ key }) => key)).toEqual(['web'])
    const { judgements } = await evaluate(invariants, model.runtime, model.policy)
    expect(judgements.map(({ invariant, verdict }) => [invariant, verdict.kind])).toEqual([
      ['web-is-up', 'holds'],
      ['another', 'holds'],
    ])
    expect(model.asked).toEqual(['web'])
  })

  test('asks the questions of the fixes, too', async () => {
    const model = newModel()
    const { snapshot } = await evaluate(
      [model.invariant('web', { healedBy: [model.fix('db')] })],
      model.runtime,
      model.policy,
    )
    expect(Object.keys(snapshot.answers)).toEqual(['db', 'web'])
  })

  test('judges what it observed: a silent part is unknown after its deadline', async () => {
    const model = newModel()
    model.set('web', 'down')
    model.set('db', 'silent')
    const { judgements } = await evaluate(
      ['web', 'db', 'redis'].map(part => model.invariant(part)),
      model.runtime,
      model.policy,
    )
    expect(judgements.map(({ subject, verdict }) => [subject, verdict.kind])).toEqual([
      ['web', 'violated'],
      ['db', 'unknown'],
      ['redis', 'holds'],
    ])
    expect(model.clock.now()).toBe(start + 10)
  })
})
