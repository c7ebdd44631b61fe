// Polls on the clock of the runtime: in the lab a wait of minutes takes no time.
import pRetry from 'p-retry'
import type { Clock } from '#src/model/runtime.ts'

/** Thrown by an attempt that has to be repeated. It never leaves this file. */
class NotYet extends Error {}

export interface Polling {
  clock: Clock
  /** ms between attempts, or a function of the attempt, from 1. */
  every: number | ((attempt: number) => number)
  /** No attempt begins after this time, ms since the epoch. Default: never. */
  deadline?: number
  signal?: AbortSignal | undefined
}

/**
 * Repeats an attempt until it returns. Resolves with undefined after the deadline. Rejects with the
 * error of an attempt, or with the signal's reason during a pause.
 */
export async function until<T>(
  attempt: (number: number) => Promise<T | undefined>,
  { clock, every, deadline = Infinity, signal }: Polling,
): Promise<T | undefined> {
  try {
    return await pRetry(
      async number => {
        const found = await attempt(number)
        if (found === undefined) throw new NotYet()
        return found
      },
      {
        retries: Infinity,
        // p-retry waits in real time; this waits on the clock of the runtime.
        minTimeout: 0,
        shouldRetry: ({ error }) => error instanceof NotYet && clock.now() < deadline,
        onFailedAttempt: ({ error, attemptNumber }) => {
          if (!(error instanceof NotYet) || clock.now() >= deadline) return undefined
          const wait = typeof every === 'number' ? every : every(attemptNumber)
          return clock.sleep(Math.min(wait, Math.max(0, deadline - clock.now())), signal)
        },
      },
    )
  } catch (error) {
    if (error instanceof NotYet) return undefined
    throw error
  }
}
