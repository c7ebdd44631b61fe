// The back-off of restarts and pulls: 10 s doubling to 300 s, forgotten after a long quiet time.
import { delays } from '#lab/node/delays.ts'

export interface BackOff {
  ms: number
  /** When it was last raised, ms since the epoch. */
  at: number
}

/** Forgotten when the event comes more than twice the maximum after the last raise. */
const expired = (entry: BackOff, event: number): boolean =>
  event - entry.at > 2 * delays.backOffMost

/** ms that are left of the back-off after `event` (a container's end, a failed pull); 0: go on. */
export function backOffLeft(entry: BackOff | undefined, event: number, now: number): number {
  if (entry === undefined || expired(entry, event)) return 0
  return Math.max(0, event + entry.ms - now)
}

/** The back-off for the next time. */
export function increased(entry: BackOff | undefined, now: number): BackOff {
  if (entry === undefined || expired(entry, now)) return { ms: delays.backOffFirst, at: now }
  return { ms: Math.min(entry.ms * 2, delays.backOffMost), at: now }
}
