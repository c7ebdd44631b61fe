// A recovery: detected, recovered or given up, each as an interval between two evaluations.
import { eventText, missText, outcomeReason, uncertaintyText } from '#src/reporting/sentences.ts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drillOn } from '#tests/model/drill.ts'
import { downFinding, newModel, start, type Model, type State } from '#tests/model/model.ts'
import type { DrillDefinition, DrillEvent } from '#src/model/index.ts'
import { newRepeatedEvent } from './repeated-event.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { baselineOf, type Baseline } from '#src/engine/evaluate/baseline.ts'
import { recover, type Injected, type Recovery } from './recovery.ts'

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

/** Signals that come and go at the given times, ms since the injection. */
function signalsOf(
  { clock }: Model,
  injectedAt: number,
  { signalBack, signalLost, signalReturns }: Play,
): Injected['watching'] {
  const loss = new AbortController()
  const comeback = newRepeatedEvent()
  if (signalReturns !== undefined)
    void clock.sleep(signalReturns).then(() => comeback.raise('back'))
  if (signalLost !== undefined)
    void clock.sleep(signalLost).then(() => loss.abort(new Error('lost')))
  return {
    milestones: () => {
      if (signalBack === undefined || clock.now() < injectedAt + signalBack[1]) return []
      const [after, by] = signalBack.map(time => injectedAt + time) as [number, number]
      return [{ milestone: 'service answering', after, by }]
    },
    nextLoss: () => loss.signal,
    nextReturn: comeback.next,
  }
}

/** A signal that aborts when the injection ends, ms since the injection. */
function injectedAfter({ clock }: Model, injecting: number): AbortSignal {
  const over = new AbortController()
  if (injecting === 0) over.abort(new Error('injected'))
  else void clock.sleep(injecting).then(() => over.abort(new Error('injected')))
  return over.signal
}

/** A recovery as a test reads it: sentences, and times in ms since the injection. */
function readable(recovery: Recovery, injectedAt: number) {
  const { notHealed, unnoticed, unknown } = recovery
  return {
    ...recovery,
    notHealed:
      notHealed === undefined ? undefined : outcomeReason({ kind: 'not-healed', cause: notHealed }),
    unnoticed: unnoticed.map(miss => missText(miss, { kind: 'healed-by-itself' })),
    unknown: unknown.map(uncertaintyText),
    milestones: recovery.milestones.map(({ milestone, after, by }) => ({
      milestone,
      after: after - injectedAt,
      by: by - injectedAt,
    })),
  }
}

/**
 * Recovers on a model whose parts change at the given times. Times in the result are ms since the
 * injection.
 */
async function play(model: Model, about: Play = {}) {
  const { states = [], drill: change = {}, injecting = 0, baseline, signal } = about
  const drill = drillOn(model, change)
  const said: string[] = []
  const answersOf = () => evaluate(drill.steadyState, model.runtime, model.policy)
  const before =
    baseline === undefined
      ? baselineOf((await answersOf()).judgements)
      : { verdicts: baseline, applicable: new Set(['web-is-up']), acts: new Set<string>() }
  const injectedAt = model.clock.now()
  for (const [at, part, state] of states) model.later(at, part, state)
  const context = {
    runtime: model.runtime,
    policy: model.policy,
    invariants: drill.steadyState,
    evaluate: answersOf,
    baseline: before,
    add: (event: DrillEvent) => void said.push(eventText(event)),
    ...(signal !== undefined && { signal }),
  }
  const injected = injectedAfter(model, injecting)
  const watching = signalsOf(model, injectedAt, about)
  const recovery = await recover(drill, context, { injectedAt, injected, watching })
  return { ...readable(recovery, injectedAt), said, ended: model.clock.now() - injectedAt }
}

const outage = (from: number, to: number): NonNullable<Play['states']> => [
  [from, 'web', 'down'],
  [to, 'web', 'up'],
]

describe('a signal that was lost', () => {
  test('calls for an evaluation at once, so that a short outage is noticed', async () => {
    const short = outage(2_000, 2_600)
    expect((await play(newModel(), { states: short })).unnoticed).toEqual([
      'web-is-up never noticed',
    ])
    expect(await play(newModel(), { states: short, signalLost: 2_100 })).toMatchObject({
      unnoticed: [],
      said: ['web-is-up notices'],
    })
  })

  test('is evaluated at once when it is back: it may be the last that was missing', async () => {
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

  test('that is back during an evaluation calls for another', async () => {
    const slow = (signalReturns?: number) =>
      play(newModel({ latency: 1_000 }), {
        states: outage(500, 13_000),
        ...(signalReturns === undefined ? {} : { signalReturns }),
      })
    const [alone, called] = [await slow(), await slow(13_100)]
    expect([alone.milestones.at(-1)?.by, called.milestones.at(-1)?.by]).toEqual([18_825, 15_450])
  })

  test('that is back after good evaluations: the recovery begins with its return', async () => {
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
  test('has a milestone between the evaluation before and the one that noticed', async () => {
    const { milestones, said, unnoticed } = await play(newModel(), {
      states: outage(1_000, 20_000),
    })
    expect(milestones[0]).toEqual({ milestone: 'detected', after: 700, by: 1_720 })
    expect([said, unnoticed]).toEqual([['web-is-up notices'], []])
  })

  test('of an old violation does not count: it must be new', async () => {
    const { unnoticed, said } = await play(newModel(), {
      states: outage(0, 5_000),
      baseline: new Map([
        ['web-is-up · web', { kind: 'violated', findings: [downFinding('web')] }],
      ]),
    })
    expect([unnoticed, said]).toEqual([['web-is-up never noticed'], []])
  })

  test('that comes too late is a miss', async () => {
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

  test('by several invariants: the first makes the milestone', async () => {
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
  test('is the first evaluation of an unbroken window that ends with an evaluation', async () => {
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

  test('begins when the injection ends, which calls for an evaluation at once', async () => {
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

  test('is not reached while something is unobserved', async () => {
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
  test('after twice the budget by default, with what still fails', async () => {
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

  test('after the time that the drill sets', async () => {
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

  test('with an invariant that held and is violated again', async () => {
    const { notHealed, ended } = await play(newModel(), {
      states: [...outage(0, 50_000), [70_000, 'web', 'down']],
      drill: { giveUp: '60 s' },
    })
    expect(notHealed).toBe('web-is-up · web: web is down')
    expect(ended).toBeLessThan(85_000)
  })

  test('is not needed in an aborted drill, which gets no verdict', async () => {
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

  test('happens if the drill lets holdfast heal, and its evaluations count', async () => {
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

test('for any outages the milestone of the recovery contains a real return', async () => {
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
