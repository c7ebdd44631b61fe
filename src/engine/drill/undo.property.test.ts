// However records, failures, retries and duplicates of undo follow each other: the prior state, or
// exactly what remains by name.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { newModel, type Model, type State } from '#tests/model/model.ts'
import { fault, type Entry, type Fault, type Journal } from '#src/model/index.ts'
import { memoryJournal, withCopy, type SyncJournal } from '#src/engine/journal/journal.ts'
import { inject, type Stage } from './inject.ts'
import { undoAll } from './undo.ts'

type Record = { readonly part: string; readonly was: State; readonly of: number }

/** What one run of undo does with the n-th record that it tries. */
type Way = 'works' | 'rejects' | 'throws' | 'works and rejects'

/**
 * A fault that sets a part to a state of its own. Its undo restores the former state, or fails as
 * `ways` says.
 */
const kindOf = (model: Model, ways: () => Way) =>
  fault<string, Record>({
    name: 'part.set',
    describe: part => `set ${part}`,
    blast: 'pod',
    needs: [],
    prepare: async part => ({ part, was: model.state(part), of: model.deeds.length }),
    async inject({ part }) {
      model.did(`set ${part}`)
      model.set(part, model.state(part) === 'up' ? 'down' : 'silent')
    },
    async undo({ part, was }) {
      await model.clock.sleep(1)
      const way = ways()
      if (way === 'works' || way === 'works and rejects') model.set(part, was)
      if (way === 'throws') throw new TypeError('thrown')
      if (way !== 'works') throw new Error('rejected')
    },
    manualUndo: ({ part, was }) => `set ${part} to ${was}`,
  })

const parts = ['a', 'b', 'c'] as const
const way = fc.constantFrom<Way>('works', 'works', 'rejects', 'throws', 'works and rejects')
const story = fc.record({
  /** Parts that were not up before. */
  before: fc.dictionary(fc.constantFrom(...parts), fc.constantFrom<State>('down', 'silent')),
  /** What is injected, and whether the process dies before it acts. */
  injected: fc.array(fc.record({ part: fc.constantFrom(...parts), acts: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  }),
  /** Each run of undo, by itself or beside the one before it. */
  undos: fc.array(fc.record({ ways: fc.array(way, { maxLength: 8 }), beside: fc.boolean() }), {
    maxLength: 4,
  }),
})

/**
 * A journal that another process has found: it knows what was pending then, and closes in the same
 * place.
 */
function foundAgain(journal: SyncJournal): SyncJournal {
  const pending = new Map(journal.pending().map(entry => [entry.order, entry]))
  return {
    open(entry: Entry) {
      pending.set(entry.order, entry)
      journal.open(entry)
    },
    close(order) {
      pending.delete(order)
      journal.close(order)
    },
    pending: () => [...pending.values()],
  }
}

const stageOn = (model: Model, kind: Fault, journal: Journal): Stage => ({
  context: { runtime: model.runtime, policy: model.policy, signal: new AbortController().signal },
  faults: new Map([[kind.name, kind]]),
  journal,
  add: () => {},
})

const states = (model: Model): readonly State[] => parts.map(part => model.state(part))

/** Injects what the story injects; returns the states before. */
async function given(
  model: Model,
  journal: Journal,
  {
    before,
    injected,
  }: { before: { [part: string]: State }; injected: readonly { part: string; acts: boolean }[] },
): Promise<readonly State[]> {
  for (const [part, state] of Object.entries(before)) model.set(part, state)
  const was = states(model)
  const kind = kindOf(model, () => 'works')
  for (const [order, { part, acts }] of injected.entries()) {
    if (acts) await inject(kind(part), order, stageOn(model, kind, journal))
    else
      await journal.open({
        order,
        fault: kind.name,
        description: `set ${part}`,
        record: { part, was: model.state(part), of: order },
      })
  }
  return was
}

test('one undo after another: it reports exactly what the journal still holds', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ undos, ...rest }) => {
      const model = newModel()
      const journal = memoryJournal()
      const before = await given(model, journal, rest)
      for (const { ways } of [...undos, { ways: [] }]) {
        const queue = [...ways]
        const left = await undoAll(
          stageOn(
            model,
            kindOf(model, () => queue.shift() ?? 'works'),
            foundAgain(journal),
          ),
        )
        expect(left.map(({ manualUndo }) => manualUndo)).toEqual(
          journal
            .pending()
            .filter(({ undone }) => undone !== true)
            .toReversed()
            .map(({ record }) => kindOf(model, () => 'works').manualUndo(record)),
        )
      }
      expect([journal.pending(), states(model)]).toEqual([[], before])
      // Once more, for nothing.
      expect(
        await undoAll(
          stageOn(
            model,
            kindOf(model, () => 'works'),
            journal,
          ),
        ),
      ).toEqual([])
      expect(states(model)).toEqual(before)
    }),
    { numRuns: 150 },
  )
})

test('two undos at once: one reports the rest, and the next start ends it', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ undos, ...rest }) => {
      const model = newModel()
      const journal = memoryJournal()
      const before = await given(model, journal, rest)
      const journals = [foundAgain(journal), foundAgain(journal)]
      const named = await Promise.all(
        journals.map(async (found, index) => {
          const queue = [...(undos[index]?.ways ?? [])]
          // The second one begins while the first is under way, or after it.
          await model.clock.sleep(undos[index]?.beside === true ? index : index * 50)
          return undoAll(
            stageOn(
              model,
              kindOf(model, () => queue.shift() ?? 'works'),
              found,
            ),
          )
        }),
      )
      const left = new Set(named.flat().map(({ manualUndo }) => manualUndo))
      expect(
        journal
          .pending()
          .filter(
            ({ record, undone }) =>
              undone !== true && !left.has(kindOf(model, () => 'works').manualUndo(record)),
          ),
      ).toEqual([])
      const asBefore = (): boolean => JSON.stringify(states(model)) === JSON.stringify(before)
      expect(left.size > 0 || asBefore()).toBe(true)
      // Once more, by somebody who finds what is noted now.
      await undoAll(
        stageOn(
          model,
          kindOf(model, () => 'works'),
          journal,
        ),
      )
      expect(left.size > 0 || asBefore()).toBe(true)
    }),
    { numRuns: 150 },
  )
})

test('a copy that fails now and then is updated in the end', async () => {
  await fc.assert(
    fc.asyncProperty(story, fc.array(fc.boolean(), { maxLength: 20 }), async (steps, fails) => {
      const model = newModel()
      let copied: readonly Entry[] = []
      const queue = [...fails]
      const journal = withCopy(
        memoryJournal(),
        {
          async keep(pending) {
            if (queue.shift() === true) throw new Error('the API is away')
            copied = [...pending]
          },
        },
        () => {},
      )
      const before = await given(model, journal, steps)
      expect(
        await undoAll(
          stageOn(
            model,
            kindOf(model, () => 'works'),
            journal,
          ),
        ),
      ).toEqual([])
      queue.length = 0
      expect([await journal.settle(), copied, journal.pending(), states(model)]).toEqual([
        true,
        [],
        [],
        before,
      ])
    }),
    { numRuns: 100 },
  )
})
