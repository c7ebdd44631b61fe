// The timeline of a drill: everything that can happen in it, with its time and its phase.
import type { GuardVerdict } from '#src/model/guards/guard.ts'
import type { Chosen } from '#src/model/guards/subject.ts'
import type { Duration } from '#src/model/units.ts'
import type { AbortCause } from './cause.ts'

/** Objections of a guard that a person or the policy allows. */
export type GuardAllowance = Pick<GuardVerdict & { kind: 'allowed' }, 'guard' | 'objections' | 'by'>

/** The events of healing. */
export type HealEvent =
  | { kind: 'fix-held'; fix: string; reason: string }
  | { kind: 'fix-confirming'; fix: string; looks: number; every: Duration }
  | { kind: 'fix-acts'; fix: string; command: string }
  | { kind: 'fix-failed'; fix: string; error: string }
  /** `stopped`: a stop came before it was known whether the fix helped. */
  | { kind: 'fix-ended'; fix: string; result: 'helped' | 'did-not-help' | 'stopped' }
  | { kind: 'fix-not-needed'; fix: string }

/** A change of a signal. */
export type SignalChange =
  | { kind: 'lost' | 'back' | 'unobserved' }
  | { kind: 'observed-again'; unobserved: number }

/** Everything that can happen in a drill. */
export type DrillEvent =
  | HealEvent
  /** Of the process around the drill: locks, leases, the copy of the journal. */
  | { kind: 'note'; text: string }
  | ({ kind: 'guard-allowed' } & GuardAllowance)
  | { kind: 'steady-state'; holds: boolean }
  /** The node that the drill affects. */
  | ({ kind: 'chosen' } & Chosen)
  /** A fault is prepared or injected, depending on the phase. */
  | { kind: 'fault'; description: string }
  | { kind: 'noticed'; invariant: string }
  | { kind: 'signal'; signal: string; change: SignalChange }
  | { kind: 'aborted'; cause: AbortCause }
  | { kind: 'undone'; description: string }
  | { kind: 'not-undone'; description: string; error: string }

export const phases = ['prepare', 'inject', 'watch', 'heal', 'judge', 'undo', 'report'] as const
export type Phase = (typeof phases)[number]

/** One line of a timeline. */
export interface LogEntry {
  /** ms since the epoch. */
  at: number
  phase: Phase
  event: DrillEvent
}
