// Signals that are watched all through a drill, and the marks that they give.
import { eventText } from '#src/reporting/sentences.ts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drillOn, signalOf } from '#tests/model/drill.ts'
import { newModel, start, type Model, type State } from '#tests/model/model.ts'
import type { QuestionContext, Question, Signal, TogetherSignal } from '#src/model/index.ts'
import { watch } from './watch.ts'

/** Watches for a while, and what was seen; times in ms since the start of the model. */
async function watching(model: Model, signals: readonly Signal[], ms: number) {
  const changes: string[] = []
  const seen = watch(signals, {
    runtime: model.runtime,
    policy: model.policy,
    drill: drillOn(model),
    changed: (signal, change) => changes.push(eventText({ kind: 'signal', signal, change })),
  })
  await model.clock.sleep(ms)
  const milestones = seen
    .milestones()
    .map(milestone => ({ ...milestone, after: milestone.after - start, by: milestone.by - start }))
  const unseen = seen.unseen().map(({ milestone, since }) => ({ milestone, since: since - start }))
  const bad = seen.bad()
  await seen.stop()
  return { milestones, bad, unseen, changes }
}

/** Lets a part be in a state from a time on, ms since the start. */
function script(
  model: Model,
  part: string,
  ...states: readonly (readonly [at: number, state: State])[]
): void {
  for (const [at, state] of states) model.later(at, part, state)
}

describe('a signal', () => {
  test('that was never bad has no milestone and no event', async () => {
    const model = newModel()
    expect(await watching(model, [signalOf(model, 'api back', 'api')], 20_000)).toEqual({
      milestones: [],
      bad: [],
      unseen: [],
      changes: [],
    })
  })

  test('that is back has a milestone from its last bad to its first good sample', async () => {
    const model = newModel()
    script(model, 'api', [2_500, 'down'], [7_300, 'up'])
    expect(await watching(model, [signalOf(model, 'api back', 'api')], 20_000)).toEqual({
      milestones: [{ milestone: 'api back', after: 7_000, by: 8_010 }],
      bad: [],
      unseen: [],
      changes: ['lost: api back', 'back: api back'],
    })
  })

  test('that is bad now has no milestone', async () => {
    const model = newModel()
    script(model, 'api', [2_500, 'down'], [5_500, 'up'], [9_500, 'down'])
    expect(await watching(model, [signalOf(model, 'api back', 'api')], 20_000)).toEqual({
      milestones: [],
      bad: ['api back'],
      unseen: [],
      changes: ['lost: api back', 'back: api back', 'lost: api back'],
    })
  })

  test('that flaps has the milestone of its last return', async () => {
    const model = newModel()
    script(model, 'api', [1_500, 'down'], [3_500, 'up'], [6_500, 'down'], [9_500, 'up'])
    expect(
      (await watching(model, [signalOf(model, 'api back', 'api')], 20_000)).milestones,
    ).toEqual([{ milestone: 'api back', after: 9_000, by: 10_010 }])
  })

  test('that was bad from the first sample has a milestone, too', async () => {
    const model = newModel()
    model.set('api', 'down')
    script(model, 'api', [1_500, 'up'])
    expect((await watching(model, [signalOf(model, 'api back', 'api')], 5_000)).milestones).toEqual(
      [{ milestone: 'api back', after: 1_000, by: 2_010 }],
    )
  })

  test('that is unobserved is neither good nor bad: it may have been lost', async () => {
    const model = newModel()
    script(model, 'api', [2_500, 'silent'], [4_500, 'up'])
    expect(await watching(model, [signalOf(model, 'pods ready', 'api')], 8_000)).toEqual({
      milestones: [{ milestone: 'pods ready', after: 2_000, by: 5_010, unobserved: 3_010 }],
      bad: [],
      unseen: [],
      changes: [
        'not observed: pods ready',
        'observed again after 3.0 s: pods ready',
        'back: pods ready',
      ],
    })
  })

  test('that returns unobserved has a milestone from its last known bad time', async () => {
    const model = newModel()
    script(model, 'api', [1_500, 'down'], [3_500, 'silent'], [6_500, 'up'])
    expect(await watching(model, [signalOf(model, 'pods ready', 'api')], 9_000)).toEqual({
      milestones: [{ milestone: 'pods ready', after: 3_000, by: 7_010, unobserved: 4_010 }],
      bad: [],
      unseen: [],
      changes: [
        'lost: pods ready',
        'not observed: pods ready',
        'observed again after 4.0 s: pods ready',
        'back: pods ready',
      ],
    })
  })

  test('that became unobserved is not bad and has no milestone', async () => {
    const model = newModel()
    script(model, 'api', [2_500, 'silent'])
    expect(await watching(model, [signalOf(model, 'pods ready', 'api')], 9_000)).toEqual({
      milestones: [],
      bad: [],
      unseen: [{ milestone: 'pods ready', since: 2_000 }],
      changes: ['not observed: pods ready'],
    })
  })

  test.for([
    ['that shows by its trace that nothing was another meanwhile was never away', 'a', []],
    [
      'whose trace is another afterwards may have been away',
      'b',
      [{ milestone: 'pods ready', after: 2_000, by: 5_010, unobserved: 3_010 }],
    ],
  ] as const)('%s', async ([, later, milestones]) => {
    const model = newModel()
    let trace = 'a'
    script(model, 'api', [2_500, 'silent'], [4_500, 'up'])
    void model.clock.after(3_000, () => {
      trace = later
    })
    expect(
      (
        await watching(
          model,
          [{ ...signalOf(model, 'pods ready', 'api'), changeFingerprint: () => trace }],
          7_000,
        )
      ).milestones,
    ).toEqual(milestones)
  })

  test('that counts silence as bad has a milestone after silence', async () => {
    const model = newModel()
    script(model, 'api', [2_500, 'silent'], [4_500, 'up'])
    const heard: TogetherSignal = {
      ...signalOf(model, 'api back', 'api'),
      good: answers => answers.to(model.question('api')).kind === 'known',
    }
    expect(await watching(model, [heard], 8_000)).toMatchObject({
      milestones: [{ after: 4_000, by: 5_010 }],
      changes: ['lost: api back', 'back: api back'],
    })
  })

  test('that is about nothing here is never talked about', async () => {
    const model = newModel({ lacks: { docker: 'no Docker here' } })
    const absent: TogetherSignal = {
      ...signalOf(model, 'nodes ready', 'api'),
      observe: () => [{ ...model.question('api'), needs: ['docker'] }],
    }
    expect(await watching(model, [absent], 8_000)).toEqual({
      milestones: [],
      bad: [],
      unseen: [],
      changes: [],
    })
  })

  test('whose function throws is unobserved, and the others are watched on', async () => {
    const model = newModel()
    script(model, 'api', [2_500, 'down'], [4_500, 'up'])
    const failing: TogetherSignal = {
      ...signalOf(model, 'nodes ready', 'api'),
      good: () => {
        throw new TypeError('x is undefined')
      },
    }
    expect(
      await watching(model, [failing, signalOf(model, 'api back', 'api')], 8_000),
    ).toMatchObject({
      milestones: [{ milestone: 'api back' }],
      unseen: [{ milestone: 'nodes ready' }],
    })
  })

  test('is as exact as its rhythm', async () => {
    const model = newModel()
    script(model, 'web', [2_500, 'down'], [7_300, 'up'])
    const signals = [
      signalOf(model, 'service answering', 'web', '500 ms'),
      signalOf(model, 'pods ready', 'web', '2 s'),
    ]
    expect((await watching(model, signals, 20_000)).milestones).toEqual([
      { milestone: 'service answering', after: 7_000, by: 7_510 },
      { milestone: 'pods ready', after: 6_000, by: 8_010 },
    ])
  })
})

describe('a signal of parts that are asked closely', () => {
  const close = (model: Model): Signal => ({
    milestone: 'service answering',
    every: 'closely',
    parts: () =>
      ['web', 'db'].map(label => ({
        label,
        question: model.question(label),
        good: answers => answers(model.question(label)),
      })),
  })

  test('has the milestone of its last part, and reports each lost part', async () => {
    const model = newModel()
    script(model, 'web', [3_100, 'down'], [9_100, 'up'])
    script(model, 'db', [4_100, 'down'], [7_100, 'up'])
    const { milestones, changes, bad } = await watching(model, [close(model)], 15_000)
    expect(milestones).toEqual([{ milestone: 'service answering', after: 9_000, by: 9_510 }])
    expect({ changes, bad }).toEqual({
      changes: [
        'lost: service answering, web',
        'lost: service answering, db',
        'back: service answering, db',
        'back: service answering, web',
      ],
      bad: [],
    })
  })

  test('is bad, without a milestone, while one of them is', async () => {
    const model = newModel()
    script(model, 'web', [2_100, 'down'], [5_100, 'up'])
    script(model, 'db', [3_100, 'down'])
    expect(await watching(model, [close(model)], 12_000)).toMatchObject({
      milestones: [],
      bad: ['service answering'],
    })
  })

  test('is not lost by a failure or two between answers', async () => {
    const model = newModel()
    script(model, 'web', [2_100, 'down'], [3_100, 'up'])
    expect(await watching(model, [close(model)], 8_000)).toEqual({
      milestones: [],
      bad: [],
      unseen: [],
      changes: [],
    })
  })
})

describe('a signal of something that is followed and something that is asked', () => {
  test('is judged only by questions sent after it became unobserved', async () => {
    const model = newModel({ latency: 1_500 })
    const seconds = (): number => (model.clock.now() - start) / 1000
    const asked: number[] = []
    // Takes 3 s to be answered: the time at which it was asked.
    const container: Question<number> = {
      key: 'docker',
      description: 'ask docker',
      origin: 'model',
      needs: [],
      async ask() {
        asked.push(seconds())
        const at = seconds()
        await model.clock.sleep(3_000)
        return at
      },
    }
    // Answers each second, but for the one after 30.1 s.
    const nodes: Question<boolean> = {
      ...model.question('api'),
      async follow({ onValue, onLost, signal }) {
        for (let gap = false; !signal.aborted; gap = seconds() === 31.1) {
          onValue({ value: true, since: model.clock.now(), watchGap: gap })
          if (seconds() === 30) {
            await model.clock.sleep(100)
            onLost('the connection broke')
          }
          await model.clock.sleep(1_000)
        }
      },
    }
    const signal: TogetherSignal = {
      milestone: 'nodes ready',
      every: '2 s',
      observe: () => [container, nodes],
      good: answers => answers(nodes),
      changeFingerprint: answers => (answers(container) < 30 ? 'before' : 'after'),
    }
    const { milestones, changes } = await watching(model, [signal], 45_000)
    expect(asked.filter(at => at > 20 && at < 36)).toEqual([25, 30.1, 33.1])
    expect({ milestones, changes }).toEqual({
      milestones: [{ milestone: 'nodes ready', after: 25_000, by: 33_100, unobserved: 8_100 }],
      changes: [
        'not observed: nodes ready',
        'observed again after 8.1 s: nodes ready',
        'back: nodes ready',
      ],
    })
  })
})

describe('asking', () => {
  test('is shared by signals of one rhythm', async () => {
    const model = newModel()
    await watching(
      model,
      [
        signalOf(model, 'api back', 'api'),
        signalOf(model, 'nodes ready', 'api'),
        signalOf(model, 'pods ready', 'pods'),
      ],
      2_900,
    )
    expect(model.asked).toEqual(['api', 'pods', 'api', 'pods', 'api', 'pods'])
  })

  test('is four times slower after ten good seconds, until a bad sample', async () => {
    const model = newModel()
    const asked: number[] = []
    const question = model.question('api')
    const counted = {
      ...signalOf(model, 'api back', 'api'),
      observe: () => [
        {
          ...question,
          async ask(asking: QuestionContext) {
            asked.push((model.clock.now() - start) / 1000)
            return question.ask(asking)
          },
        },
      ],
    }
    script(model, 'api', [20_500, 'down'], [25_500, 'up'])
    await watching(model, [counted], 29_000)
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 18, 22, 23, 24, 25, 26, 27, 28])
  })

  test('stays at the full pace as long as anything at all is bad', async () => {
    const model = newModel()
    model.set('web', 'down')
    await watching(
      model,
      [signalOf(model, 'api back', 'api'), signalOf(model, 'pods ready', 'web', '60 s')],
      20_500,
    )
    expect(model.asked.filter(part => part === 'api')).toHaveLength(21)
  })

  test('ends with stop, which waits for the last answer', async () => {
    const model = newModel({ latency: 200 })
    const seen = watch([signalOf(model, 'api back', 'api')], {
      runtime: model.runtime,
      policy: model.policy,
      drill: drillOn(model),
      changed: () => {},
    })
    await model.clock.sleep(2_100)
    await seen.stop()
    expect(model.clock.now() - start).toBe(2_400)
    await model.clock.sleep(10_000)
    expect(model.asked).toHaveLength(3)
  })
})

describe('for any outages', () => {
  /** Pauses and outages in turn, in ms; the first pause comes first. */
  const outages = (shortest: number) =>
    fc.array(
      fc.tuple(
        fc.integer({ min: shortest, max: 9_000 }),
        fc.integer({ min: shortest, max: 9_000 }),
        fc.constantFrom<State>('down', 'silent'),
      ),
      { maxLength: 5 },
    )
  const every = fc.constantFrom('500 ms', '1 s', '2 s')

  /** Plays them; resolves with the mark, the model's own returns, and whether it ended well. */
  async function played(
    parts: readonly (readonly [number, number, State])[],
    rhythm: '500 ms' | '1 s' | '2 s',
  ) {
    const model = newModel()
    const returns: number[] = []
    let at = 0
    for (const [pause, length, state] of parts) {
      script(model, 'api', [at + pause, state], [at + pause + length, 'up'])
      at += pause + length
      returns.push(at)
    }
    return {
      returns,
      ...(await watching(model, [signalOf(model, 'api back', 'api', rhythm)], at + 10_000)),
    }
  }

  test('a milestone contains a real return, and is no wider than its interval', async () => {
    await fc.assert(
      fc.asyncProperty(outages(1), every, async (parts, rhythm) => {
        const { milestones, returns, bad } = await played(parts, rhythm)
        expect(bad).toEqual([])
        for (const { after, by, unobserved = 0 } of milestones) {
          expect(returns.some(logEntry => after <= logEntry && logEntry <= by)).toBe(true)
          expect(by - after - unobserved).toBeLessThanOrEqual(
            { '500 ms': 500, '1 s': 1000, '2 s': 2000 }[rhythm] + 10,
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  test('several long outages: the milestone is that of the last', async () => {
    // Longer than the slowest pace: four times two seconds.
    await fc.assert(
      fc.asyncProperty(outages(8_050), every, async (parts, rhythm) => {
        const { milestones, returns } = await played(parts, rhythm)
        const last = returns.at(-1)
        expect(
          milestones.map(({ after, by }) => last !== undefined && after <= last && last <= by),
        ).toEqual(returns.length === 0 ? [] : [true])
      }),
      { numRuns: 40 },
    )
  })
})
