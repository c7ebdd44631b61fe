// How time passes in a served lab.
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { pace } from './pace.ts'

const rethrow = (error: unknown): never => {
  throw error
}

/** How much real and virtual time, in ms, passes at a speed. */
async function stretch(speed: number): Promise<{ real: number; virtual: number }> {
  const clock = new VirtualClock(0)
  const began = performance.now()
  const running = pace(clock, { speed, failed: rethrow })
  await clock.sleep(20 * speed)
  running.catchUp()
  const [real, virtual] = [performance.now() - began, clock.now()]
  running.stop()
  return { real, virtual }
}

describe('time', () => {
  test.each([1, 10, 100])(
    'passes %i times as fast as in reality, also for who waits',
    async speed => {
      const { real, virtual } = await stretch(speed)
      expect(virtual).toBeGreaterThanOrEqual(20 * speed)
      // Virtual time is never ahead of real time: the measurement around it takes longer.
      expect(virtual).toBeLessThanOrEqual(real * speed)
    },
  )

  test('stops advancing after stop', async () => {
    const clock = new VirtualClock(0)
    const running = pace(clock, { speed: 100, failed: rethrow })
    running.stop()
    const before = clock.now()
    await new Promise(done => setTimeout(done, 30))
    expect(clock.now()).toBe(before)
  })

  test('stops advancing if the lab throws, and reports the error', async () => {
    const clock = new VirtualClock(0)
    const why = await new Promise(failed => {
      clock.after(5, () => {
        throw new Error('broken')
      })
      pace(clock, { speed: 100, failed })
    })
    expect(why).toEqual(new Error('broken'))
  })

  test('a wait whose start throws fails at once', async () => {
    const clock = new VirtualClock(0)
    const running = pace(clock, { speed: 1, failed: rethrow })
    await expect(clock.wait(() => rethrow(new Error('no')))).rejects.toThrow('no')
    running.stop()
  })
})
