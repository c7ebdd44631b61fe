// Why a drill did not recover, was refused, ended early or does not apply.
import type { GuardVerdict } from '#src/model/guards/guard.ts'
import type { Duration } from '#src/model/units.ts'
import type { Judgement } from '#src/model/verdict.ts'

/** Why a drill did not recover. */
export type NotHealedCause =
  /** All invariants held in the end, but not for the whole stability window. */
  | { kind: 'unstable'; stability: Duration }
  | { kind: 'still-failing'; judgements: readonly Judgement[] }

/** A guard's refusal, with its remedy. */
export type GuardRefusal = Pick<
  GuardVerdict & { kind: 'refuses' },
  'guard' | 'objections' | 'remedy'
>

/** Why nothing was injected. */
export type RefusalCause =
  | { kind: 'guards'; refusals: readonly GuardRefusal[] }
  /** After the drill was set up. */
  | { kind: 'steady-state'; judgements: readonly Judgement[] }

/** Why a drill ended early. */
export type AbortCause =
  | { kind: 'stopped-early' }
  /** A person or a signal stopped it, or the lock was lost. */
  | { kind: 'stopped'; reason: string }
  /** An invariant of `always` did not hold. */
  | { kind: 'must-hold'; judgement: Judgement }
  | { kind: 'failed'; error: string }

/** Why a drill does not apply to the target. */
export type InapplicableCause =
  | { kind: 'nothing-to-drill' }
  | { kind: 'lacking'; capability: string; reason: string }
