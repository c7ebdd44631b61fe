// Asks at a fixed rate, without waiting for the answer before. Answers are delivered in the order
// of their questions.
import type { Clock } from '#src/model/index.ts'

/**
 * Questions that may be open at once: at the fastest rate, as many as wait for a hung service.
 * @source src/targets/live/clock.ts, closest 40 ms;
 * helpers/kubernetes/signals.ts, patience 2 s
 */
const atOnce = 50

/**
 * Asks every `pace()` ms until the signal aborts, even while a question hangs. `onAnswer` receives
 * the answers in the order of their questions. Resolves after the last answer.
 */
export async function pollAtRate<T>(
  clock: Clock,
  {
    pace,
    ask,
    onAnswer,
    signal,
  }: {
    pace(): number
    ask(): Promise<T>
    onAnswer(answer: T, sent: number, came: number): void
    signal: AbortSignal
  },
): Promise<void> {
  const waiting: { sent: number; answer?: { value: T; came: number } }[] = []
  const under = new Set<Promise<void>>()

  async function one(): Promise<void> {
    const place: (typeof waiting)[number] = { sent: clock.now() }
    waiting.push(place)
    place.answer = { value: await ask(), came: clock.now() }
    for (let first = waiting[0]; first?.answer !== undefined; first = waiting[0]) {
      waiting.shift()
      onAnswer(first.answer.value, first.sent, first.answer.came)
    }
  }

  while (!signal.aborted) {
    if (under.size < atOnce) {
      const asking = one().finally(() => under.delete(asking))
      under.add(asking)
    }
    await clock.sleep(pace(), signal).catch(() => {})
  }
  await Promise.all(under)
}
