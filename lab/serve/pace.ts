// Ties a lab's virtual clock to a real one: it passes by itself, as fast as asked, however many
// wait for it.
import type { VirtualClock } from '#lab/kernel/clock.ts'

/** How often time moves on, real ms: shorter than anything a person or a probe can tell. */
const tick = 10
/**
 * The most that is caught up with at once, real ms: a laptop that slept has not lived through the
 * night.
 */
const longest = 1_000

export interface Pace {
  /** Lets pass what has passed in reality since the last time. */
  catchUp(): void
  stop(): void
}

/**
 * From now on time passes in the lab `speed` times as fast as in reality. Whoever waits for the lab
 * no longer makes time
 * pass, as in reality. `failed` hears what the lab throws; it stands still then.
 */
export function pace(
  clock: VirtualClock,
  { speed, failed }: { speed: number; failed: (error: unknown) => void },
): Pace {
  let last = performance.now()
  // What a tick left over, virtual ms: time passes in whole ones.
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
  // In a lab of tests a wait makes time pass. Here many wait at once, and time is nobody's.
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
