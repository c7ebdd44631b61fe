// A drill: one incident that its users lived through, as steady state, fault, expected detection,
// healer and budgets.
import type { BoundFault } from './fault.ts'
import type { Invariant } from './invariant.ts'
import type { Policy } from './policy.ts'
import type { Question, Answers } from './question.ts'
import type { Duration } from './units.ts'

/** The marks of a recovery, in the order in which they usually come. */
export const milestones = [
  'injected',
  'detected',
  'api back',
  'nodes ready',
  'pods ready',
  'endpoints ready',
  'service answering',
  'recovered',
  'undone',
] as const
export type MilestoneName = (typeof milestones)[number]

export interface DrillDefinition {
  /** Kebab case, what a person would say; unique. */
  readonly name: string
  readonly title: string
  /** The incident and the document that tells of it. */
  readonly incident: { readonly story: string; readonly source: string }
  /** Faults that build the stage (undone at the end), before the steady state is looked at. */
  setup?(policy: Policy): readonly BoundFault[]
  /** What must hold before anything is injected. */
  readonly steadyState: readonly Invariant[]
  /**
   * What must hold all the time: broken, the drill is called off and undone at once, and counts as
   * aborted.
   */
  readonly always?: readonly Invariant[]
  faults(policy: Policy): readonly BoundFault[]
  /** Which invariants must notice, and how soon after the injection. */
  readonly breaks: readonly { readonly invariant: Invariant; readonly within: Duration }[]
  /** Who is on trial. `cluster`: nobody helps. `holdfast`: heal is allowed to work. */
  readonly healer: 'cluster' | 'holdfast'
  /** The fixes that are expected to act, by name; empty where the cluster heals itself. */
  readonly expects: readonly string[]
  /** Which mapped ports stand for “the service”, by port name; all of the policy's when absent. */
  services?(policy: Policy): readonly string[]
  /**
   * Longest time from the injection to each mark. `recovered` is required. @source policy.budgets
   * or the drill's head
   */
  readonly budgets: Partial<Record<MilestoneName, Duration>> & { readonly recovered: Duration }
  /** How long all invariants must hold without a break before it counts as recovered. */
  readonly stability: Duration
  /**
   * What does not hold by then is “not healed”; a stability window that has begun may still end.
   * Default: twice the recovery budget.
   */
  readonly giveUp?: Duration
}

export type Drill = DrillDefinition & { readonly kind: 'drill' }

/** Makes a drill; inert until somebody runs it. */
export const drill = (definition: DrillDefinition): Drill => ({ ...definition, kind: 'drill' })

/**
 * Something that is watched all through a drill, by itself and often, for one mark of the recovery.
 */
export type Signal = TogetherSignal | CloseSignal

/** Judged by all that it asks together. */
export interface TogetherSignal {
  readonly milestone: MilestoneName
  /** How often it is asked what cannot be followed. */
  readonly every: Duration
  observe(policy: Policy, drill: Drill): readonly Question<unknown>[]
  /**
   * Whether it is well. May throw Unanswered: that is neither well nor not. Where silence itself is
   * not well, it says so.
   */
  good(answers: Answers, policy: Policy, drill: Drill): boolean
  /**
   * What is another after it went and came back while nobody could look. Absent: whatever came back
   * unseen may have been away.
   */
  changeFingerprint?(answers: Answers, policy: Policy, drill: Drill): string
}

/**
 * Asked as often as the clock of the reach allows, without waiting for the answer before. Each part
 * is judged by itself: it is well while all of them are.
 */
export interface CloseSignal {
  readonly milestone: MilestoneName
  readonly every: 'closely'
  parts(policy: Policy, drill: Drill): readonly SignalPart[]
}

export interface SignalPart {
  /** Which one, e.g. the name of a service. */
  label: string
  question: Question<unknown>
  good(answers: Answers): boolean
}

/** Everything that a signal asks. */
export const questionsOfSignal = (
  signal: Signal,
  policy: Policy,
  drill: Drill,
): readonly Question<unknown>[] =>
  signal.every === 'closely'
    ? signal.parts(policy, drill).map(({ question }) => question)
    : signal.observe(policy, drill)

/** A point in time between two looks. ms since the epoch. */
export interface Milestone {
  milestone: MilestoneName
  /**
   * When it was last known not to be so; where that was never seen, when it was last known to be so
   * before nobody could look.
   */
  after: number
  /** When it was first known to be so. */
  by: number
  /** ms in between for which nobody could look. Absent: it is only as wide as looks are apart. */
  unobserved?: number
}

export type Outcome =
  | { kind: 'healed-by-itself' }
  | { kind: 'healed-by-fixes'; fixes: readonly string[] }
  | { kind: 'not-healed'; why: string }
  /** Nothing was injected: the steady state does not hold, or a capability is missing. */
  | { kind: 'refused'; why: string }
  | { kind: 'not-applicable'; why: string }
  | { kind: 'aborted'; why: string }

/** One line of what happened, for people. */
export interface LogEntry {
  at: number
  phase: Phase
  message: string
}

export const phases = ['prepare', 'inject', 'watch', 'heal', 'judge', 'undo', 'report'] as const
export type Phase = (typeof phases)[number]

export interface DrillResult {
  drill: string
  clauses: readonly string[]
  title: string
  /** What users lived through, and the document that tells of it. */
  incident: DrillDefinition['incident']
  startedAt: number
  endedAt: number
  faults: readonly string[]
  /**
   * Faults that were begun and not brought to their end: the API said no in the middle, or a stop
   * came. Absent: none.
   */
  halfway?: readonly string[]
  outcome: Outcome
  milestones: readonly Milestone[]
  /**
   * Budgets that were broken, and expectations that were not met, in words; none: the drill passed.
   */
  misses: readonly string[]
  /** What could not be observed for how long. */
  unknown: readonly string[]
  budgets: Partial<Record<MilestoneName, Duration>>
  timeline: readonly LogEntry[]
  /** What could not be undone, with the command for it. */
  leftBehind: readonly { description: string; manualUndo: string }[]
}
