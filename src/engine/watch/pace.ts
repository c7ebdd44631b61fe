// How often signals are asked: at the full pace while something is not well, less often otherwise.
import type { Clock } from '#src/model/index.ts'
import { newRepeatedEvent } from './repeated-event.ts'
import type { Watched } from './signals.ts'

/**
 * After this long without anything bad, ms, signals are asked this many times less often. What goes
 * bad then is followed at the full pace at once.
 */
const calmAfter = 10_000
const calmer = 4
/**
 * No signal is asked more often than that while all is well, ms. @source joelclaw policy: a
 * service's own check once a second is often
 */
const calmPace = 500

const never = new AbortController().signal

export interface Pace {
  /** A pace of the full speed, ms, as it applies now. */
  slowed(pace: number): number
  /** Aborts when calm is over; never, while nothing is calm. */
  hurry(): AbortSignal
  /** Something is not well: whoever asks calmly asks at once. */
  startle(message: string): void
}

/** Calm begins `calmAfter` after now, at the earliest. */
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
