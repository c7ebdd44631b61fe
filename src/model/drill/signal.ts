// Signals: checks that run during a drill, each feeding one milestone of its recovery.
import type { Policy } from '#src/model/policy/policy.ts'
import type { Question, Answers } from '#src/model/question.ts'
import type { Duration } from '#src/model/units.ts'
import type { Drill } from './drill.ts'
import type { MilestoneName } from './milestone.ts'

/** A check that runs continuously during a drill and feeds one milestone. */
export type Signal = TogetherSignal | CloseSignal

/** Judges the answers to all of its questions together. */
export interface TogetherSignal {
  readonly milestone: MilestoneName
  /** How often it asks the questions that cannot be followed. */
  readonly every: Duration
  observe(policy: Policy, drill: Drill): readonly Question<unknown>[]
  /**
   * Whether it is good. Throws Unanswered for neither good nor bad. A signal to which silence is
   * bad returns false for it.
   */
  good(answers: Answers, policy: Policy, drill: Drill): boolean
  /**
   * A text that differs if something disappeared and returned during a gap. Absent: anything that
   * was present before and after a gap may have been absent in it.
   */
  changeFingerprint?(answers: Answers, policy: Policy, drill: Drill): string
}

/**
 * Asks as often as the clock of the runtime allows, without waiting for the previous answer. It
 * judges each part by itself, and is good while all of them are.
 */
export interface CloseSignal {
  readonly milestone: MilestoneName
  readonly every: 'closely'
  parts(policy: Policy, drill: Drill): readonly SignalPart[]
}
export interface SignalPart {
  /** The name of the part, e.g. of a service. */
  label: string
  question: Question<unknown>
  good(answers: Answers): boolean
}

/** All questions of a signal. */
export const questionsOfSignal = (
  signal: Signal,
  policy: Policy,
  drill: Drill,
): readonly Question<unknown>[] =>
  signal.every === 'closely'
    ? signal.parts(policy, drill).map(({ question }) => question)
    : signal.observe(policy, drill)
