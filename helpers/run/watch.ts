// Watching a recovery: each signal is asked by itself and often, and its last way from bad to good becomes a mark.
import { ms, seeing, type Drill, type Duration, type Mark, type MarkName, type Policy, type Question, type Reach, type Signal } from '../words/index.ts'
import { observe } from './observe.ts'

/** What a signal has been like since the injection. */
interface Track {
  good: boolean | undefined
  /** The last look at which it was bad. */
  lastBad: number | undefined
  mark: { after: number; by: number } | undefined
}

export interface Watching {
  /** Marks of the signals that went bad and came back; those that are bad now have none. */
  marks(): readonly Mark[]
  /** Aborts when the next signal is lost. */
  nextLoss(): AbortSignal
  /** Signals that are not well now. */
  bad(): readonly MarkName[]
  /** Ends all asking. Resolves when the last question is answered. */
  stop(): Promise<void>
}

/** After this long without anything bad, ms, signals are asked this many times less often. What goes bad then is followed at the full pace at once. */
const calmAfter = 10_000
const calmer = 4

const shared = (questions: readonly Question<unknown>[]): readonly Question<unknown>[] => [...new Map(questions.map(question => [question.key, question])).values()]

/** Starts to watch. `changed` is told when a signal goes bad or comes back. */
export function watch(
  signals: readonly Signal[],
  { reach, policy, drill, changed }: { reach: Reach; policy: Policy; drill: Drill; changed(says: string): void },
): Watching {
  const over = new AbortController()
  let loss = new AbortController()
  let lastStir = reach.clock.now()
  const tracks = new Map<MarkName, Track>(signals.map(signal => [signal.mark, { good: undefined, lastBad: undefined, mark: undefined }]))

  /** Everything has been well for a while: nothing is about to be marked. */
  const isCalm = (now: number): boolean => now - lastStir > calmAfter && [...tracks.values()].every(track => track.good === true)

  /** Signals with the same rhythm look together: what they share is asked once. */
  async function follow(group: readonly Signal[], every: Duration): Promise<void> {
    while (!over.signal.aborted) {
      const began = reach.clock.now()
      const snapshot = await observe(shared(group.flatMap(signal => signal.observe(policy, drill))), reach, policy)
      const now = reach.clock.now()
      for (const signal of group) note(signal, tracks.get(signal.mark)!, isGood(signal, seeing(snapshot), policy, drill), { began, now })
      await reach.clock.sleep(Math.max(0, ms(every) * (isCalm(now) ? calmer : 1) - (now - began)), over.signal).catch(() => {})
    }
  }

  function note(signal: Signal, track: Track, good: boolean, { began, now }: { began: number; now: number }): void {
    if (!good) lastStir = now
    if (good && track.good === false) {
      // It was bad when it was last asked, and it can have come back at any time since that question was sent.
      track.mark = { after: track.lastBad ?? began, by: now }
      changed(`back: ${signal.mark}`)
    }
    if (!good) {
      if (track.good !== false) {
        changed(`lost: ${signal.mark}`)
        loss.abort(new Error(`${signal.mark} is lost`))
        loss = new AbortController()
      }
      track.mark = undefined
      track.lastBad = began
    }
    track.good = good
  }

  const running = [...Map.groupBy(signals, signal => signal.every)].map(([every, group]) => follow(group, every))
  return {
    marks: () => [...tracks].flatMap(([mark, track]) => (track.mark === undefined ? [] : [{ mark, ...track.mark }])),
    nextLoss: () => loss.signal,
    bad: () => [...tracks].flatMap(([mark, track]) => (track.good === false ? [mark] : [])),
    async stop() {
      over.abort(new Error('the drill is over'))
      await Promise.all(running)
    },
  }
}

/** Not well is also what cannot be seen, and what its own signal fails on: a watch must outlive both. */
function isGood(signal: Signal, see: ReturnType<typeof seeing>, policy: Policy, drill: Drill): boolean {
  try {
    return signal.good(see, policy, drill)
  } catch {
    return false
  }
}
