// Virtual time. It advances only while code outside the lab waits, and jumps from one due entry to
// the next.
import type { Clock } from '#src/model/runtime.ts'
import { pop, push, type Entry } from './due-queue.ts'

/**
 * Lets the code outside the lab finish its work: microtasks, and two turns of the event loop in
 * which streams pass on their buffers.
 */
const settle = (): Promise<void> => new Promise(done => setImmediate(() => setImmediate(done)))

/**
 * After this many entries, real timers such as a test's timeout get a turn, so that a long virtual
 * wait cannot starve them.
 */
const breather = 1_000

/**
 * The shortest pause between two questions of a drill, in ms. The parts of the world act in
 * seconds, so a shorter pause would cost time and show nothing new.
 */
const closest = 500

/** The clock of the lab, in ms since the epoch. */
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
   * For code inside the lab: calls `run` after `ms` of virtual time. Does not make time pass.
   * Returns a function that cancels the call.
   */
  after(ms: number, run: () => void): () => void {
    return this.#enter(this.#now + Math.max(0, ms), run, false)
  }

  /** For code outside the lab: a promise that makes time pass until it resolves. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.wait((done, fail) => {
      signal?.throwIfAborted()
      const abort = (): void => {
        cancel()
        fail(signal?.reason)
      }
      // A signal may outlive many sleeps, so each sleep must remove its listener.
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
   * For code outside the lab: makes time pass until code inside the lab calls `done` or `fail`.
   * `start` runs at once. If it throws, the promise rejects.
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
   * For code inside the lab: reports that code outside received something, such as a watch event.
   * It may react before time goes on.
   */
  handedOut(): void {
    this.#outsideRan = true
  }

  /** Lets `ms` of virtual time pass although no code outside waits. For building worlds. */
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
   * Ends this world. Code that still waits, such as a killed process, waits forever and costs
   * nothing.
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
        // Code outside waits and the lab has no due entries, so the wait never ends, as in reality.
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
