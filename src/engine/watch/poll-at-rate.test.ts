// Questions that do not wait for each other, and the marks of a service that hangs, refuses and
// comes back.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { pollAtRate } from './poll-at-rate.ts'
import { newSignalState } from './signal-state.ts'

/** Between questions, ms. */
const pace = 40
/** How long a question waits for its answer, ms. */
const patience = 2_000

type State = 'up' | 'refusing' | 'hanging'

/**
 * A service that changes its state at given times and answers within a few ms; what came while it
 * hung it answers when it is back.
 */
function service(
  clock: VirtualClock,
  changes: readonly (readonly [at: number, state: State])[],
  latency: () => number,
) {
  const stateAt = (now: number): State => changes.findLast(([at]) => at <= now)?.[1] ?? 'up'
  return async (): Promise<boolean> => {
    const sent = clock.now()
    const took = latency()
    while (stateAt(clock.now()) === 'hanging') {
      const next = Math.min(
        sent + patience,
        changes.find(([at]) => at > clock.now())?.[0] ?? Infinity,
      )
      await clock.sleep(next - clock.now())
      if (clock.now() >= sent + patience) return false
    }
    await clock.sleep(took)
    return stateAt(clock.now()) === 'up'
  }
}

async function watched(
  changes: readonly (readonly [number, State])[],
  latency: () => number,
  until: number,
) {
  const clock = new VirtualClock(0)
  const over = new AbortController()
  const track = newSignalState(0)
  const order: number[] = []
  let asked = 0
  let under = 0
  let most = 0
  const answer = service(clock, changes, latency)
  const asking = pollAtRate(clock, {
    signal: over.signal,
    pace: () => pace,
    async ask() {
      asked += 1
      most = Math.max(most, ++under)
      try {
        return await answer()
      } finally {
        under -= 1
      }
    },
    onAnswer(good, after, by) {
      order.push(after)
      track.note({ kind: good ? 'good' : 'bad', after, by, overlaps: true })
    },
  })
  await clock.sleep(until)
  over.abort()
  await asking
  return { milestone: track.milestone(), known: track.known(), order, asked, most }
}

const quick = () => 4

describe('a service that is asked closely', () => {
  test.for<[State]>([['refusing'], ['hanging']])(
    'that was %s has a milestone of a tenth of a second',
    async ([state]) => {
      const { milestone } = await watched(
        [
          [1_000, state],
          [7_123, 'up'],
        ],
        quick,
        12_000,
      )
      if (milestone === undefined) throw new Error('no mark')
      expect([
        milestone.after <= 7_123,
        7_123 <= milestone.by,
        milestone.by - milestone.after <= 100,
      ]).toEqual([true, true, true])
    },
  )

  test('is asked on while it hangs, and by no more questions than wait for it', async () => {
    const { asked, most, known } = await watched([[1_000, 'hanging']], quick, 9_000)
    expect({ asked, known }).toEqual({ asked: 225, known: 'bad' })
    expect(most).toBe(50)
  })

  test('that is slow after its return: the milestone ends with its first answer', async () => {
    const { milestone } = await watched(
      [
        [1_000, 'refusing'],
        [7_123, 'up'],
      ],
      () => 300,
      12_000,
    )
    if (milestone === undefined) throw new Error('no mark')
    expect([
      milestone.after <= 7_123,
      milestone.by >= 7_123,
      milestone.by - milestone.after,
    ]).toEqual([true, true, 340])
  })

  test('answers are delivered in the order of their questions', async () => {
    const { order, asked } = await watched(
      [
        [500, 'hanging'],
        [900, 'up'],
      ],
      quick,
      3_000,
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order).toHaveLength(asked)
  })

  test('any outages: the milestone holds the last return, as narrow as the pace', async () => {
    const outage = fc.tuple(
      fc.integer({ min: 200, max: 4_000 }),
      fc.integer({ min: 200, max: 4_000 }),
      fc.constantFrom<State>('refusing', 'hanging'),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(outage, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 15 })),
        async (outages, jitter) => {
          const changes: [number, State][] = []
          let at = 0
          for (const [pause, length, state] of outages) {
            changes.push([at + pause, state], [at + pause + length, 'up'])
            at += pause + length
          }
          const { milestone, known } = await watched(
            changes,
            () => jitter.next().value ?? 1,
            at + 4_000,
          )
          const [state, length] = [outages.at(-1)![2], outages.at(-1)![1]]
          expect(known).toBe('good')
          // Whoever waits patiently through a short hang has got an answer, and the first question
          // may come a pace after its start.
          if (state === 'hanging' && length < patience + pace) return
          if (milestone === undefined) throw new Error('no mark')
          expect([
            milestone.after <= at,
            at <= milestone.by,
            milestone.by - milestone.after <= 100,
          ]).toEqual([true, true, true])
        },
      ),
      { numRuns: 50 },
    )
  })
})
