// The true state of a world, read every 5 ms directly and not through the path that a drill uses.
import type { Clock } from '#src/model/index.ts'

/** Interval of the reads, ms. */
export const grid = 5

export interface Return {
  /** The start of the last read that was bad, and the end of the first read that was good again. */
  bad: number
  good: number
}

export interface Truth {
  /** Every recovery, in order. */
  returns(): readonly Return[]
  stop(): void
}

/** Reads until the caller stops it. */
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

/**
 * The same for reads that take time: they overlap, and the results are kept in the order of their
 * starts.
 */
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
