// The signals of a drill while they are watched: each, or each part of it, with its track, and what
// all of them say together.
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

/** A signal, or a part of one that is judged by itself. */
export interface Watched {
  milestone: MilestoneName
  /** For people. */
  description: string
  state: SignalState
}

export interface JointSignal extends Watched {
  signal: TogetherSignal
  questions: readonly Question<unknown>[]
  /** How often something may have gone unseen, as far as that was told. */
  gaps: number
  /** When it was told last that nobody can see it. */
  blindAt: number
}

export interface SeparatePart extends Watched {
  part: SignalPart
}

/** Signals whose questions are judged together, from now on. */
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

/** Parts of signals that are judged by themselves, from now on. */
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

/**
 * How the signals stand now: one is bad, or unseen, while any of its parts is, and came back with
 * the last of them.
 */
export function signalSummary(watched: readonly Watched[]) {
  const byMark = [...Map.groupBy(watched, ({ milestone }) => milestone)]
  const isBad = (parts: readonly Watched[]): boolean =>
    parts.some(({ state }) => state.known() === 'bad')
  return {
    milestones: (): readonly Milestone[] =>
      byMark.flatMap(([milestone, parts]) => {
        const found = isBad(parts)
          ? undefined
          : lastOf(parts.flatMap(({ state }) => state.milestone() ?? []))
        return found === undefined ? [] : [{ milestone, ...found }]
      }),
    bad: (): readonly MilestoneName[] =>
      byMark.flatMap(([milestone, parts]) => (isBad(parts) ? [milestone] : [])),
    unseen: (): readonly { milestone: MilestoneName; since: number }[] =>
      byMark.flatMap(([milestone, parts]) => {
        const since = Math.min(...parts.map(({ state }) => state.unseenSince() ?? Infinity))
        return since === Infinity ? [] : [{ milestone, since }]
      }),
  }
}

/**
 * What a signal's own judgement says. One that fails has seen nothing: a watch must outlive that,
 * too.
 */
export function sampleKind(good: () => boolean): 'good' | 'bad' | 'unseen' | 'absent' {
  try {
    return good() ? 'good' : 'bad'
  } catch (error) {
    return error instanceof Unanswered && error.verdict.kind === 'not-applicable'
      ? 'absent'
      : 'unseen'
  }
}
