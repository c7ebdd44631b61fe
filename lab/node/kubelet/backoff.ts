// The back-off of restarts and pulls: 10 s doubling to 300 s, forgotten after a long time without
// failures.
import { delays } from '#lab/node/delays.ts'

export interface BackOff {
  ms: number
  /** When it was last raised, ms since the epoch. */
  at: number
}

/**
 * Whether the back-off is forgotten: the event came more than twice the maximum after the last
 * raise.
 */
const expired = (entry: BackOff, event: number): boolean =>
  event - entry.at > 2 * delays.backOffMost

/**
 * The ms left of the back-off after `event`, such as the end of a container or a failed pull; 0:
 * none.
 */
export function backOffLeft(entry: BackOff | undefined, event: number, now: number): number {
  if (entry === undefined || expired(entry, event)) return 0
  return Math.max(0, event + entry.ms - now)
}

/** The back-off for the next time. */
export function increased(entry: BackOff | undefined, now: number): BackOff {
  if (entry === undefined || expired(entry, now)) return { ms: delays.backOffFirst, at: now }
  return { ms: Math.min(entry.ms * 2, delays.backOffMost), at: now }
}
