// The signals of a drill while they are watched: the state of each one, or of each of its parts,
// and a summary of all.
import {
  Unanswered,
  type Drill,
  type Milestone,
  type MilestoneName,
  type Policy,
  type Question,
  type Signal,
  type SignalPart,
  type TogetherSignal,
} from '#src/model/index.ts'
import { lastOf, newSignalState, type SignalState } from './signal-state.ts'

/** A signal, or a part of a signal that has its own verdict. */
export interface Watched {
  milestone: MilestoneName
  /** For people. */
  description: string
  state: SignalState
}

export interface JointSignal extends Watched {
  signal: TogetherSignal
  questions: readonly Question<unknown>[]
  /** Watch gaps that were reported so far. */
  gaps: number
  /** When it was last reported as unobserved, ms since the epoch. */
  blindAt: number
}

export interface SeparatePart extends Watched {
  part: SignalPart
}

/** Signals that are judged by all of their questions together. */
export const jointSignals = (
  signals: readonly Signal[],
  policy: Policy,
  drill: Drill,
  now: number,
): readonly JointSignal[] =>
  signals.flatMap(signal =>
    signal.every === 'closely'
      ? []
      : [
          {
            signal,
            milestone: signal.milestone,
            description: signal.milestone,
            state: newSignalState(now),
            questions: signal.observe(policy, drill),
            gaps: 0,
            blindAt: now,
          },
        ],
  )

/** Parts of signals that are judged one by one. */
export const separateParts = (
  signals: readonly Signal[],
  policy: Policy,
  drill: Drill,
  now: number,
): readonly SeparatePart[] =>
  signals.flatMap(signal =>
    signal.every === 'closely'
      ? signal.parts(policy, drill).map(part => ({
          part,
          milestone: signal.milestone,
          description: `${signal.milestone}, ${part.label}`,
          state: newSignalState(now),
        }))
      : [],
  )

/** The state of all signals. A signal is bad or unobserved while any of its parts is. */
export function signalSummary(watched: readonly Watched[]) {
  const byMilestone = [...Map.groupBy(watched, ({ milestone }) => milestone)]
  const isBad = (parts: readonly Watched[]): boolean =>
    parts.some(({ state }) => state.known() === 'bad')
  return {
    milestones: (): readonly Milestone[] =>
      byMilestone.flatMap(([milestone, parts]) => {
        const found = isBad(parts)
          ? undefined
          : lastOf(parts.flatMap(({ state }) => state.milestone() ?? []))
        return found === undefined ? [] : [{ milestone, ...found }]
      }),
    bad: (): readonly MilestoneName[] =>
      byMilestone.flatMap(([milestone, parts]) => (isBad(parts) ? [milestone] : [])),
    unseen: (): readonly { milestone: MilestoneName; since: number }[] =>
      byMilestone.flatMap(([milestone, parts]) => {
        const since = Math.min(...parts.map(({ state }) => state.unseenSince() ?? Infinity))
        return since === Infinity ? [] : [{ milestone, since }]
      }),
  }
}

/** The verdict of a signal's own function. An error counts as unobserved: the watch goes on. */
export function sampleKind(good: () => boolean): 'good' | 'bad' | 'unseen' | 'absent' {
  try {
    return good() ? 'good' : 'bad'
  } catch (error) {
    return error instanceof Unanswered && error.verdict.kind === 'not-applicable'
      ? 'absent'
      : 'unseen'
  }
}
