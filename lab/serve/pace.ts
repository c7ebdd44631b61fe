// Ties a lab's virtual clock to the real clock: virtual time passes continuously, at a chosen
// speed.
import type { VirtualClock } from '#lab/kernel/clock.ts'

/**
 * How often the virtual clock advances, real ms. A person or a probe does not notice steps this
 * short.
 */
const tick = 10
/**
 * The most real time that one tick makes up for, ms. After a laptop has slept, the lab skips that
 * time.
 */
const longest = 1_000

export interface Pace {
  /** Advances the virtual clock by the real time since the last call. */
  catchUp(): void
  stop(): void
}

/**
 * From now on virtual time passes `speed` times as fast as real time, and a wait no longer advances
 * it. If the lab throws, time stops and `failed` receives the error.
 */
export function pace(
  clock: VirtualClock,
  { speed, failed }: { speed: number; failed: (error: unknown) => void },
): Pace {
  let last = performance.now()
  // The remainder of the last tick, virtual ms: the clock advances by whole ms.
  let rest = 0
  const catchUp = (): void => {
    const now = performance.now()
    const passed = Math.min(now - last, longest) * speed + rest
    last = now
    rest = passed % 1
    clock.advance(Math.floor(passed))
  }
  const timer = setInterval(() => {
    try {
      catchUp()
    } catch (error) {
      clearInterval(timer)
      failed(error)
    }
  }, tick)
  // In a test's lab, a wait advances time. In a served lab many callers wait at once.
  clock.wait = start =>
    new Promise((resolve, reject) => {
      try {
        start(resolve, reject)
      } catch (error) {
        reject(error)
      }
    })
  return { catchUp, stop: () => clearInterval(timer) }
}
