// The lab's store: versions, generations, and the history over which a watch resumes.
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#src/model/kube.ts'
import { VirtualClock } from './clock.ts'
import { SeededRandom } from './random.ts'
import { Store, type StoreEvent } from './store.ts'

interface Thing extends KubeObject {
  spec?: { size: number }
  status?: { seen: number }
}

const thing = (name: string, change: Partial<Thing> = {}): Thing => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'default' },
  ...change,
})

function newStore() {
  const clock = new VirtualClock(Date.parse('2026-11-21T12:00:00.250Z'))
  const store = new Store(clock, new SeededRandom(1))
  const events: StoreEvent[] = []
  const stop = store.subscribe(event => events.push(event))
  return { clock, store, events, stop }
}

const resize =
  (size: number) =>
  (draft: Thing): void =>
    void (draft.spec = { size })

/** Each event as one line. */
const linesOf = (events: readonly StoreEvent[]): readonly string[] =>
  events.map(
    ({ type, object, resourceVersion }) => `${type} ${object.metadata.name} ${resourceVersion}`,
  )

describe('creating', () => {
  test('fills in the metadata that the API server fills in', () => {
    const { store } = newStore()
    const made = store.create(thing('a', { spec: { size: 1 } }))
    expect(made).toEqual({
      ...thing('a', { spec: { size: 1 } }),
      metadata: {
        name: 'a',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        creationTimestamp: '2026-11-21T12:00:00Z',
        generation: 1,
        resourceVersion: '1001',
      },
    })
    expect(store.get('Thing', 'default', 'a')).toBe(made)
    expect(store.version).toBe(1001)
  })

  test('keeps metadata that the object has', () => {
    const { store } = newStore()
    const metadata = {
      name: 'a',
      uid: 'mine',
      creationTimestamp: '2020-01-01T00:00:00Z',
      generation: 7,
    }
    expect(store.create({ ...thing('a'), metadata }).metadata).toEqual({
      ...metadata,
      resourceVersion: '1001',
    })
  })

  test('throws for an existing object and changes nothing', () => {
    const { store, events } = newStore()
    const first = store.create(thing('a'))
    expect(() => store.create(thing('a'))).toThrow(new Error('Thing/default/a already exists'))
    expect([store.get('Thing', 'default', 'a'), store.version, events.length]).toEqual([
      first,
      1001,
      1,
    ])
  })

  test('accepts the same name in another namespace or of another kind', () => {
    const { store } = newStore()
    store.create(thing('a'))
    store.create({ ...thing('a'), metadata: { name: 'a', namespace: 'other' } })
    store.create({ ...thing('a'), kind: 'Other' })
    expect([
      store.list('Thing').length,
      store.list('Thing', 'other').length,
      store.list('Other').length,
      store.list('None').length,
    ]).toEqual([2, 1, 1, 0])
  })
})

describe('changing', () => {
  test('makes a new version; only a change of spec raises the generation', () => {
    const { store, events } = newStore()
    const first = store.create(thing('a', { spec: { size: 1 } }))
    const second = store.update<Thing>('Thing', 'default', 'a', resize(2))
    const third = store.update<Thing>(
      'Thing',
      'default',
      'a',
      draft => void (draft.status = { seen: 2 }),
    )
    expect(
      [second, third].map(object => [
        object?.metadata.resourceVersion,
        object?.metadata.generation,
        object?.spec,
        object?.status,
      ]),
    ).toEqual([
      ['1002', 2, { size: 2 }, undefined],
      ['1003', 2, { size: 2 }, { seen: 2 }],
    ])
    expect(events.slice(1)).toEqual([
      { type: 'MODIFIED', object: second, before: first, resourceVersion: 1002 },
      { type: 'MODIFIED', object: third, before: second, resourceVersion: 1003 },
    ])
  })

  test('nothing makes no version and no event, and returns the same object', () => {
    const { store, events } = newStore()
    const made = store.create(thing('a', { spec: { size: 1 } }))
    expect(store.update<Thing>('Thing', 'default', 'a', resize(1))).toBe(made)
    expect([store.version, linesOf(events)]).toEqual([1001, ['ADDED a 1001']])
  })

  test('leaves earlier snapshots as they were', () => {
    const { store } = newStore()
    const held = store.create(thing('a', { spec: { size: 1 } }))
    store.update<Thing>('Thing', 'default', 'a', resize(2))
    expect(held.spec).toEqual({ size: 1 })
  })

  test('changes nothing if the function throws half-way', () => {
    const { store, events } = newStore()
    store.create(thing('a', { spec: { size: 1 } }))
    expect(() =>
      store.update<Thing>('Thing', 'default', 'a', draft => {
        resize(9)(draft)
        throw new Error('half-way')
      }),
    ).toThrow('half-way')
    expect([store.get<Thing>('Thing', 'default', 'a')?.spec, store.version, events.length]).toEqual(
      [{ size: 1 }, 1001, 1],
    )
  })

  test('or removing a missing object has no effect', () => {
    const { store, events } = newStore()
    expect(store.update('Thing', 'default', 'a', () => {})).toBeUndefined()
    store.remove('Thing', 'default', 'a')
    expect([store.version, events]).toEqual([1000, []])
  })
})

describe('removing', () => {
  test('makes a version, under which the event carries the last state', () => {
    const { store, events } = newStore()
    const made = store.create(thing('a'))
    store.remove('Thing', 'default', 'a')
    expect(store.get('Thing', 'default', 'a')).toBeUndefined()
    expect(store.list('Thing')).toEqual([])
    expect(events[1]).toEqual({
      type: 'DELETED',
      object: { ...made, metadata: { ...made.metadata, resourceVersion: '1002' } },
      before: made,
      resourceVersion: 1002,
    })
  })

  test('and creating again makes another object', () => {
    const { store } = newStore()
    const first = store.create(thing('a'))
    store.remove('Thing', 'default', 'a')
    const second = store.create(thing('a'))
    expect(second.metadata.uid).not.toBe(first.metadata.uid)
    expect([second.metadata.resourceVersion, second.metadata.generation]).toEqual(['1003', 1])
  })
})

describe('history', () => {
  test('gives the events after a version, in order', () => {
    const { store } = newStore()
    store.create(thing('a'))
    const from = store.version
    store.update<Thing>('Thing', 'default', 'a', resize(2))
    store.create(thing('b'))
    store.remove('Thing', 'default', 'a')
    const after = store.since(from)
    expect(after === 'gone' ? after : linesOf(after)).toEqual([
      'MODIFIED a 1002',
      'ADDED b 1003',
      'DELETED a 1004',
    ])
    expect(store.since(store.version)).toEqual([])
  })

  test('is bounded: versions from before its beginning are gone', () => {
    const { store } = newStore()
    store.create(thing('a', { spec: { size: 0 } }))
    const from = store.version
    for (let size = 1; size <= 2000; size += 1)
      store.update<Thing>('Thing', 'default', 'a', resize(size))
    expect(store.since(from)).toHaveLength(2000)
    for (let size = 1; size <= 600; size += 1)
      store.update<Thing>('Thing', 'default', 'a', resize(-size))
    expect(store.since(from)).toBe('gone')
    expect(store.since(store.version - 2000)).toHaveLength(2000)
  })

  test('that was dropped is gone for all versions but the newest', () => {
    const { store } = newStore()
    store.create(thing('a'))
    store.create(thing('b'))
    store.compact()
    expect(store.since(store.version - 1)).toBe('gone')
    expect(store.since(store.version)).toEqual([])
    const from = store.version
    store.create(thing('c'))
    const after = store.since(from)
    expect(after === 'gone' ? after : linesOf(after)).toEqual(['ADDED c 1003'])
  })
})

test('a listener gets each event at once and in order, until it stops', () => {
  const { store, events, stop } = newStore()
  store.create(thing('a'))
  expect(linesOf(events)).toEqual(['ADDED a 1001'])
  stop()
  store.create(thing('b'))
  expect(linesOf(events)).toEqual(['ADDED a 1001'])
})

test('timestamps have the form of the API', () => {
  const { store } = newStore()
  expect([store.timestamp(), store.microTimestamp()]).toEqual([
    '2026-11-21T12:00:00Z',
    '2026-11-21T12:00:00.250000Z',
  ])
})
