// Healing: what is planned, in which order it is tried, and when it is given up.
import { describe, expect, test } from 'vitest'
import { contextOf, healingTexts } from '#tests/model/healing.ts'
import { newModel, start } from '#tests/model/model.ts'
import { healOnce } from './attempt.ts'
import { candidates, plan } from './candidates.ts'
import { heal } from './heal.ts'
import { freshMemory } from './memory.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'

const kinds = (seen: {
  judgements: readonly { subject: string; verdict: { kind: string } }[]
}): readonly string[] => seen.judgements.map(({ subject, verdict }) => `${subject} ${verdict.kind}`)

describe('planning', () => {
  test('without `apply` changes nothing, and reports what it would do and why', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context, said } = contextOf(model, [
      model.invariant('web', { healedBy: [model.fix('web', { harm: 'restarts a pod' })] }),
    ])
    const { before, after, healings } = await heal(context, { apply: false })
    expect(healings).toEqual([
      {
        fix: 'start-web',
        title: 'start web',
        harm: 'restarts a pod',
        because: ['web-is-up · web'],
        acts: ['start web'],
        outcome: { kind: 'planned' },
      },
    ])
    expect([after === before, model.state('web'), model.deeds, said]).toEqual([
      true,
      'down',
      [],
      [],
    ])
  })

  test('with nothing violated, one evaluation is enough', async () => {
    const model = newModel()
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [model.fix('web')] })])
    expect((await heal(context, { apply: true })).healings).toEqual([])
    expect(model.asked).toEqual(['web'])
  })

  test('lists fixes by their harm, each with the judgements that call for it', async () => {
    const model = newModel()
    model.set('web', 'down')
    const cycle = model.fix('web', { name: 'cycle-vm', harm: 'restarts the VM' })
    const nudge = model.fix('web', { name: 'nudge', harm: 'none' })
    const restart = model.fix('web', { name: 'restart-pod', harm: 'restarts a pod' })
    const invariants = [
      model.invariant('web', { healedBy: [cycle, nudge] }),
      { ...model.invariant('web'), name: 'another', healedBy: [restart, nudge] },
    ]
    const found = candidates(await evaluate(invariants, model.runtime, model.policy), {
      invariants,
      policy: model.policy,
    })
    expect(
      found.map(({ fix, because }) => [fix.name, because.map(({ invariant }) => invariant)]),
    ).toEqual([
      ['nudge', ['web-is-up', 'another']],
      ['restart-pod', ['another']],
      ['cycle-vm', ['web-is-up']],
    ])
  })

  test('an unknown verdict calls for no fix', async () => {
    const model = newModel()
    model.set('web', 'silent')
    const invariants = [
      model.invariant('web', {
        healedBy: [
          model.fix('web', { plan: () => [{ command: 'act anyway', apply: async () => {} }] }),
        ],
      }),
    ]
    expect(
      plan(await evaluate(invariants, model.runtime, model.policy), {
        invariants,
        policy: model.policy,
      }),
    ).toEqual([])
  })

  test('a fix without its answers has nothing to do', async () => {
    const model = newModel()
    model.set('web', 'down')
    model.set('db', 'silent')
    const invariants = [model.invariant('web', { healedBy: [model.fix('db')] })]
    expect(
      plan(await evaluate(invariants, model.runtime, model.policy), {
        invariants,
        policy: model.policy,
      }),
    ).toEqual([])
  })
})

describe('healing', () => {
  test('does one thing at a time, least harm first, and stops once everything holds', async () => {
    const model = newModel()
    model.set('web', 'down')
    model.set('db', 'down')
    const fixes = [
      model.fix('web', { name: 'cycle-vm', harm: 'restarts the VM' }),
      model.fix('web', { name: 'restart-web', harm: 'restarts a pod' }),
    ]
    const { context, said } = contextOf(model, [
      model.invariant('web', { healedBy: fixes }),
      model.invariant('db', { healedBy: [model.fix('db')] }),
    ])
    const { before, after, healings } = await heal(context, { apply: true })
    expect(healingTexts(healings)).toEqual(['start-db: helped', 'restart-web: helped'])
    expect(model.deeds.map(({ deed }) => deed)).toEqual(['start-db', 'restart-web'])
    expect([kinds(before), kinds(after)]).toEqual([
      ['web violated', 'db violated'],
      ['web holds', 'db holds'],
    ])
    expect(said).toEqual([
      'start-db: start db',
      'start-db helped',
      'restart-web: start web',
      'restart-web helped',
    ])
  })

  test('goes on to the next harm when the lesser one does not help', async () => {
    const model = newModel()
    model.set('web', 'down')
    const nudge = model.fix('web', { name: 'nudge', act: () => {}, cooldown: '1 h' })
    const restart = model.fix('web', { name: 'restart-web', harm: 'restarts a pod' })
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [restart, nudge] })])
    const { healings } = await heal(context, { apply: true })
    expect(healingTexts(healings)).toEqual(['nudge: did not help', 'restart-web: helped'])
    // The nudge had the 10 s in which it settles.
    expect(model.deeds).toEqual([
      { at: 10, deed: 'nudge' },
      { at: expect.toSatisfy((at: number) => at >= 10_000 && at < 13_000), deed: 'restart-web' },
    ])
  })

  test('waits as long as a fix takes to settle', async () => {
    const model = newModel()
    model.set('web', 'down')
    const slow = model.fix('web', { settles: '60 s', act: () => model.later(40_000, 'web', 'up') })
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [slow] })])
    expect((await heal(context, { apply: true })).healings).toMatchObject([
      {
        outcome: {
          kind: 'applied',
          helped: true,
          tookMs: expect.toSatisfy((ms: number) => ms >= 40_000 && ms < 43_000),
        },
      },
    ])
  })

  test('has helped if fewer violations remain: another fix may mend the rest', async () => {
    const model = newModel()
    model.set('web', 'down')
    const both = model.fix('web', { name: 'both' })
    const twin = { ...model.invariant('db'), healedBy: [both] }
    model.set('db', 'down')
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [both] }), twin])
    expect(healingTexts((await heal(context, { apply: true })).healings)).toEqual(['both: helped'])
  })

  test('silence after an act is no help', async () => {
    const model = newModel()
    model.set('web', 'down')
    const fatal = model.fix('web', { act: () => model.set('web', 'silent'), settles: '20 s' })
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [fatal] })])
    const seen = await healOnce(await context.evaluate(), context, freshMemory())
    expect(seen?.outcome).toMatchObject({
      kind: 'applied',
      tookMs: expect.toSatisfy((ms: number) => ms >= 20_000),
    })
  })

  test('a failed act ends its fix with the reason; other fixes are still tried', async () => {
    const model = newModel()
    model.set('web', 'down')
    const halfway = model.fix('web', {
      name: 'halfway',
      cooldown: '1 h',
      plan: answers =>
        answers(model.question('web'))
          ? []
          : [
              { command: 'first', apply: async () => model.did('first') },
              {
                command: 'second',
                apply: async () => Promise.reject(new Error('permission denied')),
              },
              { command: 'third', apply: async () => model.did('third') },
            ],
    })
    const { context, said } = contextOf(model, [
      model.invariant('web', { healedBy: [halfway, model.fix('web', { harm: 'restarts a pod' })] }),
    ])
    expect(healingTexts((await heal(context, { apply: true })).healings)).toEqual([
      'halfway: failed: permission denied',
      'start-web: helped',
    ])
    expect(model.deeds.map(({ deed }) => deed)).toEqual(['first', 'start-web'])
    expect(said.slice(0, 3)).toEqual([
      'halfway: first',
      'halfway: second',
      'halfway failed: permission denied',
    ])
  })

  test('a restart that never helps is tried three times and no more', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context } = contextOf(model, [
      model.invariant('web', {
        healedBy: [model.fix('web', { harm: 'restarts a pod', act: () => {} })],
      }),
    ])
    const { healings, after } = await heal(context, { apply: true })
    expect(healingTexts(healings)).toEqual([
      'start-web: did not help',
      'start-web: did not help',
      'start-web: did not help',
    ])
    expect(kinds(after)).toEqual(['web violated'])
  })

  test('a disabled fix does not act and is reported as held', async () => {
    const model = newModel()
    model.set('web', 'down')
    const { context } = contextOf(
      model,
      [model.invariant('web', { healedBy: [model.fix('web')] })],
      { disabled: new Set(['start-web']) },
    )
    expect((await heal(context, { apply: true })).healings).toEqual([
      {
        fix: 'start-web',
        title: 'start web',
        harm: 'none',
        because: ['web-is-up · web'],
        acts: ['start web'],
        outcome: { kind: 'held', cause: { kind: 'disabled' } },
      },
    ])
    expect(model.deeds).toEqual([])
  })

  test('after a restart, waits for damage that shows late, and mends it', async () => {
    const model = newModel()
    model.set('node', 'down')
    const restart = model.fix('node', {
      harm: 'restarts a node',
      settles: '60 s',
      act: () => {
        model.set('node', 'up')
        model.set('web', 'silent')
        model.later(25_000, 'web', 'down')
      },
    })
    const { context } = contextOf(model, [
      model.invariant('node', { healedBy: [restart] }),
      model.invariant('web', { healedBy: [model.fix('web')] }),
    ])
    const { healings, after } = await heal(context, { apply: true })
    expect(healingTexts(healings)).toEqual(['start-node: helped', 'start-web: helped'])
    expect(kinds(after)).toEqual(['node holds', 'web holds'])
  })

  test('a violation without a fix is not awaited', async () => {
    const model = newModel()
    model.set('web', 'down')
    model.set('db', 'down')
    const { context } = contextOf(model, [
      model.invariant('web', { healedBy: [model.fix('web', { settles: '600 s' })] }),
      model.invariant('db'),
    ])
    expect(healingTexts((await heal(context, { apply: true })).healings)).toEqual([
      'start-web: helped',
    ])
    expect(model.clock.now() - start).toBeLessThan(1000)
  })
})
