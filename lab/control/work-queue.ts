// A work queue: a key is looked at once, a little later, however often it was added meanwhile.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import type { Span } from './delays.ts'

/** What every controller works with. */
export interface Control {
  readonly context: LabContext
  readonly random: SeededRandom
  /** The API server answers and the controllers have started: only then may anything happen. */
  working(): boolean
  /** Queues register here how they take up what was held while nothing could happen. */
  readonly resumes: (() => void)[]
}

/** One control loop. */
export interface Controller {
  /** An event of the store. */
  on(event: StoreEvent): void
  /** Started (again): queues all that there is. */
  all(): void
}

export interface Queue {
  /** Look at this key after the queue's delay. */
  add(key: string): void
  /** Look at this key after `ms`; an earlier appointment stands. */
  addAfter(key: string, ms: number): void
}

/** A moment within a span, in whole ms. */
export const draw = (random: SeededRandom, span: Span): number =>
  span.from === span.to ? span.from : random.integer(span.from, span.to)

/**
 * Makes a queue. While the control plane is down its keys are held and taken up again with
 * `resumes`.
 */
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

/** `namespace/name`, or `name` for what has no namespace. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  const { namespace, name } = object.metadata
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** The parts of a namespaced key. */
export function parts(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
