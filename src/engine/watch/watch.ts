// Watches the signals of a recovery. The last change of each signal from bad to good becomes a
// milestone.
import {
  ms,
  type Drill,
  type Milestone,
  type MilestoneName,
  type Policy,
  type Runtime,
  type Signal,
  type SignalChange,
} from '#src/model/index.ts'
import { newRepeatedEvent } from './repeated-event.ts'
import { newLatestAnswers } from './latest-answers.ts'
import { newPace } from './pace.ts'
import { askParts } from './separate-parts.ts'
import type { Sample } from './signal-state.ts'
import { askTogether, distinctQuestions, followQuestion, type Watcher } from './joint-signals.ts'
import {
  separateParts,
  signalSummary,
  jointSignals,
  type SeparatePart,
  type JointSignal,
  type Watched,
} from './signals.ts'

export interface Watching {
  /** Milestones of the signals that were lost and are back. A bad signal has none. */
  milestones(): readonly Milestone[]
  /** Aborts when the next signal is lost. */
  nextLoss(): AbortSignal
  /** Aborts when the next signal is good again, with all of its parts. */
  nextReturn(): AbortSignal
  /** Signals that are bad, as far as they are observed. */
  bad(): readonly MilestoneName[]
  /** Signals that are unobserved, and since when. */
  unseen(): readonly { milestone: MilestoneName; since: number }[]
  /** Ends the watch. Resolves when the last question is answered. */
  stop(): Promise<void>
}

export interface WatchContext {
  runtime: Runtime
  policy: Policy
  drill: Drill
  /** Receives every change of a signal. */
  changed(signal: string, change: SignalChange): void
}

/** Starts to watch the signals of a drill. */
export function watch(
  signals: readonly Signal[],
  { runtime, policy, drill, changed }: WatchContext,
): Watching {
  const over = new AbortController()
  const [loss, comeback] = [newRepeatedEvent(), newRepeatedEvent()]
  const began = runtime.clock.now()
  const together = jointSignals(signals, policy, drill, began)
  const apart = separateParts(signals, policy, drill, began)
  const watched: readonly Watched[] = [...together, ...apart]
  const all = signalSummary(watched)
  const pace = newPace(runtime.clock, watched)

  function take({ milestone, description, state }: Watched, sample: Sample): void {
    if (sample.kind !== 'good') pace.startle(description)
    for (const change of state.note(sample)) {
      changed(description, change)
      if (change.kind === 'lost') loss.raise(`${description} is lost`)
      else if (change.kind === 'back' && !all.bad().includes(milestone))
        comeback.raise(`${milestone} is back`)
    }
  }

  const latest = newLatestAnswers()
  const watcher = { runtime, policy, drill, over: over.signal, pace, latest, take }
  const running = start(together, apart, watcher)
  return {
    ...all,
    nextLoss: loss.next,
    nextReturn: comeback.next,
    async stop() {
      over.abort(new Error('the drill is over'))
      await Promise.all(running)
    },
  }
}

/** Starts to ask and to follow. Everything ends with the watch. */
function start(
  together: readonly JointSignal[],
  apart: readonly SeparatePart[],
  watcher: Watcher,
): readonly Promise<void>[] {
  const byRhythm = [...Map.groupBy(together, ({ signal }) => signal.every)]
  const bySignal = [...Map.groupBy(apart, ({ milestone }) => milestone).values()]
  const followed = distinctQuestions(together.flatMap(({ questions }) => questions)).filter(
    ({ follow }) => follow !== undefined,
  )
  return [
    ...byRhythm.map(([every, group]) => askTogether(group, ms(every), watcher)),
    ...bySignal.map(parts => askParts(parts, watcher)),
    ...followed.map(question => followQuestion(question, together, watcher)),
  ]
}
