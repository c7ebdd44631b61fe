// A recovery between looks: detected, recovered, or given up, each as an interval.
import { eventText, missText, outcomeReason, uncertaintyText } from '#src/reporting/sentences.ts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drillOn } from '#tests/model/drill.ts'
import { downFinding, newModel, start, type Model, type State } from '#tests/model/model.ts'
import type { DrillDefinition } from '#src/model/index.ts'
import { newRepeatedEvent } from './repeated-event.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { baselineOf, type Baseline } from '#src/engine/evaluate/baseline.ts'
import { recover } from './recovery.ts'

interface Play {
  /** States of parts from a time on, ms since the injection. */
  states?: readonly (readonly [at: number, part: string, state: State])[]
  drill?: Partial<DrillDefinition>
  /** How long the injection goes on, ms. */
  injecting?: number
  baseline?: Baseline['verdicts']
  signal?: AbortSignal
  /** When a signal was last bad and first good again, ms since the injection. */
  signalBack?: readonly [after: number, by: number]
  /** When a signal is lost, ms since the injection. */
  signalLost?: number
  /** When one is well again, ms since the injection. */
  signalReturns?: number
}

/**
 * Recovers over a model whose parts go and come as given. Times in the result are ms since the
 * injection.
 */
async function play(
  model: Model,
  {
    states = [],
    drill: change = {},
    injecting = 0,
    baseline,
    signal,
    signalBack,
    signalLost,
    signalReturns,
  }: Play = {},
) {
  const drill = drillOn(model, change)
  const said: string[] = []
  const answersOf = () => evaluate(drill.steadyState, model.runtime, model.policy)
  const before =
    baseline === undefined
      ? baselineOf((await answersOf()).judgements)
      : { verdicts: baseline, applicable: new Set(['web-is-up']), acts: new Set<string>() }
  const injectedAt = model.clock.now()
  for (const [at, part, state] of states) model.later(at, part, state)
  const over = new AbortController()
  if (injecting === 0) over.abort(new Error('injected'))
  else void model.clock.sleep(injecting).then(() => over.abort(new Error('injected')))
  const loss = new AbortController()
  const comeback = newRepeatedEvent()
  if (signalReturns !== undefined)
    void model.clock.sleep(signalReturns).then(() => comeback.raise('back'))
  if (signalLost !== undefined)
    void model.clock.sleep(signalLost).then(() => loss.abort(new Error('lost')))
  const recovery = await recover(
    drill,
    {
      runtime: model.runtime,
      policy: model.policy,
      invariants: drill.steadyState,
      evaluate: answersOf,
      baseline: before,
      add: event => said.push(eventText(event)),
      ...(signal === undefined ? {} : { signal }),
    },
    {
      injectedAt,
      injected: over.signal,
      watching: {
        milestones: () => {
          if (signalBack === undefined || model.clock.now() < injectedAt + signalBack[1]) return []
          return [
            {
              milestone: 'service answering',
              after: injectedAt + signalBack[0],
              by: injectedAt + signalBack[1],
            },
          ]
        },
        nextLoss: () => loss.signal,
        nextReturn: comeback.next,
      },
    },
  )
  const milestones = recovery.milestones.map(({ milestone, after, by }) => ({
    milestone,
    after: after - injectedAt,
    by: by - injectedAt,
  }))
  const { notHealed, unnoticed, unknown } = recovery
  return {
    ...recovery,
    notHealed:
      notHealed === undefined ? undefined : outcomeReason({ kind: 'not-healed', cause: notHealed }),
    unnoticed: unnoticed.map(miss => missText(miss, { kind: 'healed-by-itself' })),
    unknown: unknown.map(uncertaintyText),
    milestones,
    said,
    ended: model.clock.now() - injectedAt,
  }
}

const outage = (from: number, to: number): NonNullable<Play['states']> => [
  [from, 'web', 'down'],
  [to, 'web', 'up'],
]

describe('a signal that was lost', () => {
  test('calls for a look at once: what is short is noticed, too', async () => {
    const short = outage(2_000, 2_600)
    expect((await play(newModel(), { states: short })).unnoticed).toEqual([
      'web-is-up never noticed',
    ])
    expect(await play(newModel(), { states: short, signalLost: 2_100 })).toMatchObject({
      unnoticed: [],
      said: ['web-is-up notices'],
    })
  })

  test('calls for a look at once when it is back, too: what was missing may have come with it', async () => {
    const [alone, called] = [
      await play(newModel(), { states: outage(500, 20_000) }),
      await play(newModel(), { states: outage(500, 20_000), signalReturns: 20_100 }),
    ]
    expect(alone.milestones.at(-1)?.by).toBeGreaterThan(21_500)
    expect(called.milestones.at(-1)).toEqual({
      milestone: 'recovered',
      after: alone.milestones.at(-1)?.after,
      by: 20_110,
    })
  })

  test('and is back while a look goes on calls for another', async () => {
    const slow = (signalReturns?: number) =>
      play(newModel({ latency: 1_000 }), {
        states: outage(500, 13_000),
        ...(signalReturns === undefined ? {} : { signalReturns }),
      })
    const [alone, called] = [await slow(), await slow(13_100)]
    expect([alone.milestones.at(-1)?.by, called.milestones.at(-1)?.by]).toEqual([18_825, 15_450])
  })

  test('and is back after the looks have seen all well: it has recovered then, and stays well from then on', async () => {
    const { milestones, ended } = await play(newModel(), {
      states: outage(500, 2_000),
      signalBack: [8_500, 9_000],
    })
    expect(milestones.at(-1)).toEqual({ milestone: 'recovered', after: 8_500, by: 9_000 })
    expect(ended).toBeGreaterThanOrEqual(9_000 + 30_000)
  })

  test('and was back before: nothing changes', async () => {
    const [alone, beside] = [
      await play(newModel(), { states: outage(500, 20_000) }),
      await play(newModel(), { states: outage(500, 20_000), signalBack: [3_000, 4_000] }),
    ]
    expect(beside.milestones).toEqual(alone.milestones)
  })
})

describe('detection', () => {
  test('is marked between the look that did not see it and the one that did', async () => {
    const { milestones, said, unnoticed } = await play(newModel(), {
      states: outage(1_000, 20_000),
    })
    expect(milestones[0]).toEqual({ milestone: 'detected', after: 700, by: 1_720 })
    expect([said, unnoticed]).toEqual([['web-is-up notices'], []])
  })

  test('of what was broken before does not count: it must be new', async () => {
    const { unnoticed, said } = await play(newModel(), {
      states: outage(0, 5_000),
      baseline: new Map([
        ['web-is-up · web', { kind: 'violated', findings: [downFinding('web')] }],
      ]),
    })
    expect([unnoticed, said]).toEqual([['web-is-up never noticed'], []])
  })

  test('that comes too late is told as such', async () => {
    const { unnoticed } = await play(newModel(), {
      states: outage(5_000, 20_000),
      drill: { breaks: [{ invariant: newModel().invariant('web'), within: '3 s' }] },
    })
    expect(unnoticed).toEqual(['web-is-up noticed later than 3 s'])
  })

  test('is waited for as long as it may take, although all is well', async () => {
    const { unnoticed, notHealed, ended, milestones } = await play(newModel(), {
      drill: {
        stability: '5 s',
        breaks: [{ invariant: newModel().invariant('web'), within: '40 s' }],
      },
    })
    expect([unnoticed, notHealed, milestones]).toEqual([
      ['web-is-up never noticed'],
      undefined,
      [{ milestone: 'recovered', after: 0, by: 710 }],
    ])
    expect(ended).toBeGreaterThan(40_000)
    expect(ended).toBeLessThan(45_000)
  })

  test('is not looked for again and again while it is waited for', async () => {
    const model = newModel()
    await play(model, {
      drill: { stability: '5 s', breaks: [{ invariant: model.invariant('web'), within: '40 s' }] },
    })
    expect(model.asked.length).toBeLessThan(50)
  })

  test('by several invariants: the first is the mark, each that stays silent is named', async () => {
    const model = newModel()
    const [web, db, redis] = ['web', 'db', 'redis'].map(part => model.invariant(part))
    const { milestones, unnoticed, said } = await play(model, {
      states: [
        [0, 'db', 'down'],
        [3_000, 'web', 'down'],
        [9_000, 'db', 'up'],
        [9_000, 'web', 'up'],
      ],
      drill: {
        steadyState: [web!, db!, redis!],
        breaks: [web!, db!, redis!].map(invariant => ({ invariant, within: '10 s' })),
      },
    })
    expect(milestones[0]).toEqual({ milestone: 'detected', after: 0, by: 710 })
    expect([said, unnoticed]).toEqual([
      ['db-is-up notices', 'web-is-up notices'],
      ['redis-is-up never noticed'],
    ])
  })
})

describe('recovery', () => {
  test('is the first look of an unbroken window in which everything held, and the window ends with a look', async () => {
    const model = newModel()
    const { milestones, notHealed, ended } = await play(model, { states: outage(0, 10_000) })
    const recovered = milestones[1]!
    expect(recovered).toMatchObject({ milestone: 'recovered' })
    expect(recovered.after <= 10_000 && 10_000 <= recovered.by).toBe(true)
    expect([notHealed, ended - recovered.by]).toEqual([undefined, 30_010])
  })

  test('begins anew when something breaks within the window', async () => {
    const { milestones, notHealed, ended } = await play(newModel(), {
      states: [...outage(0, 10_000), ...outage(25_000, 35_000)],
    })
    const recovered = milestones[1]!
    expect(recovered.after <= 35_000 && 35_000 <= recovered.by).toBe(true)
    expect([notHealed, ended - recovered.by]).toEqual([undefined, 30_010])
  })

  test('is not there yet when something breaks at the very end of the window', async () => {
    const first = await play(newModel(), { states: outage(0, 5_000) })
    const end = first.milestones[1]!.by + 30_000
    const { milestones } = await play(newModel(), {
      states: [...outage(0, 5_000), ...outage(end - 1_000, end + 3_000)],
    })
    expect(milestones[1]!.by).toBeGreaterThan(end + 3_000)
  })

  test('begins when the injection is over: that calls for a look at once', async () => {
    const { milestones } = await play(newModel(), { injecting: 30_000 })
    expect(milestones.at(-1)).toMatchObject({ milestone: 'recovered', by: 30_010 })
  })

  test('does not begin while it is still being injected', async () => {
    const { milestones } = await play(newModel(), { injecting: 15_000, drill: { breaks: [] } })
    expect(milestones).toEqual([
      {
        milestone: 'recovered',
        after: expect.toSatisfy((ms: number) => ms < 15_000 && ms > 5_000),
        by: expect.toSatisfy((ms: number) => ms >= 15_000),
      },
    ])
  })

  test('asks for no more than there was before', async () => {
    const model = newModel()
    model.set('old', 'down')
    const steadyState = [model.invariant('web'), model.invariant('old')]
    const { notHealed, milestones, unknown } = await play(model, {
      states: outage(0, 5_000),
      drill: { steadyState },
    })
    expect([notHealed, unknown, milestones.map(({ milestone }) => milestone)]).toEqual([
      undefined,
      [],
      ['detected', 'recovered'],
    ])
  })

  test('is not there as long as something cannot be seen', async () => {
    const model = newModel()
    const { notHealed, unknown } = await play(model, {
      states: [
        [0, 'web', 'down'],
        [10_000, 'web', 'silent'],
      ],
      drill: { giveUp: '60 s' },
    })
    expect(notHealed).toBe('web-is-up · web: unknown')
    expect(unknown).toEqual(['web-is-up · web: could not ask web: no answer (asked model, 10 ms)'])
  })
})

describe('giving up', () => {
  test('after twice the budget where the drill does not say otherwise, with what is still wrong', async () => {
    const { notHealed, milestones, ended } = await play(newModel(), {
      states: [[0, 'web', 'down']],
    })
    expect([notHealed, milestones.map(({ milestone }) => milestone)]).toEqual([
      'web-is-up · web: web is down',
      ['detected'],
    ])
    expect(ended).toBeGreaterThanOrEqual(120_000)
    expect(ended).toBeLessThan(130_000)
  })

  test('when the drill says so', async () => {
    const { ended } = await play(newModel(), {
      states: [[0, 'web', 'down']],
      drill: { giveUp: '20 s' },
    })
    expect(ended).toBeGreaterThanOrEqual(20_000)
    expect(ended).toBeLessThan(30_000)
  })

  test('is not needed while a window that began in time is still open', async () => {
    const { notHealed, milestones, ended } = await play(newModel(), {
      states: outage(0, 50_000),
      drill: { giveUp: '60 s' },
    })
    expect([notHealed, ended - milestones[1]!.by]).toEqual([undefined, 30_010])
  })

  test('on what was well and did not stay so', async () => {
    const { notHealed, ended } = await play(newModel(), {
      states: [...outage(0, 50_000), [70_000, 'web', 'down']],
      drill: { giveUp: '60 s' },
    })
    expect(notHealed).toBe('web-is-up · web: web is down')
    expect(ended).toBeLessThan(85_000)
  })

  test('is not needed when somebody calls it off: that is no verdict', async () => {
    const model = newModel()
    const control = new AbortController()
    model.clock.after(5_000, () => control.abort(new Error('Ctrl-C')))
    await expect(
      play(model, { states: [[0, 'web', 'down']], signal: control.signal }),
    ).rejects.toThrow('Ctrl-C')
    expect(model.clock.now() - start).toBeLessThan(6_000)
  })
})

describe('healing on the way', () => {
  const healed = (model: Model) => model.invariant('web', { healedBy: [model.fix('web')] })

  test('is done where the drill lets holdfast heal, and its looks count as looks', async () => {
    const model = newModel()
    const web = healed(model)
    const { healings, notHealed, said, milestones } = await play(model, {
      states: [[0, 'web', 'down']],
      drill: {
        healer: 'holdfast',
        steadyState: [web],
        breaks: [{ invariant: web, within: '10 s' }],
      },
    })
    expect(healings.map(({ fix, outcome }) => [fix, outcome.kind])).toEqual([
      ['start-web', 'applied'],
    ])
    expect(said).toEqual(['web-is-up notices', 'start-web: start web', 'start-web helped'])
    expect([notHealed, milestones[1]]).toEqual([
      undefined,
      { milestone: 'recovered', after: 700, by: 720 },
    ])
  })

  test('is not done where the cluster itself is on trial', async () => {
    const model = newModel()
    const web = healed(model)
    const { healings, notHealed } = await play(model, {
      states: [[0, 'web', 'down']],
      drill: { steadyState: [web] },
    })
    expect([healings, model.deeds, notHealed]).toEqual([[], [], 'web-is-up · web: web is down'])
  })

  test('does not begin before the injection is over: the harm must be whole', async () => {
    const model = newModel()
    const web = healed(model)
    await play(model, {
      states: [[0, 'web', 'down']],
      injecting: 12_000,
      drill: { healer: 'holdfast', steadyState: [web] },
    })
    expect(model.deeds).toEqual([
      { at: expect.toSatisfy((at: number) => at > 12_000), deed: 'start-web' },
    ])
  })
})

test('for any outages the mark of the recovery holds a moment at which the world itself came back', async () => {
  const length = fc.integer({ min: 1, max: 20_000 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(length, length), { minLength: 1, maxLength: 4 }),
      async parts => {
        let at = 0
        const returns: number[] = [0]
        const states = parts.flatMap(([pause, gone]) => {
          const from = at + pause
          at = from + gone
          returns.push(at)
          return outage(from, at)
        })
        const { milestones, notHealed } = await play(newModel(), {
          states,
          drill: { giveUp: '10 min' },
        })
        expect(notHealed).toBeUndefined()
        const recovered = milestones.find(({ milestone }) => milestone === 'recovered')!
        expect(
          returns.some(logEntry => recovered.after <= logEntry && logEntry <= recovered.by),
        ).toBe(true)
      },
    ),
    { numRuns: 40 },
  )
})
