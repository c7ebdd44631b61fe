// A guard: a check that can refuse a drill before the first write.
import type { BoundFault } from '#src/model/fault.ts'
import type { Fix } from '#src/model/fix.ts'
import type { GuardName } from './guard-name.ts'
import type { ActiveRun, Objection } from './objection.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import type { Question, Answers } from '#src/model/question.ts'
import type { Runtime } from '#src/model/runtime.ts'
import type { Judgement } from '#src/model/verdict.ts'

/** Everything that a drill is about to do, and the facts about its own process that guards need. */
export interface Attempt {
  readonly setup: readonly BoundFault[]
  readonly faults: readonly BoundFault[]
  /** Fixes that may act. */
  readonly fixes: readonly Fix[]
  /** The drill's steady state in this evaluation. */
  readonly steady: readonly Judgement[]
  readonly target: Runtime['target']
  readonly lacks: Runtime['lacks']
  /** Another drill or heal of this cluster. Undefined: there is none. */
  readonly active: ActiveRun | undefined
  /** Free bytes on the disk for reports. Undefined: nobody writes any. */
  readonly freeBytes: number | undefined
  /** The node on which holdfast itself runs. Undefined: it runs outside the cluster. */
  readonly ownNode: string | undefined
}

export interface Guard {
  readonly name: GuardName
  /** Completes “refused where …”. */
  readonly description: string
  readonly why: string
  observe(attempt: Attempt, policy: Policy): readonly Question<unknown>[]
  /**
   * Pure. May throw Unanswered: a guard without its answers refuses, and one whose question does
   * not apply here has no objections.
   */
  judge(attempt: Attempt, answers: Answers, policy: Policy): readonly Objection[]
}

export type GuardVerdict = { readonly guard: GuardName; readonly description: string } & (
  | { readonly kind: 'holds' }
  /** It concerns something that this target or this drill does not have. */
  | { readonly kind: 'not-applicable'; readonly why: string }
  /** It objects, and all of its objections are allowed. */
  | {
      readonly kind: 'allowed'
      readonly objections: readonly Objection[]
      readonly by: readonly string[]
    }
  | { readonly kind: 'refuses'; readonly objections: readonly Objection[]; readonly remedy: string }
)
