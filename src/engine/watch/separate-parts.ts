// Asks the parts of a signal as often as the clock allows, and judges each part alone.
import { observe } from '#src/engine/evaluate/observe.ts'
import { answersOf } from '#src/model/index.ts'
import { flakeFilter } from './flake-filter.ts'
import { pollAtRate } from './poll-at-rate.ts'
import type { Watcher } from './joint-signals.ts'
import { sampleKind, type SeparatePart } from './signals.ts'

/** Asks all parts of one signal until the watch ends. */
export async function askParts(
  parts: readonly SeparatePart[],
  { runtime, policy, over, pace, take }: Watcher,
): Promise<void> {
  const { clock } = runtime
  const questions = parts.map(({ part }) => part.question)
  const believed = parts.map(about => ({
    about,
    believe: flakeFilter(clock, about.state, sample => take(about, sample)),
  }))
  await pollAtRate(clock, {
    signal: over,
    pace: () => pace.slowed(clock.closest),
    ask: () => observe(questions, runtime, policy),
    onAnswer(snapshot, after, came) {
      const answers = answersOf(snapshot)
      for (const { about, believe } of believed) {
        const kind = sampleKind(() => about.part.good(answers))
        if (kind === 'absent') continue
        // At the full pace, to learn soon whether the failure lasts.
        if (kind === 'bad') pace.startle(about.description)
        // Its own time: another part may hang.
        const by = snapshot.answers[about.part.question.key]?.at ?? came
        believe({ kind, after, by, overlaps: true })
      }
    },
  })
}
