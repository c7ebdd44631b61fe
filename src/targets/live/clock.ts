// Real time: it never goes backwards, also when somebody sets the host's clock during a run.
import type { Clock } from '#src/model/runtime.ts'

/**
 * Longest single timer of Node, ms; longer ones fire at once. @source Node documentation,
 * setTimeout
 */
const longest = 2 ** 31 - 1

/**
 * Between questions where every moment counts, ms. @source measured: one new connection to a
 * service in a container takes 3 to 8 ms, most of it waiting
 */
const closest = 40

/**
 * The host's time at the start of the process plus what has passed since, by a clock that only goes
 * forward.
 */
export function liveClock(): Clock {
  const now = (): number => Math.round(performance.timeOrigin + performance.now())
  return {
    now,
    closest,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason)
        const until = performance.now() + Math.max(0, ms)
        let timer: NodeJS.Timeout
        const abort = (): void => {
          clearTimeout(timer)
          reject(signal?.reason)
        }
        const wait = (): void => {
          const left = until - performance.now()
          if (left > 0) {
            timer = setTimeout(wait, Math.min(Math.ceil(left), longest))
            return
          }
          signal?.removeEventListener('abort', abort)
          resolve()
        }
        signal?.addEventListener('abort', abort, { once: true })
        wait()
      })
    },
  }
}
