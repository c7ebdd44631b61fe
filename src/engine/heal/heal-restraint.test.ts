// Restraint: a fix acts on evidence that lasts, not again too soon, and nothing heavy again after
// it was in vain.
import { describe, expect, test } from 'vitest'
import { contextOf, healingTexts } from '#tests/model/healing.ts'
import { newModel, start, type Model } from '#tests/model/model.ts'
import { healOnce } from './attempt.ts'
import { heal } from './heal.ts'
import { freshMemory } from './memory.ts'

describe('evidence', () => {
  const confirm = { looks: 3, every: '10 s' } as const

  test('must last: the fix is confirmed as often as it asks, and acts once', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context, said } = contextOf(model, [
      model.invariant('web', { healedBy: [model.fix('web', { confirm })] }),
    ])
    expect(healingTexts((await heal(context, { apply: true })).healings)).toEqual([
      'start-web: helped',
    ])
    expect(model.deeds).toEqual([{ at: 20_030, deed: 'start-web' }])
    expect(said).toEqual([
      'start-web is called for; checking 3 times, 10 s apart, before it acts',
      'start-web: start web',
      'start-web helped',
    ])
  })

  test.for([5_000, 15_000])(
    'that has gone when it is looked at again (after %d ms) holds the fix back',
    async ms => {
      const model = newModel()
      model.set('web', 'down')
      model.later(ms, 'web', 'up')
      const { context, said } = contextOf(model, [
        model.invariant('web', { healedBy: [model.fix('web', { confirm })] }),
      ])
      expect(healingTexts((await heal(context, { apply: true })).healings)).toEqual([
        'start-web: held: no longer needed when checked again',
      ])
      expect(model.deeds).toEqual([])
      expect(said.at(-1)).toBe('start-web is no longer called for')
    },
  )

  test('that became silence is no evidence', async () => {
    const model = newModel()
    model.set('web', 'down')
    model.later(5_000, 'web', 'silent')
    const { context } = contextOf(model, [
      model.invariant('web', { healedBy: [model.fix('web', { confirm })] }),
    ])
    const healing = await healOnce(await context.evaluate(), context, freshMemory())
    expect(healingTexts(healing === undefined ? [] : [healing])).toEqual([
      'start-web: held: no longer needed when checked again',
    ])
    expect(model.deeds).toEqual([])
  })

  test('is acted on as the last evaluation found it', async () => {
    const model = newModel()
    model.set('a', 'down')
    const either = model.fix('a', {
      confirm: { looks: 2, every: '10 s' },
      observe: () => [model.question('a'), model.question('b')],
      plan: answers =>
        ['a', 'b']
          .filter(part => !answers(model.question(part)))
          .map(part => ({
            command: `start ${part}`,
            apply: async () => model.set(part, 'up'),
          })),
    })
    model.later(5_000, 'a', 'up')
    model.later(5_000, 'b', 'down')
    const { context } = contextOf(model, [
      model.invariant('a', { healedBy: [either] }),
      model.invariant('b', { healedBy: [either] }),
    ])
    const healing = await healOnce(await context.evaluate(), context, freshMemory())
    expect(healing).toMatchObject({
      because: ['b-is-up · b'],
      acts: ['start b'],
      outcome: { kind: 'applied', helped: true },
    })
  })

  test('is not waited for any longer once the run is called off', async () => {
    const model = newModel()
    model.set('web', 'down')
    const control = new AbortController()
    model.clock.after(5_000, () => control.abort(new Error('Ctrl-C')))
    const { context } = contextOf(
      model,
      [model.invariant('web', { healedBy: [model.fix('web', { confirm })] })],
      { signal: control.signal },
    )
    const { healings } = await heal(context, { apply: true })
    expect([healingTexts(healings), model.deeds, model.clock.now()]).toEqual([
      ['start-web: held: Ctrl-C'],
      [],
      start + 5_000,
    ])
  })
})

describe('a stop', () => {
  test('lets the fix that acts end, waits for no help of it, and begins no other', async () => {
    const model = newModel()
    for (const name of ['web', 'db']) model.set(name, 'down')
    const control = new AbortController()
    model.clock.after(10_000, () => control.abort(new Error('stopped by SIGINT')))
    const slow = model.fix('web', { settles: '300 s', act: () => model.clock.sleep(30_000) })
    const { context, said } = contextOf(
      model,
      [
        model.invariant('web', { healedBy: [slow] }),
        model.invariant('db', { healedBy: [model.fix('db', { harm: 'restarts a node' })] }),
      ],
      { signal: control.signal },
    )
    const { healings } = await heal(context, { apply: true })
    expect(healings.map(({ fix, outcome }) => [fix, outcome])).toEqual([
      ['start-web', { kind: 'applied', helped: false, tookMs: 30_010 }],
      ['start-db', { kind: 'held', cause: { kind: 'stopped', reason: 'stopped by SIGINT' } }],
    ])
    expect([said.at(-1), model.clock.now() - start < 31_000]).toEqual([
      'start-web acted; the run stopped before it was clear whether that helped',
      true,
    ])
  })
})

describe('a cooldown', () => {
  test('begins with the attempt, not at its end: a slow fix cannot repeat at once', async () => {
    const model = newModel()
    model.set('web', 'down')
    const slow = model.fix('web', {
      harm: 'restarts a pod',
      cooldown: '60 s',
      settles: '10 s',
      act: () => model.clock.sleep(30_000),
    })
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [slow] })])
    const memory = freshMemory()
    const began = model.clock.now() + 10
    expect((await healOnce(await context.evaluate(), context, memory))?.outcome).toMatchObject({
      kind: 'applied',
      helped: false,
    })
    expect(memory.attempts.get('start-web')).toEqual({ times: 1, lastAt: began })
    await model.clock.sleep(began + 59_000 - model.clock.now())
    expect(await healOnce(await context.evaluate(), context, memory)).toBeUndefined()
    await model.clock.sleep(1000)
    expect((await healOnce(await context.evaluate(), context, memory))?.fix).toBe('start-web')
  })

  test('counts for an attempt that failed, and for one that was no longer called for', async () => {
    const model = newModel()
    model.set('web', 'down')
    model.set('db', 'down')
    const failing = model.fix('web', {
      cooldown: '60 s',
      act: () => Promise.reject(new Error('no')),
    })
    const hesitant = model.fix('db', { cooldown: '60 s', confirm: { looks: 2, every: '5 s' } })
    const { context } = contextOf(model, [
      model.invariant('web', { healedBy: [failing] }),
      model.invariant('db', { healedBy: [hesitant] }),
    ])
    const memory = freshMemory()
    model.later(2_000, 'db', 'up')
    model.later(6_000, 'db', 'down')
    const first = [
      await healOnce(await context.evaluate(), context, memory),
      await healOnce(await context.evaluate(), context, memory),
    ]
    expect(first.map(healing => healing?.outcome.kind)).toEqual(['failed', 'held'])
    await model.clock.sleep(10_000)
    expect(await healOnce(await context.evaluate(), context, memory)).toBeUndefined()
  })

  test('is reported when a run ends with it', async () => {
    const model = newModel()
    model.set('web', 'down')
    const once = model.fix('web', { cooldown: '300 s', act: () => {} })
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [once] })])
    expect(healingTexts((await heal(context, { apply: true })).healings)).toEqual([
      'start-web: did not help',
    ])
  })
})

describe('a recovery that has failed', () => {
  const heavy = (
    model: Model,
    harm: 'restarts a node' | 'restarts the VM' | 'restarts a node service',
    act = () => {},
  ) => model.fix('web', { name: harm, harm, act, cooldown: '60 s' })

  test('holds every heavy fix for half an hour: no node is restarted over and over', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context } = contextOf(model, [
      model.invariant('web', {
        healedBy: [heavy(model, 'restarts a node'), heavy(model, 'restarts the VM')],
      }),
    ])
    const { healings } = await heal(context, { apply: true })
    expect(healingTexts(healings)).toEqual([
      'restarts a node: did not help',
      'restarts the VM: held: backing off after a failed recovery',
    ])
    expect(model.deeds).toHaveLength(1)
  })

  test('does not hold light fixes, and ends', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context } = contextOf(model, [
      model.invariant('web', {
        healedBy: [
          heavy(model, 'restarts a node'),
          heavy(model, 'restarts the VM', () => model.set('web', 'up')),
        ],
      }),
    ])
    const memory = freshMemory()
    await healOnce(await context.evaluate(), context, memory)
    expect(memory.backoffUntil - model.clock.now()).toBe(1_800_000)
    model.set('db', 'down')
    const light = contextOf(model, [
      model.invariant('db', { healedBy: [model.fix('db', { harm: 'restarts a workload' })] }),
    ]).context
    expect((await healOnce(await light.evaluate(), light, memory))?.outcome).toMatchObject({
      helped: true,
    })
    await model.clock.sleep(1_790_000)
    expect(
      await healOnce(await context.evaluate(), context, {
        ...memory,
        attempts: new Map([['restarts a node', { times: 3, lastAt: 0 }]]),
      }),
    ).toBeUndefined()
    await model.clock.sleep(10_000)
    expect(
      (
        await healOnce(await context.evaluate(), context, {
          ...memory,
          attempts: new Map([['restarts a node', { times: 3, lastAt: 0 }]]),
        })
      )?.outcome,
    ).toMatchObject({ helped: true })
  })

  test('of something lighter than a node holds nothing', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context } = contextOf(model, [
      model.invariant('web', { healedBy: [heavy(model, 'restarts a node service')] }),
    ])
    const memory = freshMemory()
    await healOnce(await context.evaluate(), context, memory)
    expect(memory.backoffUntil).toBe(0)
  })
})

describe('acts that did not help', () => {
  /** A fix that writes a state which does not help. */
  const useless = (model: Model, commands: () => string) =>
    model.fix('web', {
      plan: () => [{ command: commands(), apply: async () => {} }],
    })

  test('are not repeated: the same state would be set again', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context } = contextOf(model, [
      model.invariant('web', { healedBy: [useless(model, () => 'write the file')] }),
    ])
    expect(healingTexts((await heal(context, { apply: true })).healings)).toEqual([
      'start-web: did not help',
    ])
  })

  test('leave room for other acts of the same fix', async () => {
    const model = newModel()
    model.set('web', 'down')
    let round = 0
    const { context } = contextOf(model, [
      model.invariant('web', { healedBy: [useless(model, () => `write file ${(round += 1)}`)] }),
    ])
    const { healings } = await heal(context, { apply: true })
    expect(healings.length).toBeGreaterThan(1)
  })
})
