// What is so in a world, looked at every 5 ms past everything that a drill looks through.
import type { Clock } from '#src/model/index.ts'

/** Between two looks, ms. */
export const grid = 5

export interface Return {
  /**
   * When the last look began at which it was bad, and when the first had ended at which it was good
   * again.
   */
  bad: number
  good: number
}

export interface Truth {
  /** Every time that it came back, in order. */
  returns(): readonly Return[]
  stop(): void
}

/** Looks until it is stopped. */
export function truth(clock: Clock, isGood: () => boolean): Truth {
  const returns: Return[] = []
  let lastBad: number | undefined
  const timer = setInterval(() => {
    const now = clock.now()
    if (!isGood()) lastBad = now
    else if (lastBad !== undefined) {
      returns.push({ bad: lastBad, good: now })
      lastBad = undefined
    }
  }, grid)
  return { returns: () => returns, stop: () => clearInterval(timer) }
}

/** The same where a look takes its time: each by itself, in the order of their beginning. */
export function asked(clock: Clock, ask: () => Promise<boolean>): Truth {
  const looks: { at: number; ended: number; good: boolean | undefined }[] = []
  const timer = setInterval(() => {
    const evaluate: (typeof looks)[number] = { at: clock.now(), ended: 0, good: undefined }
    looks.push(evaluate)
    void ask().then(good => {
      evaluate.good = good
      evaluate.ended = clock.now()
    })
  }, grid)
  return {
    returns: () =>
      looks.flatMap((evaluate, index) => {
        const before = looks[index - 1]
        return evaluate.good === true && before?.good === false
          ? [{ bad: before.at, good: evaluate.ended }]
          : []
      }),
    stop: () => clearInterval(timer),
  }
}
