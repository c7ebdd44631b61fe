// Simulated programs and daemons as generators. Each step is a wait, and a caller can kill the
// program at any step.
import type { VirtualClock } from '#lab/kernel/clock.ts'

/** Milliseconds of virtual time, or a condition of the world that must come true. */
export type Step = number | (() => boolean)
export type Work<T = void> = Generator<Step, T, void>

interface Waiting {
  condition: () => boolean
  resume: () => void
}

export class Workers {
  readonly #clock: VirtualClock
  readonly #waiting = new Set<Waiting>()
  #checking = false

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** Runs a generator and passes its result to `ended`. Returns a function that kills it. */
  start<T>(work: Work<T>, ended?: (value: T) => void): () => void {
    let alive = true
    let cancel = (): void => {}
    const resume = (): void => {
      while (alive) {
        const next = work.next()
        if (next.done === true) {
          alive = false
          ended?.(next.value)
          return
        }
        const step = next.value
        if (typeof step === 'number') {
          cancel = this.#clock.after(step, resume)
          return
        }
        if (!step()) {
          const entry = { condition: step, resume }
          this.#waiting.add(entry)
          cancel = () => this.#waiting.delete(entry)
          return
        }
      }
    }
    resume()
    return () => {
      if (!alive) return
      alive = false
      cancel()
    }
  }

  /**
   * Makes each waiting generator check its condition again, in the order in which they began to
   * wait. Call it after a change of the world.
   */
  changed(): void {
    if (this.#checking) return
    this.#checking = true
    this.#clock.after(0, () => {
      this.#checking = false
      for (const entry of this.#waiting) {
        if (!entry.condition()) continue
        this.#waiting.delete(entry)
        entry.resume()
      }
    })
  }
}
