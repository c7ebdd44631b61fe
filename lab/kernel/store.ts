// The lab's etcd: objects by kind, one growing resourceVersion, and a bounded history for watches.
import type { KubeObject } from '#src/model/kube.ts'
import type { VirtualClock } from './clock.ts'
import { copyOf, sharing } from './data.ts'
import type { SeededRandom } from './random.ts'

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** A snapshot; never changed afterwards. */
  object: KubeObject
  /** The object before, for MODIFIED and DELETED. */
  before?: KubeObject
  resourceVersion: number
}

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`

/**
 * Number of events over which a watch can resume. Older versions are 410 Gone. etcd compacts every
 * 5 min; the lab limits the number of events instead.
 */
const historyLength = 2000

/** The store replaces objects and never changes one in place: each stored object is a snapshot. */
export class Store {
  readonly #objects = new Map<string, KubeObject>()
  readonly #byKind = new Map<string, Map<string, KubeObject>>()
  readonly #changes = new Map<string, number>()
  readonly #made = new Map<string, { changes: number; value: unknown }>()
  readonly #listeners = new Set<(event: StoreEvent) => void>()
  readonly #clock: VirtualClock
  readonly #random: SeededRandom
  #history: StoreEvent[] = []
  #version = 1000
  /** The latest result of `timestamp`, which callers ask for many times in each second. */
  #latest = { second: Number.NaN, text: '' }

  constructor(clock: VirtualClock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  get version(): number {
    return this.#version
  }

  /** The current time as the API writes it, to the second. */
  timestamp(): string {
    const second = Math.floor(this.#clock.now() / 1000)
    if (second !== this.#latest.second)
      this.#latest = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` }
    return this.#latest.text
  }

  /** The current time as leases and events have it: in microseconds, precise to the millisecond. */
  microTimestamp(): string {
    return `${new Date(this.#clock.now()).toISOString().slice(0, 23)}000Z`
  }

  /**
   * Returns a value that `make` computes from all objects of a kind. Computes it again only after
   * one of them was created, changed or deleted. Each key has one type.
   */
  madeOf<T>(kind: string, key: string, make: () => T): T {
    const changes = this.#changes.get(kind) ?? 0
    const known = this.#made.get(key)
    if (known !== undefined && known.changes === changes) return known.value as T
    const value = make()
    this.#made.set(key, { changes, value })
    return value
  }

  get<T extends KubeObject>(
    kind: string,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    // `create` stored the object under its kind, so it has the type of that kind.
    return this.#objects.get(keyOf(kind, namespace, name)) as T | undefined
  }

  list<T extends KubeObject>(kind: string, namespace?: string): T[] {
    const all = [...(this.#byKind.get(kind)?.values() ?? [])] as T[]
    return namespace === undefined
      ? all
      : all.filter(object => object.metadata.namespace === namespace)
  }

  /**
   * Stores a new object and fills in uid, creationTimestamp, generation and resourceVersion.
   * Throws if it exists.
   */
  create<T extends KubeObject>(object: T): T {
    const key = keyOf(object.kind, object.metadata.namespace, object.metadata.name)
    if (this.#objects.has(key)) throw new Error(`${key} already exists`)
    const version = this.#next()
    const made = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: object.metadata.uid ?? this.#random.uuid(),
        creationTimestamp: object.metadata.creationTimestamp ?? this.timestamp(),
        generation: object.metadata.generation ?? 1,
        resourceVersion: String(version),
      },
    }
    this.#set(key, made)
    this.#emit({ type: 'ADDED', object: made, resourceVersion: version })
    return made
  }

  /**
   * Applies `change` to a deep copy and stores the copy. A change of `spec` raises the generation.
   * If nothing changed, the store stays as it is. Returns the stored object, or undefined if it
   * does not exist.
   */
  update<T extends KubeObject>(
    kind: string,
    namespace: string | undefined,
    name: string,
    change: (draft: T) => void,
  ): T | undefined {
    const key = keyOf(kind, namespace, name)
    const current = this.#objects.get(key) as T | undefined
    if (current === undefined) return undefined
    const copy = copyOf(current)
    change(copy)
    const draft = sharing(current, copy)
    const names = Object.keys(draft)
    if (
      names.length === Object.keys(current).length &&
      names.every(member => Reflect.get(draft, member) === Reflect.get(current, member))
    )
      return current
    const version = this.#next()
    draft.metadata = { ...draft.metadata, resourceVersion: String(version) }
    if (Reflect.get(draft, 'spec') !== Reflect.get(current, 'spec'))
      draft.metadata.generation = (current.metadata.generation ?? 1) + 1
    this.#set(key, draft)
    this.#emit({ type: 'MODIFIED', object: draft, before: current, resourceVersion: version })
    return draft
  }

  /** Removes an object at once. Finalizers and grace periods are the duty of the API server. */
  remove(kind: string, namespace: string | undefined, name: string): void {
    const key = keyOf(kind, namespace, name)
    const current = this.#objects.get(key)
    if (current === undefined) return
    const version = this.#next()
    this.#objects.delete(key)
    this.#byKind.get(kind)?.delete(key)
    this.#emit({
      type: 'DELETED',
      object: { ...current, metadata: { ...current.metadata, resourceVersion: String(version) } },
      before: current,
      resourceVersion: version,
    })
  }

  /** Calls `listener` for each event, synchronously and in order. Returns a function that stops. */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The events after a version, or `gone` if the history begins later. */
  since(version: number): readonly StoreEvent[] | 'gone' {
    const oldest = this.#history[0]?.resourceVersion
    if (version < this.#version && (oldest === undefined || version < oldest - 1)) return 'gone'
    return this.#history.filter(event => event.resourceVersion > version)
  }

  /** Drops the history: watches from older versions get 410 Gone. */
  compact(): void {
    this.#history = []
  }

  #next(): number {
    this.#version += 1
    return this.#version
  }

  #set(key: string, object: KubeObject): void {
    this.#objects.set(key, object)
    const ofKind = this.#byKind.get(object.kind) ?? new Map<string, KubeObject>()
    this.#byKind.set(object.kind, ofKind.set(key, object))
  }

  #emit(event: StoreEvent): void {
    const { kind } = event.object
    this.#changes.set(kind, (this.#changes.get(kind) ?? 0) + 1)
    this.#history.push(event)
    if (this.#history.length > historyLength * 1.25)
      this.#history = this.#history.slice(-historyLength)
    for (const listener of this.#listeners) listener(event)
  }
}
