// The result of a drill: its outcome with the cause, and everything that its report shows.
import type { Duration } from '#src/model/units.ts'
import type { UnknownCause } from '#src/model/verdict.ts'
import type { AbortCause, InapplicableCause, NotHealedCause, RefusalCause } from './cause.ts'
import type { DrillDefinition } from './drill.ts'
import type { LogEntry } from './event.ts'
import type { Milestone, MilestoneName } from './milestone.ts'

export type Outcome =
  | { kind: 'healed-by-itself' }
  | { kind: 'healed-by-fixes'; fixes: readonly string[] }
  | { kind: 'not-healed'; cause: NotHealedCause }
  /** Nothing was injected: a guard refused, or the steady state does not hold. */
  | { kind: 'refused'; cause: RefusalCause }
  | { kind: 'not-applicable'; cause: InapplicableCause }
  | { kind: 'aborted'; cause: AbortCause }

/** A broken budget or an unmet expectation. Times are ms after the injection. */
export type Miss =
  /** The drill was refused, was aborted or did not heal. Its outcome has the cause. */
  | { kind: 'outcome' }
  | { kind: 'over-budget'; milestone: MilestoneName; after: number; budget: Duration }
  | { kind: 'never-came'; milestone: MilestoneName; budget: Duration }
  | { kind: 'unnoticed'; invariant: string }
  | { kind: 'noticed-late'; invariant: string; within: Duration }
  | { kind: 'unexpected-fix'; fix: string }
  /** It held before the drill and does not hold after the undo. */
  | { kind: 'not-restored'; invariant: string; subject: string }

/** A limit that a drill cannot judge because of a gap. Times are ms after the injection. */
interface UncertainTime {
  after: number
  by: number
  unobserved: number
  budget: Duration
}

/** What a drill cannot judge because something went unobserved. */
export type Uncertainty =
  | ({ kind: 'milestone'; milestone: MilestoneName } & UncertainTime)
  | ({ kind: 'noticing'; invariant: string } & UncertainTime)
  /** A signal that was still unobserved at the end. `since`: ms after the injection. */
  | { kind: 'unobserved'; milestone: MilestoneName; since: number; budget: Duration }
  | { kind: 'verdict'; invariant: string; subject: string; cause: UnknownCause }

/** A fault that holdfast could not undo, with the command that a person types instead. */
export interface LeftBehind {
  description: string
  manualUndo: string
}

export interface DrillResult {
  drill: string
  clauses: readonly string[]
  title: string
  /** What users lived through, and the document that describes it. */
  incident: DrillDefinition['incident']
  startedAt: number
  endedAt: number
  faults: readonly string[]
  /** Faults that began and did not complete: the API refused a request, or a stop came. */
  halfway?: readonly string[]
  outcome: Outcome
  milestones: readonly Milestone[]
  /** The drill passed if there are none and nothing is unknown. */
  misses: readonly Miss[]
  unknown: readonly Uncertainty[]
  budgets: Partial<Record<MilestoneName, Duration>>
  timeline: readonly LogEntry[]
  leftBehind: readonly LeftBehind[]
}
