// How often signals are asked: at the full pace while one is not good, less often otherwise.
import type { Clock } from '#src/model/index.ts'
import { newRepeatedEvent } from './repeated-event.ts'
import type { Watched } from './signals.ts'

/** After this time without a bad signal, ms, signals are asked this many times less often. */
const calmAfter = 10_000
const calmer = 4
/**
 * The shortest pause while all signals are good, ms. @source joelclaw policy: services check
 * themselves once a second
 */
const calmPace = 500

const never = new AbortController().signal

export interface Pace {
  /** The current pause, ms, for a pause at the full pace. */
  slowed(pace: number): number
  /** Aborts when the slow pace ends. Never aborts at the full pace. */
  hurry(): AbortSignal
  /** A signal is not good: ends the slow pace at once. */
  startle(message: string): void
}

/** A pace that may become slow `calmAfter` from now at the earliest. */
export function newPace(clock: Clock, watched: readonly Watched[]): Pace {
  const startled = newRepeatedEvent()
  let lastStir = clock.now()
  const isCalm = (): boolean =>
    clock.now() - lastStir > calmAfter &&
    watched.every(({ state }) => state.known() !== 'bad' && state.unseenSince() === undefined)
  return {
    hurry: () => (isCalm() ? startled.next() : never),
    slowed: pace => (isCalm() ? Math.max(calmPace, pace * calmer) : pace),
    startle(message) {
      const wasCalm = isCalm()
      lastStir = clock.now()
      if (wasCalm) startled.raise(`${message} is not well`)
    },
  }
}
