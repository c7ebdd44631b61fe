// Watching a recovery: each signal is asked by itself and often, and its last way from bad to good becomes a mark.
import { Unanswered, ms, seeing, type Drill, type Mark, type MarkName, type Policy, type Reach, type Signal } from '../words/index.ts'
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
  /** Signals that are not well now. */
  bad(): readonly MarkName[]
  /** Ends all asking. Resolves when the last question is answered. */
  stop(): Promise<void>
}

/** Starts to watch. `changed` is told when a signal goes bad or comes back. */
export function watch(
  signals: readonly Signal[],
  { reach, policy, drill, changed }: { reach: Reach; policy: Policy; drill: Drill; changed(says: string): void },
): Watching {
  const over = new AbortController()
  const tracks = new Map<MarkName, Track>(signals.map(signal => [signal.mark, { good: undefined, lastBad: undefined, mark: undefined }]))

  async function follow(signal: Signal, track: Track): Promise<void> {
    while (!over.signal.aborted) {
      const began = reach.clock.now()
      const snapshot = await observe(signal.observe(policy, drill), reach, policy)
      const now = reach.clock.now()
      const good = isGood(signal, seeing(snapshot), policy, drill)
      if (good && track.good === false) {
        // It was bad when it was last asked, and it can have come back at any time since that question was sent.
        track.mark = { after: track.lastBad ?? began, by: now }
        changed(`back: ${signal.mark}`)
      }
      if (!good) {
        if (track.good !== false) changed(`lost: ${signal.mark}`)
        track.mark = undefined
        track.lastBad = began
      }
      track.good = good
      await reach.clock.sleep(Math.max(0, ms(signal.every) - (now - began)), over.signal).catch(() => {})
    }
  }

  const running = signals.map(signal => follow(signal, tracks.get(signal.mark)!))
  return {
    marks: () => [...tracks].flatMap(([mark, track]) => (track.mark === undefined ? [] : [{ mark, ...track.mark }])),
    bad: () => [...tracks].flatMap(([mark, track]) => (track.good === false ? [mark] : [])),
    async stop() {
      over.abort(new Error('the drill is over'))
      await Promise.all(running)
    },
  }
}

function isGood(signal: Signal, see: ReturnType<typeof seeing>, policy: Policy, drill: Drill): boolean {
  try {
    return signal.good(see, policy, drill)
  } catch (error) {
    if (error instanceof Unanswered) return false
    throw error
  }
}
