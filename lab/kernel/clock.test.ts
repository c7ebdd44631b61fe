// Virtual time: when entries are due, and when time passes.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from './clock.ts'

/** Enough real time for everything that needs no virtual time. */
const realMoment = (): Promise<void> => new Promise(done => setTimeout(done, 5))

describe('an entry', () => {
  test('runs in the order of due times, and of entering where these are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 60 }), delays => {
        const clock = new VirtualClock(1000)
        const happened: (readonly [at: number, entry: number])[] = []
        for (const [entry, delay] of delays.entries())
          clock.after(delay, () => happened.push([clock.now(), entry]))
        clock.advance(5)
        expect(happened).toEqual(
          delays
            .map((delay, entry) => [1000 + delay, entry] as const)
            .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]),
        )
        expect(clock.now()).toBe(1005)
      }),
    )
  })

  test('may add entries: one without a delay runs after all that were already due', () => {
    const clock = new VirtualClock(0)
    const happened: string[] = []
    clock.after(10, () => {
      happened.push('first')
      clock.after(0, () => happened.push('third'))
      clock.after(-5, () => happened.push(`not before now: ${clock.now()}`))
    })
    clock.after(10, () => happened.push('second'))
    clock.advance(10)
    expect(happened).toEqual(['first', 'second', 'third', 'not before now: 10'])
  })

  test('does not run after it was cancelled; cancelling twice or too late has no effect', () => {
    const clock = new VirtualClock(0)
    const happened: string[] = []
    const off = clock.after(10, () => happened.push('cancelled'))
    const late = clock.after(5, () => happened.push('done'))
    off()
    off()
    clock.advance(20)
    late()
    expect(happened).toEqual(['done'])
  })

  test('stays due while the clock has not advanced to its time', () => {
    const clock = new VirtualClock(0)
    let happened = false
    clock.after(11, () => void (happened = true))
    clock.advance(10)
    expect([clock.now(), happened]).toEqual([10, false])
    clock.advance(1)
    expect([clock.now(), happened]).toEqual([11, true])
  })
})

describe('virtual time', () => {
  test('stands still while no code outside waits, even if entries are due', async () => {
    const clock = new VirtualClock(7)
    let happened = false
    clock.after(1, () => void (happened = true))
    await realMoment()
    expect([clock.now(), happened]).toEqual([7, false])
  })

  test('passes for exactly as long as a sleep, and runs each entry on the way', async () => {
    const clock = new VirtualClock(0)
    const happened: number[] = []
    const again = (): void => {
      happened.push(clock.now())
      clock.after(400, again)
    }
    clock.after(400, again)
    await clock.sleep(3_600_001)
    expect(clock.now()).toBe(3_600_001)
    expect(happened).toHaveLength(9000)
  })

  test('stops when the last sleep ends', async () => {
    const clock = new VirtualClock(0)
    clock.after(5000, () => {})
    await Promise.all([clock.sleep(10), clock.sleep(30), clock.sleep(20)])
    await realMoment()
    expect(clock.now()).toBe(30)
  })

  test('waits for the code that it woke before it goes on', async () => {
    const clock = new VirtualClock(0)
    const seen: string[] = []
    const person = async (name: string, pause: number): Promise<void> => {
      for (let turn = 0; turn < 3; turn += 1) {
        await clock.sleep(pause)
        // Work between two waits takes no virtual time, however many turns it needs.
        await Promise.resolve()
        await new Promise<void>(done => process.nextTick(done))
        seen.push(`${name} ${clock.now()}`)
      }
    }
    await Promise.all([person('a', 10), person('b', 15)])
    expect(seen).toEqual(['a 10', 'b 15', 'a 20', 'b 30', 'a 30', 'b 45'])
  })

  test('is the same in each run, for any sleeps', async () => {
    const history = async (pauses: readonly number[]): Promise<readonly string[]> => {
      const clock = new VirtualClock(0)
      const seen: string[] = []
      await Promise.all(
        pauses.map(async (pause, name) => {
          for (let turn = 0; turn < 3; turn += 1) {
            await clock.sleep(pause)
            seen.push(`${name} at ${clock.now()}`)
          }
        }),
      )
      return seen
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }), async pauses => {
        const first = await history(pauses)
        expect(await history(pauses)).toEqual(first)
        const times = first.map(line => Number(line.split(' at ')[1]))
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }),
      { numRuns: 20 },
    )
  })
})

describe('a wait of code outside', () => {
  test('lasts until code inside calls done', async () => {
    const clock = new VirtualClock(0)
    const answer = await clock.wait<string>(done => void clock.after(250, () => done('here')))
    expect([answer, clock.now()]).toEqual(['here', 250])
  })

  test('ends once and ignores later calls', async () => {
    const clock = new VirtualClock(0)
    const answer = clock.wait<string>((done, fail) => {
      clock.after(1, () => done('first'))
      clock.after(2, () => fail(new Error('too late')))
    })
    await clock.sleep(5)
    expect(await answer).toBe('first')
  })

  test('rejects with the reason that code inside gives or throws', async () => {
    const clock = new VirtualClock(0)
    await expect(
      clock.wait((_, fail) => void clock.after(3, () => fail(new Error('reset')))),
    ).rejects.toThrow('reset')
    await expect(
      clock.wait(() => {
        throw new Error('no such port')
      }),
    ).rejects.toThrow('no such port')
    expect(clock.now()).toBe(3)
  })

  test('stays open and does not spin if nothing will ever end it', async () => {
    const clock = new VirtualClock(0)
    let over = false
    void clock.wait<void>(() => {}).then(() => void (over = true))
    await realMoment()
    expect([clock.now(), over]).toEqual([0, false])
    // Another wait still works.
    await clock.sleep(5)
    expect(clock.now()).toBe(5)
  })
})

describe('a sleep whose signal aborts', () => {
  test('rejects at once with the reason of the signal, and time stops', async () => {
    const clock = new VirtualClock(0)
    const control = new AbortController()
    const asleep = clock.sleep(1_000_000, control.signal)
    clock.after(50, () => control.abort(new Error('enough')))
    await expect(asleep).rejects.toThrow('enough')
    await realMoment()
    expect(clock.now()).toBe(50)
  })

  test('does not begin if the signal has already aborted', async () => {
    const clock = new VirtualClock(0)
    await expect(clock.sleep(10, AbortSignal.abort(new Error('too late')))).rejects.toThrow(
      'too late',
    )
    expect(clock.now()).toBe(0)
  })

  test('ignores a signal that aborts after its end', async () => {
    const clock = new VirtualClock(0)
    const control = new AbortController()
    await clock.sleep(10, control.signal)
    control.abort(new Error('too late'))
    await clock.sleep(10)
    expect(clock.now()).toBe(20)
  })
})

test('real timers get a turn, however long virtual time passes', async () => {
  const clock = new VirtualClock(0)
  const control = new AbortController()
  const again = (): void => void clock.after(1, again)
  again()
  // The lab never runs out of entries, so only a real timer can end this sleep.
  const timer = setTimeout(() => control.abort(new Error('the test’s own limit')), 20)
  await expect(clock.sleep(1e15, control.signal)).rejects.toThrow('the test’s own limit')
  clearTimeout(timer)
})

test('code outside may react to what it received before time goes on', async () => {
  const clock = new VirtualClock(0)
  const lines: string[] = []
  const handOut = (line: string): void => {
    setImmediate(() => lines.push(`${line} read at ${clock.now()}`))
    clock.handedOut()
  }
  clock.after(10, () => handOut('one'))
  clock.after(20, () => handOut('two'))
  await clock.sleep(30)
  expect(lines).toEqual(['one read at 10', 'two read at 20'])
})

test('a world that has ended runs no more entries', async () => {
  const clock = new VirtualClock(0)
  let beats = 0
  const beat = (): void =>
    void clock.after(1_000, () => {
      beats += 1
      beat()
    })
  beat()
  void clock.wait(() => {})
  await clock.sleep(5_000)
  clock.end()
  const before = beats
  await new Promise(done => setTimeout(done, 5))
  expect(beats).toBe(before)
})
