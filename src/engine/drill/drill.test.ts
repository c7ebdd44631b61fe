// A drill from its steady state to its last undo, on a model of a few parts.
import { eventText } from '#src/reporting/sentences.ts'
import { spoken, type Spoken } from '#tests/model/spoken.ts'
import { describe, expect, test } from 'vitest'
import { drillOn, signalOf } from '#tests/model/drill.ts'
import { breaking, newModel, start, type Model } from '#tests/model/model.ts'
import { fault, milestones as order, type DrillDefinition, type Fault } from '#src/model/index.ts'
import { runDrill } from './drill.ts'
import type { DrillContext } from './preflight.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'

/** Runs a drill over a model in which a broken part comes back by itself after a while. */
async function run(
  model: Model,
  change: Partial<DrillDefinition> = {},
  context: Partial<DrillContext> = {},
): Promise<Spoken> {
  const kind = breaking(model)
  const result = await runDrill(drillOn(model, change), {
    runtime: model.runtime,
    policy: model.policy,
    faults: new Map<string, Fault>([[kind.name, kind]]),
    signals: [],
    journal: memoryJournal(),
    ...context,
  })
  return spoken(result)
}

/** A part that comes back by itself some time after it was broken. */
function selfHealing(model: Model, part: string, ms: number): Map<string, Fault> {
  const kind = breaking(model)
  const healing: Fault = {
    kind: 'fault',
    name: kind.name,
    blast: kind.blast,
    undo: kind.undo,
    manualUndo: kind.manualUndo,
    inject: async (record, context) => {
      await kind.inject(record, context)
      model.later(ms, part, 'up')
    },
  }
  return new Map([[kind.name, healing]])
}

const description = (result: Spoken): readonly string[] =>
  result.timeline.map(({ phase, message: what }) => `${phase}: ${what}`)
const since = (result: Spoken, milestone: string): { after: number; by: number } | undefined => {
  const injected = result.milestones.find(each => each.milestone === 'injected')?.by ?? 0
  const found = result.milestones.find(each => each.milestone === milestone)
  return found === undefined
    ? undefined
    : { after: found.after - injected, by: found.by - injected }
}

describe('a drill that goes well', () => {
  test('reports each step with its time: injection, detection, recovery and undo', async () => {
    const model = newModel()
    const result = await run(
      model,
      {},
      {
        faults: selfHealing(model, 'web', 12_000),
        signals: [signalOf(model, 'service answering', 'web', '500 ms')],
      },
    )
    const { milestones, timeline, ...rest } = result
    expect(rest).toEqual({
      drill: 'web-breaks',
      clauses: ['recovery.automatic'],
      title: 'web comes back',
      incident: { story: 'web was down', source: 'history' },
      startedAt: start,
      endedAt: model.clock.now(),
      faults: ['break web'],
      outcome: { kind: 'healed-by-itself' },
      misses: [],
      unknown: [],
      budgets: { recovered: '60 s' },
      leftBehind: [],
    })
    expect(milestones.map(({ milestone }) => milestone)).toEqual([
      'injected',
      'detected',
      'service answering',
      'recovered',
      'undone',
    ])
    expect(description(result)).toEqual([
      'prepare: the steady state holds',
      'prepare: break web',
      'inject: break web',
      'watch: lost: service answering',
      'heal: web-is-up notices',
      'watch: back: service answering',
      'undo: undone: break web',
    ])
    expect(timeline.map(({ at }) => at)).toEqual(
      timeline.map(({ at }) => at).toSorted((a, b) => a - b),
    )
  })

  test('milestones contain the real times, and a signal is back with its last part', async () => {
    const model = newModel()
    const result = await run(
      model,
      {},
      {
        faults: selfHealing(model, 'web', 12_000),
        signals: [
          signalOf(model, 'service answering', 'web', '500 ms'),
          signalOf(model, 'pods ready', 'web', '2 s'),
        ],
      },
    )
    for (const milestone of ['service answering', 'pods ready', 'recovered']) {
      const seen = since(result, milestone)
      expect([milestone, seen !== undefined && seen.after <= 12_000 && 12_000 <= seen.by]).toEqual([
        milestone,
        true,
      ])
    }
    expect(since(result, 'recovered')?.after).toBeGreaterThanOrEqual(
      since(result, 'service answering')?.after ?? Infinity,
    )
    expect(result.milestones.every(({ milestone }) => order.includes(milestone))).toBe(true)
  })

  test('is healed by fixes if holdfast is the healer; expected fixes are no miss', async () => {
    const model = newModel()
    const web = model.invariant('web', { healedBy: [model.fix('web')] })
    expect(
      await run(model, {
        healer: 'holdfast',
        expects: ['start-web'],
        steadyState: [web],
        breaks: [{ invariant: web, within: '10 s' }],
      }),
    ).toMatchObject({ outcome: { kind: 'healed-by-fixes', fixes: ['start-web'] }, misses: [] })
  })

  test('reports each event as it happens', async () => {
    const model = newModel()
    const heard: string[] = []
    const result = await run(
      model,
      {},
      {
        faults: selfHealing(model, 'web', 5_000),
        heard: logEntry => heard.push(`${logEntry.phase}: ${eventText(logEntry.event)}`),
      },
    )
    expect(heard).toEqual(description(result))
  })

  test('is the same each time', async () => {
    const history = async (): Promise<string> => {
      const model = newModel()
      return JSON.stringify(
        await run(
          model,
          {},
          {
            faults: selfHealing(model, 'web', 9_000),
            signals: [signalOf(model, 'pods ready', 'web')],
          },
        ),
      )
    }
    expect(await history()).toBe(await history())
  })
})

describe('budgets', () => {
  const broken = async (change: Partial<DrillDefinition>): Promise<readonly string[]> => {
    const model = newModel()
    return (
      await run(model, change, {
        faults: selfHealing(model, 'web', 20_000),
        signals: [signalOf(model, 'service answering', 'web', '500 ms')],
      })
    ).misses
  }

  test('that are kept are no miss: the earlier of two evaluations counts', async () => {
    expect(
      await broken({
        budgets: { recovered: '20 s', 'service answering': '20 s', detected: '1 s' },
      }),
    ).toEqual([])
  })

  test('that are broken are misses, each with the time and the budget', async () => {
    expect(await broken({ budgets: { recovered: '15 s', 'service answering': '10 s' } })).toEqual([
      'over budget: recovered after 19.5 s, budget 15 s',
      'over budget: service answering after 19.5 s, budget 10 s',
    ])
  })

  test('of a signal that never came back are broken', async () => {
    const model = newModel()
    const faults = selfHealing(model, 'web', 5_000)
    model.later(2_000, 'edge', 'down')
    const result = await run(
      model,
      { budgets: { recovered: '60 s', 'service answering': '30 s' } },
      {
        faults,
        signals: [
          signalOf(model, 'service answering', 'edge'),
          signalOf(model, 'api back', 'edge'),
        ],
      },
    )
    expect([result.outcome.kind, result.misses]).toEqual([
      'healed-by-itself',
      ['over budget: service answering never came, budget 30 s'],
    ])
  })

  test('of a signal that was never lost are kept', async () => {
    const model = newModel()
    expect(
      (
        await run(
          model,
          { budgets: { recovered: '60 s', 'api back': '1 s' } },
          {
            faults: selfHealing(model, 'web', 5_000),
            signals: [signalOf(model, 'api back', 'api')],
          },
        )
      ).misses,
    ).toEqual([])
  })
})

describe('misses', () => {
  test('without a recovery: reports what still fails, and the undo counts as none', async () => {
    const model = newModel()
    const result = await run(model)
    expect(result).toMatchObject({
      outcome: { kind: 'not-healed', why: 'web-is-up · web: web is down' },
      misses: ['not healed: web-is-up · web: web is down'],
      leftBehind: [],
    })
    expect([since(result, 'recovered'), model.state('web')]).toEqual([undefined, 'up'])
  })

  test('no invariant notices', async () => {
    const model = newModel()
    const db = model.invariant('db')
    const result = await run(
      model,
      { steadyState: [model.invariant('web'), db], breaks: [{ invariant: db, within: '5 s' }] },
      { faults: selfHealing(model, 'web', 5_000) },
    )
    expect(result).toMatchObject({
      outcome: { kind: 'healed-by-itself' },
      misses: ['db-is-up never noticed'],
    })
  })

  test('a fix has to act that the drill does not expect', async () => {
    const model = newModel()
    const web = model.invariant('web', { healedBy: [model.fix('web')] })
    expect(
      await run(model, {
        healer: 'holdfast',
        steadyState: [web],
        breaks: [{ invariant: web, within: '10 s' }],
      }),
    ).toMatchObject({
      outcome: { kind: 'healed-by-fixes', fixes: ['start-web'] },
      misses: ['start-web had to act, which the drill does not expect'],
    })
  })

  test('something is not as it was before, after all is undone', async () => {
    const model = newModel()
    const steadyState = [model.invariant('web'), model.invariant('db')]
    const kind = breaking(model)
    const careless: Fault = {
      kind: 'fault',
      name: kind.name,
      blast: 'pod',
      inject: kind.inject,
      manualUndo: kind.manualUndo,
      undo: async (record, context) => {
        await kind.undo(record, context)
        model.set('db', 'down')
      },
    }
    const result = await run(model, { steadyState }, { faults: new Map([[kind.name, careless]]) })
    expect(result.misses).toEqual([
      'not healed: web-is-up · web: web is down',
      'not restored: db-is-up · db',
    ])
  })

  test('a verdict that is unknown at the end is reported', async () => {
    const model = newModel()
    model.later(5_000, 'web', 'silent')
    expect(await run(model)).toMatchObject({
      outcome: { kind: 'not-healed', why: 'web-is-up · web: unknown' },
      unknown: ['web-is-up · web: could not ask web: no answer (asked model, 10 ms)'],
    })
  })
})

describe('nothing is injected', () => {
  test.for([
    ['down', 'violated'],
    ['silent', 'unknown'],
  ] as const)('where the steady state does not hold (%s): refused', async ([state, verdict]) => {
    const model = newModel()
    model.set('db', state)
    const result = await run(model, {
      steadyState: [model.invariant('web'), model.invariant('db')],
    })
    const why = `the steady state does not hold: db-is-up · db (${verdict})`
    expect(result).toMatchObject({
      outcome: { kind: 'refused', why },
      misses: [`refused: ${why}`],
      milestones: [],
      timeline: [],
    })
    expect(model.deeds).toEqual([])
  })

  test('where much does not hold, the first three are named', async () => {
    const model = newModel()
    const parts = ['a', 'b', 'c', 'd', 'e']
    for (const part of parts) model.set(part, 'down')
    expect(
      (await run(model, { steadyState: parts.map(part => model.invariant(part)) })).outcome,
    ).toEqual({
      kind: 'refused',
      why:
        'the steady state does not hold: a-is-up · a (violated), ' +
        'b-is-up · b (violated), c-is-up · c (violated) and 2 more',
    })
  })

  test('on a target without a capability: not applicable, and asks nothing', async () => {
    const model = newModel({ lacks: { colima: 'this host has no Colima' } })
    const result = await run(model, {
      faults: () => [{ ...breaking(model)('web'), needs: ['kubernetes', 'colima'] }],
    })
    expect(result).toMatchObject({
      outcome: { kind: 'not-applicable', why: 'this host has no Colima' },
      misses: [],
      timeline: [],
    })
    expect([model.asked, model.deeds]).toEqual([[], []])
  })

  test('without a target in the policy: not applicable', async () => {
    expect((await run(newModel(), { faults: () => [] })).outcome).toEqual({
      kind: 'not-applicable',
      why: 'the policy names nothing that it could act on',
    })
  })
})

describe('a stage', () => {
  test('is built first, given time to be steady, and taken down last', async () => {
    const model = newModel()
    const kind = breaking(model)
    const stage = fault<null, null>({
      name: 'stage',
      describe: () => 'build the stage',
      blast: 'pod',
      needs: [],
      prepare: async () => null,
      manualUndo: () => '',
      undo: async () => model.did('take down the stage'),
      inject: async () => {
        model.did('build the stage')
        model.set('db', 'down')
        model.later(40_000, 'db', 'up')
      },
    })
    const result = await run(
      model,
      { steadyState: [model.invariant('web'), model.invariant('db')], setup: () => [stage(null)] },
      {
        faults: new Map<string, Fault>([...selfHealing(model, 'web', 5_000), [stage.name, stage]]),
      },
    )
    expect(result).toMatchObject({ outcome: { kind: 'healed-by-itself' }, misses: [] })
    expect(model.deeds.map(({ deed }) => deed)).toEqual([
      'build the stage',
      'break web',
      'undo web',
      'take down the stage',
    ])
    expect(model.deeds[1]?.at).toBeGreaterThanOrEqual(40_000)
    expect(kind.name).toBe('part.break')
  })

  test('that does not become steady is refused after five minutes, and taken down', async () => {
    const model = newModel()
    const result = await run(model, {
      steadyState: [model.invariant('db')],
      setup: () => [breaking(model)('db')],
    })
    expect(result.outcome).toEqual({
      kind: 'refused',
      why: 'the steady state does not hold: db-is-up · db (violated)',
    })
    expect(model.deeds).toEqual([
      { at: 0, deed: 'break db' },
      { at: expect.toSatisfy((at: number) => at >= 300_000 && at < 310_000), deed: 'undo db' },
    ])
  })
})

describe('broken off', () => {
  test('by an injection that fails: at once everything is undone, the half one too', async () => {
    const model = newModel()
    const kind = breaking(model)
    const half: Fault = {
      kind: 'fault',
      name: 'half',
      blast: 'pod',
      manualUndo: () => '',
      undo: kind.undo,
      inject: async (record, context) => {
        await kind.inject(record, context)
        await model.clock.sleep(3_000)
        throw new Error('connection lost')
      },
    }
    const result = await run(
      model,
      { faults: () => [kind('db'), { ...kind('web'), name: 'half' }] },
      {
        faults: new Map<string, Fault>([
          [kind.name, kind],
          ['half', half],
        ]),
      },
    )
    expect(result).toMatchObject({
      outcome: { kind: 'aborted', why: 'connection lost' },
      misses: ['aborted: connection lost'],
      leftBehind: [],
    })
    expect(model.deeds.map(({ deed }) => deed)).toEqual([
      'break db',
      'break web',
      'undo web',
      'undo db',
    ])
    // Not after the time that a recovery may take.
    expect(model.deeds.at(-1)?.at).toBeLessThan(4_000)
    expect(description(result)).toContain('judge: aborted: connection lost')
  })

  test.for([
    ['while it injects', 1_000],
    ['while it watches', 8_000],
  ] as const)(
    'by somebody, %s: everything is undone, and the cluster is not to blame',
    async ([, ms]) => {
      const model = newModel()
      const kind = breaking(model)
      const slow: Fault = {
        kind: 'fault',
        name: kind.name,
        blast: 'pod',
        manualUndo: kind.manualUndo,
        undo: kind.undo,
        inject: async (record, context) => {
          await kind.inject(record, context)
          await model.clock.sleep(3_000)
        },
      }
      const stop = new AbortController()
      model.clock.after(ms, () => stop.abort(new Error('interrupted')))
      const result = await run(
        model,
        {},
        { faults: new Map([[kind.name, slow]]), signal: stop.signal },
      )
      expect(result).toMatchObject({
        outcome: { kind: 'aborted', why: 'interrupted' },
        leftBehind: [],
      })
      expect([model.state('web'), model.clock.now() - start < 15_000]).toEqual(['up', true])
    },
  )

  test('a record that cannot be undone is left behind, with its command', async () => {
    const model = newModel()
    const kind = breaking(model)
    const stuck: Fault = {
      kind: 'fault',
      name: kind.name,
      blast: 'pod',
      inject: kind.inject,
      manualUndo: kind.manualUndo,
      undo: () => Promise.reject(new Error('409 Conflict')),
    }
    const journal = memoryJournal()
    const result = await run(
      model,
      { giveUp: '5 s' },
      { faults: new Map([[kind.name, stuck]]), journal },
    )
    expect(result.leftBehind).toEqual([
      { description: 'break web: 409 Conflict', manualUndo: 'start web by hand' },
    ])
    expect(result.misses).toEqual([
      'not healed: web-is-up · web: web is down',
      'not restored: web-is-up · web',
    ])
    expect(journal.pending()).toHaveLength(1)
  })
})
