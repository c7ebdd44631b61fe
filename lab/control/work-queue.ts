// A work queue: reconciles a key once, a little later, however often it was added meanwhile.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import type { Span } from './delays.ts'

/** What all controllers share. */
export interface Control {
  readonly context: LabContext
  readonly random: SeededRandom
  /** Whether the API server answers and the controllers have started; otherwise they do nothing. */
  working(): boolean
  /** Queues register here how they resume the keys held while the control plane was down. */
  readonly resumes: (() => void)[]
}

/** One control loop. */
export interface Controller {
  /** Handles an event of the store. */
  on(event: StoreEvent): void
  /** Queues all objects, after a start or restart. */
  all(): void
}

export interface Queue {
  /** Reconciles this key after the queue's delay. */
  add(key: string): void
  /** Reconciles this key after `ms`, or earlier if it is due earlier already. */
  addAfter(key: string, ms: number): void
}

/** A random duration within a span, in whole ms. */
export const draw = (random: SeededRandom, span: Span): number =>
  span.from === span.to ? span.from : random.integer(span.from, span.to)

/** Creates a queue. While the control plane is down, it holds the keys until `resumes`. */
export function workQueue(control: Control, span: Span, reconcile: (key: string) => void): Queue {
  const { clock } = control.context
  const due = new Map<string, { at: number; cancel: () => void }>()
  const held = new Set<string>()
  const addAfter = (key: string, ms: number) => {
    const at = clock.now() + ms
    const known = due.get(key)
    if (known !== undefined && known.at <= at) return
    known?.cancel()
    const cancel = clock.after(ms, () => {
      due.delete(key)
      if (control.working()) reconcile(key)
      else held.add(key)
    })
    due.set(key, { at, cancel })
  }
  const add = (key: string) => addAfter(key, draw(control.random, span))
  control.resumes.push(() => {
    const keys = [...held]
    held.clear()
    for (const key of keys) add(key)
  })
  return { add, addAfter }
}

/** `namespace/name`, or `name` for an object without a namespace. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  const { namespace, name } = object.metadata
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** The parts of a namespaced key. */
export function parts(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
