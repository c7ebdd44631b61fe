// A guard: what may stand in the way of a drill, judged on one look before anything is written.
import type { BoundFault } from '#src/model/fault.ts'
import type { Fix } from '#src/model/fix.ts'
import type { GuardName } from './guard-name.ts'
import type { ActiveRun, Objection } from './objection.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import type { Question, Answers } from '#src/model/question.ts'
import type { Runtime } from '#src/model/runtime.ts'
import type { Judgement } from '#src/model/verdict.ts'

/** Everything that a drill is about to do, and what the process that does it knows of itself. */
export interface Attempt {
  readonly setup: readonly BoundFault[]
  readonly faults: readonly BoundFault[]
  /** Fixes that may act. */
  readonly fixes: readonly Fix[]
  /** What the drill needs to hold, as this look shows it. */
  readonly steady: readonly Judgement[]
  readonly target: Runtime['target']
  readonly lacks: Runtime['lacks']
  /** Another drill or heal of this cluster; undefined: there is none. */
  readonly active: ActiveRun | undefined
  /** Bytes left where reports are written; undefined where nobody writes any. */
  readonly freeBytes: number | undefined
  /** The node that holdfast itself runs on, where it runs in the cluster. */
  readonly ownNode: string | undefined
}

export interface Guard {
  readonly name: GuardName
  /** Completes “refused where …”. */
  readonly description: string
  readonly why: string
  observe(attempt: Attempt, policy: Policy): readonly Question<unknown>[]
  /**
   * Pure. May throw Unanswered: what cannot be seen refuses, what is not there has nothing against
   * it.
   */
  judge(attempt: Attempt, answers: Answers, policy: Policy): readonly Objection[]
}

export type GuardVerdict = { readonly guard: GuardName; readonly description: string } & (
  | { readonly kind: 'holds' }
  /** Asked about something that this target or this drill does not have. */
  | { readonly kind: 'not-applicable'; readonly why: string }
  /** It has something against it, and all of it is let through. */
  | {
      readonly kind: 'allowed'
      readonly objections: readonly Objection[]
      readonly by: readonly string[]
    }
  | { readonly kind: 'refuses'; readonly objections: readonly Objection[]; readonly remedy: string }
)
