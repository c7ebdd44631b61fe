// Injecting and undoing: what is written down before, and what is left behind after.
import { eventText } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import { breaking, newModel, start, type Model } from '#tests/model/model.ts'
import {
  fault,
  type BoundFault,
  type Fault,
  type FaultKind,
  type Journal,
  type Json,
} from '#src/model/index.ts'
import { memoryJournal, withCopy } from '#src/engine/journal/journal.ts'
import { inject, type Stage } from './inject.ts'
import { newTimeline } from './timeline.ts'
import { undoAll } from './undo.ts'

/** A stage over a model, on which these faults are known. */
function stageOn(
  model: Model,
  kinds: readonly Fault[],
  change: Partial<Stage> = {},
): Stage & { said: string[] } {
  const said: string[] = []
  return {
    context: { runtime: model.runtime, policy: model.policy, signal: new AbortController().signal },
    faults: new Map(kinds.map(kind => [kind.name, kind])),
    journal: memoryJournal(),
    add: (phase, event) => said.push(`${phase}: ${eventText(event)}`),
    said,
    ...change,
  }
}

/** A fault that does nothing, with members replaced. */
const odd = (
  name: string,
  change: Partial<Parameters<typeof fault<string, string>>[0]> = {},
): FaultKind<string> =>
  fault<string, string>({
    name,
    describe: what => `${name} ${what}`,
    blast: 'pod',
    needs: [],
    prepare: async what => what,
    inject: async () => {},
    undo: async () => {},
    manualUndo: what => `mend ${what}`,
    ...change,
  })

describe('injecting', () => {
  test('first reads the way back, then notes it, then acts', async () => {
    const model = newModel()
    const kind = breaking(model)
    const stage = stageOn(model, [kind])
    await inject(kind('web'), 0, stage)
    expect(stage.said).toEqual(['prepare: break web', 'inject: break web'])
    expect(stage.journal.pending()).toEqual([
      {
        order: 0,
        fault: 'part.break',
        description: 'break web',
        record: { part: 'web', was: 'up' },
        at: start,
        undoWithin: 600_000,
      },
    ])
    expect(model.state('web')).toBe('down')
  })

  test('does not act before the journal has the record', async () => {
    const model = newModel()
    const kind = breaking(model)
    const journal: Journal = {
      ...memoryJournal(),
      open: () => {
        throw new Error('ENOSPC: no space left on device')
      },
    }
    await expect(inject(kind('web'), 0, stageOn(model, [kind], { journal }))).rejects.toThrow(
      'ENOSPC',
    )
    expect(model.deeds).toEqual([])
  })

  test('that fails leaves its record in the journal, so half of it can be undone', async () => {
    const model = newModel()
    const kind = odd('half', { inject: () => Promise.reject(new Error('connection lost')) })
    const stage = stageOn(model, [kind])
    await expect(inject(kind('web'), 3, stage)).rejects.toThrow('connection lost')
    expect(stage.journal.pending()).toEqual([
      {
        order: 3,
        fault: 'half',
        description: 'half web',
        record: 'web',
        at: start,
        undoWithin: 600_000,
      },
    ])
  })

  test('whose preparation failed leaves nothing to undo', async () => {
    const model = newModel()
    const kind = odd('unprepared', { prepare: () => Promise.reject(new Error('there is no web')) })
    const stage = stageOn(model, [kind])
    await expect(inject(kind('web'), 0, stage)).rejects.toThrow('there is no web')
    expect([stage.journal.pending(), stage.said]).toEqual([[], ['prepare: unprepared web']])
  })

  test('is refused for a fault without an undo, before its preparation', async () => {
    const model = newModel()
    let prepared = false
    const stranger: BoundFault = {
      name: 'stranger',
      description: 'something',
      blast: 'pod',
      needs: [],
      prepare: async () => {
        prepared = true
        return null
      },
    }
    await expect(inject(stranger, 0, stageOn(model, []))).rejects.toThrow(
      'The fault “stranger” is not registered, so no run could undo it: ' +
        'add it to the faults of its platform',
    )
    expect(prepared).toBe(false)
  })
})

describe('a person stops the drill', () => {
  const stopped = (): {
    model: Model
    stop: AbortController
    stage: (kinds: readonly Fault[], change?: Partial<Stage>) => Stage & { said: string[] }
  } => {
    const model = newModel()
    const stop = new AbortController()
    return {
      model,
      stop,
      stage: (kinds, change) =>
        stageOn(model, kinds, {
          context: { runtime: model.runtime, policy: model.policy, signal: stop.signal },
          ...change,
        }),
    }
  }

  test('while the state is read: journals nothing and injects nothing', async () => {
    const { model, stop, stage } = stopped()
    const injected: string[] = []
    const kind = odd('slow', {
      prepare: async what => {
        await model.clock.sleep(60_000)
        return what
      },
      inject: async what => void injected.push(what),
    })
    const on = stage([kind])
    const injecting = inject(kind('a'), 0, on)
    stop.abort(new Error('Ctrl-C'))
    await expect(injecting).rejects.toThrow('Ctrl-C')
    const at = model.clock.now() - start
    await model.clock.sleep(120_000)
    expect([at, injected, on.journal.pending()]).toEqual([0, [], []])
  })

  test('while the record is copied: the journal holds it, and nothing is injected', async () => {
    const { model, stop, stage } = stopped()
    const kind = breaking(model)
    const local = memoryJournal()
    const on = stage([kind], {
      journal: withCopy(local, { keep: () => new Promise(() => {}) }, () => {}),
    })
    const injecting = inject(kind('web'), 0, on)
    await model.clock.sleep(1)
    stop.abort(new Error('Ctrl-C'))
    await expect(injecting).rejects.toThrow('Ctrl-C')
    expect([model.deeds, local.pending().map(({ fault }) => fault)]).toEqual([[], ['part.break']])
  })

  test.for([
    ['ends at once and is not cut off', 100, 100, false],
    ['would take long: it is cut off after half a second', 60_000, 500, true],
  ] as const)('while a fault acts that %s', async ([, takes, until, cut]) => {
    const { model, stop, stage } = stopped()
    const signals: AbortSignal[] = []
    const kind = odd('slow', {
      inject: async (_, { signal }) => {
        signals.push(signal)
        await model.clock.sleep(takes, signal)
      },
    })
    const injecting = inject(kind('a'), 0, stage([kind])).catch(String)
    await model.clock.sleep(1)
    stop.abort(new Error('Ctrl-C'))
    await injecting
    expect([model.clock.now() - start, signals.map(({ aborted }) => aborted)]).toEqual([
      cut ? until + 1 : until,
      [cut],
    ])
  })

  test('while a fault ignores its signal: the drill waits at most 1.5 s for it', async () => {
    const { model, stop, stage } = stopped()
    const kind = odd('deaf', { inject: () => new Promise(() => {}) })
    const injecting = inject(kind('a'), 0, stage([kind]))
    await model.clock.sleep(1)
    stop.abort(new Error('Ctrl-C'))
    await expect(injecting).rejects.toThrow('Ctrl-C')
    expect(model.clock.now() - start).toBe(1_501)
  })
})

describe('undoing', () => {
  test('goes backwards and closes each undone record', async () => {
    const model = newModel()
    const kind = breaking(model)
    const stage = stageOn(model, [kind])
    for (const [order, part] of ['a', 'b', 'c'].entries()) await inject(kind(part), order, stage)
    expect(await undoAll(stage)).toEqual([])
    expect(model.deeds.map(({ deed }) => deed)).toEqual([
      'break a',
      'break b',
      'break c',
      'undo c',
      'undo b',
      'undo a',
    ])
    expect([stage.journal.pending(), stage.said.slice(6)]).toEqual([
      [],
      ['undo: undone: break c', 'undo: undone: break b', 'undo: undone: break a'],
    ])
  })

  test('is tried three times, with pauses: a short failure does not prevent it', async () => {
    for (const [failures, left] of [
      [1, 0],
      [2, 0],
      [3, 1],
    ] as const) {
      const model = newModel()
      let tries = 0
      const kind = odd('stubborn', {
        undo: () =>
          ++tries > failures
            ? Promise.resolve()
            : Promise.reject(new Error('500 the server is busy')),
      })
      const stage = stageOn(model, [kind])
      await inject(kind('web'), 0, stage)
      expect([
        (await undoAll(stage)).length,
        stage.journal.pending().length,
        tries,
        model.clock.now() - start,
      ]).toEqual([left, left, Math.min(failures + 1, 3), [0, 1_000, 4_000, 4_000][failures]])
    }
  })

  test('with nothing noted does nothing', async () => {
    const model = newModel()
    expect(await undoAll(stageOn(model, []))).toEqual([])
  })

  test('knows nothing but the record: another process can do it', async () => {
    const model = newModel()
    model.set('web', 'down')
    const stage = stageOn(model, [breaking(model)])
    await stage.journal.open(
      JSON.parse(
        '{"order":0,"fault":"part.break","says":"break web","record":{"part":"web","was":"up"}}',
      ) as Parameters<Journal['open']>[0],
    )
    expect(await undoAll(stage)).toEqual([])
    expect(model.state('web')).toBe('up')
  })

  test.for<[description: string, undo: () => Promise<void>, why: string]>([
    ['rejects', () => Promise.reject(new Error('409 Conflict')), '409 Conflict'],
    [
      'throws',
      () => {
        throw new TypeError('no such record')
      },
      'no such record',
    ],
    [
      'rejects with what has no words',
      () => Promise.reject(Object.create(null)),
      'it failed with something that has no words',
    ],
    ['never ends', () => new Promise(() => {}), 'not undone within 10 min 00 s'],
  ])(
    'one that %s does not stop the others, stays in the journal and names the manual undo',
    async ([, undo, why]) => {
      const model = newModel()
      const kinds = [breaking(model), odd('stuck', { undo })] as const
      const stage = stageOn(model, kinds)
      await inject(kinds[0]('a'), 0, stage)
      await inject(kinds[1]('b'), 1, stage)
      await inject(kinds[0]('c'), 2, stage)
      expect(await undoAll(stage)).toEqual([
        { description: `stuck b: ${why}`, manualUndo: 'mend b' },
      ])
      expect([model.state('a'), model.state('c')]).toEqual(['up', 'up'])
      // The first one is undone; it is noted until the second one is, too, which may have found
      // what the first one had made.
      expect(stage.journal.pending().map(({ order, undone }) => [order, undone])).toEqual([
        [0, true],
        [1, undefined],
      ])
      expect(stage.said.slice(-3)).toEqual([
        'undo: undone: break c',
        `undo: NOT undone: stuck b: ${why}`,
        'undo: undone: break a',
      ])
    },
  )

  test('has ten minutes for each undo, and aborts the signal of a late one', async () => {
    const model = newModel()
    const signals: AbortSignal[] = []
    const kind = odd('slow', {
      undo: (_, { signal }) => {
        signals.push(signal)
        return new Promise(() => {})
      },
    })
    const stage = stageOn(model, [kind])
    await inject(kind('a'), 0, stage)
    await undoAll(stage)
    expect(model.clock.now() - start).toBe(600_000)
    expect(signals.map(({ reason }) => reason)).toEqual([
      new Error('not undone within 10 min 00 s'),
    ])
  })

  test('goes on in an aborted drill: the stop of the drill does not end the undo', async () => {
    const model = newModel()
    const seen: boolean[] = []
    const kind = odd('any', { undo: async (_, { signal }) => void seen.push(signal.aborted) })
    const stop = new AbortController()
    const stage = stageOn(model, [kind], {
      context: { runtime: model.runtime, policy: model.policy, signal: stop.signal },
    })
    await inject(kind('a'), 0, stage)
    stop.abort(new Error('Ctrl-C'))
    expect([await undoAll(stage), seen]).toEqual([[], [false]])
  })

  test.for<[description: string, kinds: readonly Fault[], why: string, manualUndo: string]>([
    [
      'a fault that no longer exists',
      [],
      'break web: this version does not know the fault “part.break”',
      'restore the recorded state by hand: {"part":"web"}',
    ],
    [
      'a record that its own fault cannot read',
      [
        odd('part.break', {
          undo: () => Promise.reject(new Error('no')),
          manualUndo: () => {
            throw new TypeError('x is undefined')
          },
        }),
      ],
      'break web: no',
      'restore the recorded state by hand: {"part":"web"}',
    ],
  ])('%s: the record itself is left behind', async ([, kinds, description, manualUndo]) => {
    const model = newModel()
    const stage = stageOn(model, kinds)
    await stage.journal.open({
      order: 0,
      fault: 'part.break',
      description: 'break web',
      record: { part: 'web' },
    })
    expect(await undoAll(stage)).toEqual([{ description, manualUndo }])
  })
})

test('a journal in memory keeps open records in the order of injection', () => {
  const journal = memoryJournal()
  const entry = (order: number) => ({
    order,
    fault: 'f',
    description: `${order}`,
    record: null satisfies Json,
  })
  for (const order of [2, 0, 1]) journal.open(entry(order))
  journal.close(1)
  journal.close(7)
  expect(journal.pending()).toEqual([entry(0), entry(2)])
})

test('a timeline keeps events with their time, and reports them as they happen', () => {
  let now = 5
  const heard: string[] = []
  const { entries, add } = newTimeline(
    () => now,
    ({ event }) => heard.push(eventText(event)),
  )
  const fault = { kind: 'fault', description: 'break web' } as const
  const lost = { kind: 'signal', signal: 'web', change: { kind: 'lost' } } as const
  add('inject', fault)
  now = 9
  add('watch', lost)
  expect(entries).toEqual([
    { at: 5, phase: 'inject', event: fault },
    { at: 9, phase: 'watch', event: lost },
  ])
  expect(heard).toEqual(['break web', 'lost: web'])
})
