// Ties a lab's virtual clock to the real one: it passes by itself, at the speed asked for.
import type { VirtualClock } from '#lab/kernel/clock.ts'

/** How often time advances, real ms: too short for a person or a probe to notice. */
const tick = 10
/** The most that one tick makes up for, real ms: a laptop that slept skips the night. */
const longest = 1_000

export interface Pace {
  /** Advances the virtual clock by the real time since the last call. */
  catchUp(): void
  stop(): void
}

/**
 * From now on time passes in the lab `speed` times as fast as in reality, and a wait no longer
 * makes it pass. When the lab throws, time stops and `failed` receives the error.
 */
export function pace(
  clock: VirtualClock,
  { speed, failed }: { speed: number; failed: (error: unknown) => void },
): Pace {
  let last = performance.now()
  // The rest of the last tick, virtual ms: the clock advances by whole ones.
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
  // In the lab of a test, a wait makes time pass. Here many wait at once.
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
