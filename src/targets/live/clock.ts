// Real time. It never goes backwards, even if the clock of the host is set during a run.
import type { Clock } from '#src/model/runtime.ts'

/**
 * The longest timer of Node, ms. Longer ones fire at once.
 * @source Node documentation, setTimeout /
 */
const longest = 2 ** 31 - 1

/**
 * The pause between questions for which every moment counts, ms.
 * @source measured: one new connection to a service in a container takes 3 to 8 ms, most of it
 * waiting /
 */
const closest = 40

/** The host's time at the start of the process, plus the time since then by a monotonic clock. */
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
