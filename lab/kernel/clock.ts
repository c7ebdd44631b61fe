// Virtual time: a heap of what will happen, which moves on only while somebody outside waits for
// it.
import type { Clock } from '#src/model/runtime.ts'

interface Entry {
  at: number
  order: number
  run: () => void
  /** Runs code outside the lab: let it finish before time goes on. */
  outside: boolean
  cancelled: boolean
}

/** Puts an entry where it belongs; earliest first, equal times in the order of their making. */
function push(heap: Entry[], entry: Entry): void {
  heap.push(entry)
  let child = heap.length - 1
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!before(heap[child]!, heap[parent]!)) break
    ;[heap[child], heap[parent]] = [heap[parent]!, heap[child]!]
    child = parent
  }
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (top === undefined || last === undefined || heap.length === 0) return top
  heap[0] = last
  let parent = 0
  for (;;) {
    const left = 2 * parent + 1
    const right = left + 1
    let least = parent
    if (left < heap.length && before(heap[left]!, heap[least]!)) least = left
    if (right < heap.length && before(heap[right]!, heap[least]!)) least = right
    if (least === parent) return top
    ;[heap[parent], heap[least]] = [heap[least]!, heap[parent]!]
    parent = least
  }
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/**
 * The code outside settles in microtasks; two turns of the event loop also let streams hand on what
 * they hold.
 */
const settle = (): Promise<void> => new Promise(done => setImmediate(() => setImmediate(done)))

/**
 * Real timers, such as a test's own limit, get a turn after this many entries, however long virtual
 * time is waited for.
 */
const breather = 1_000

/**
 * Between questions where every moment counts, ms: closer ones would make a drill cost more without
 * showing anything that a world of seconds has.
 */
const closest = 500

export class VirtualClock implements Clock {
  readonly closest = closest
  #now: number
  #order = 0
  #heap: Entry[] = []
  #waiting = 0
  #pumping = false

  constructor(startsAt: number) {
    this.#now = startsAt
  }

  now(): number {
    return this.#now
  }

  /**
   * Inside the lab: runs after `ms` of virtual time. Does not make time pass. Returns the way to
   * call it off.
   */
  after(ms: number, run: () => void): () => void {
    return this.#enter(this.#now + Math.max(0, ms), run, false)
  }

  /** For the outside: a promise that makes time pass until it resolves. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.wait((done, fail) => {
      signal?.throwIfAborted()
      const abort = (): void => {
        cancel()
        fail(signal?.reason)
      }
      // A signal that outlives many sleeps must not keep a listener of each.
      const cancel = this.#enter(
        this.#now + Math.max(0, ms),
        () => {
          signal?.removeEventListener('abort', abort)
          done()
        },
        true,
      )
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /**
   * For the outside: makes time pass until `start` calls `done` or `fail`, which it does from
   * within the lab.
   * `start` runs at once; what it throws rejects.
   */
  wait<T>(start: (done: (value: T) => void, fail: (reason: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting += 1
      let open = true
      const end = (finish: () => void) => {
        if (!open) return
        open = false
        this.#waiting -= 1
        this.#outsideRan = true
        finish()
      }
      try {
        start(
          value => end(() => resolve(value)),
          reason => end(() => reject(reason)),
        )
      } catch (error) {
        end(() => reject(error))
      }
      void this.#pump()
    })
  }

  /**
   * Inside the lab: something was handed to the outside (a watch event), which may react before
   * time goes on.
   */
  handedOut(): void {
    this.#outsideRan = true
  }

  /** Lets `ms` of virtual time pass without anybody outside: for building worlds. Synchronous. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const next = this.#heap[0]
      if (next === undefined || next.at > until) break
      this.#fire(pop(this.#heap)!)
    }
    this.#now = until
  }

  /**
   * Nothing happens in this world any more: whoever still waits, such as a process that was killed,
   * waits for good and keeps nobody busy.
   */
  end(): void {
    this.#heap = []
    this.#waiting = Number.NEGATIVE_INFINITY
  }

  #outsideRan = false

  #enter(at: number, run: () => void, outside: boolean): () => void {
    const entry: Entry = { at, order: this.#order++, run, outside, cancelled: false }
    push(this.#heap, entry)
    return () => {
      entry.cancelled = true
    }
  }

  #fire(entry: Entry): void {
    if (entry.cancelled) return
    this.#now = Math.max(this.#now, entry.at)
    if (entry.outside) this.#outsideRan = true
    entry.run()
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      await settle()
      for (let fired = 1; this.#waiting > 0; fired += 1) {
        const next = pop(this.#heap)
        // Everything outside waits, and nothing in the lab will ever happen: it waits for good, as
        // in reality.
        if (next === undefined) break
        this.#fire(next)
        if (this.#outsideRan || fired % breather === 0) {
          this.#outsideRan = false
          await settle()
        }
      }
    } finally {
      this.#pumping = false
    }
  }
}
