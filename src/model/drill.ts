// A drill: one incident that its users lived through, as steady state, fault, expected detection,
// healer and budgets.
import type { BoundFault } from './fault.ts'
import type { Invariant } from './invariant.ts'
import type { GuardVerdict } from './guards/guard.ts'
import type { Policy, PolicyNode } from './policy/policy.ts'
import type { Question, Answers } from './question.ts'
import {
  chosenByPolicy,
  firstOf,
  nodeNamed,
  type Chosen,
  type NodeChoice,
} from './guards/subject.ts'
import { ms, type Duration } from './units.ts'
import type { Judgement, UnknownCause } from './verdict.ts'

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
  /** How it chooses the node that it hits. Absent: its faults do not choose one. */
  on?(policy: Policy): NodeChoice
  /** `node`: the chosen one; undefined where the drill chooses none, or none fits. */
  faults(policy: Policy, node?: PolicyNode): readonly BoundFault[]
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

export interface Drill extends Omit<DrillDefinition, 'faults'> {
  readonly kind: 'drill'
  /** The node that it hits, once that is chosen. */
  readonly chosen?: Chosen
  /** Its faults on the chosen node; before that, on the one that the policy alone suggests. */
  faults(policy: Policy): readonly BoundFault[]
  /** Its faults on a node. */
  faultsOn(policy: Policy, node?: PolicyNode): readonly BoundFault[]
}

/** Makes a drill; inert until it is run. */
export const drill = (definition: DrillDefinition): Drill => ({
  ...definition,
  kind: 'drill',
  faultsOn: (policy, node) => definition.faults(policy, node),
  faults(policy) {
    const choice = definition.on?.(policy)
    if (choice === undefined) return definition.faults(policy)
    const candidates = policy.nodes.filter(node => definition.faults(policy, node).length > 0)
    const chosen = chosenByPolicy(choice, candidates) ?? firstOf(candidates)
    return definition.faults(policy, nodeNamed(policy, chosen?.node))
  },
})

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

/** Why a drill did not recover. */
export type NotHealedCause =
  /** All was well at the last look, but not for long enough without a break. */
  | { kind: 'unstable'; stability: Duration }
  | { kind: 'still-failing'; judgements: readonly Judgement[] }

/** A guard's refusal, with what a person can do about it. */
export type GuardRefusal = Pick<
  GuardVerdict & { kind: 'refuses' },
  'guard' | 'objections' | 'remedy'
>
/** Objections of a guard that a person or the policy has let through. */
export type GuardAllowance = Pick<GuardVerdict & { kind: 'allowed' }, 'guard' | 'objections' | 'by'>

/** Why nothing was injected. */
export type RefusalCause =
  | { kind: 'guards'; refusals: readonly GuardRefusal[] }
  /** After the drill was set up. */
  | { kind: 'steady-state'; judgements: readonly Judgement[] }

/** Why a drill ended before its time. */
export type AbortCause =
  | { kind: 'stopped-early' }
  /** A person or a signal stopped it, or the lock was lost. */
  | { kind: 'stopped'; reason: string }
  /** What must hold all the time did not. */
  | { kind: 'must-hold'; judgement: Judgement }
  | { kind: 'failed'; error: string }

/** Why a drill cannot be run here at all. */
export type InapplicableCause =
  | { kind: 'nothing-to-drill' }
  | { kind: 'lacking'; capability: string; reason: string }

export type Outcome =
  | { kind: 'healed-by-itself' }
  | { kind: 'healed-by-fixes'; fixes: readonly string[] }
  | { kind: 'not-healed'; cause: NotHealedCause }
  /** Nothing was injected: a guard refused, or the steady state does not hold. */
  | { kind: 'refused'; cause: RefusalCause }
  | { kind: 'not-applicable'; cause: InapplicableCause }
  | { kind: 'aborted'; cause: AbortCause }

/**
 * A budget that was broken, or an expectation that was not met. Times are ms after the injection.
 */
export type Miss =
  /** The drill was refused, was aborted or did not heal: its outcome holds the cause. */
  | { kind: 'outcome' }
  | { kind: 'over-budget'; milestone: MilestoneName; after: number; budget: Duration }
  | { kind: 'never-came'; milestone: MilestoneName; budget: Duration }
  | { kind: 'unnoticed'; invariant: string }
  | { kind: 'noticed-late'; invariant: string; within: Duration }
  | { kind: 'unexpected-fix'; fix: string }
  /** It held before the drill and does not hold after the undo. */
  | { kind: 'not-restored'; invariant: string; subject: string }

/**
 * What a drill cannot state because something went unobserved. Times are ms after the injection.
 */
export type Uncertainty =
  | {
      kind: 'milestone'
      milestone: MilestoneName
      after: number
      by: number
      unobserved: number
      budget: Duration
    }
  | {
      kind: 'noticing'
      invariant: string
      after: number
      by: number
      unobserved: number
      budget: Duration
    }
  /** A signal that was still unobserved at the end. */
  | { kind: 'unobserved'; milestone: MilestoneName; since: number; budget: Duration }
  | { kind: 'verdict'; invariant: string; subject: string; cause: UnknownCause }

/** What healing does, as it happens. */
export type HealEvent =
  | { kind: 'fix-held'; fix: string; reason: string }
  | { kind: 'fix-confirming'; fix: string; looks: number; every: Duration }
  | { kind: 'fix-acts'; fix: string; command: string }
  | { kind: 'fix-failed'; fix: string; error: string }
  /** `stopped`: a stop came before it was known whether the fix helped. */
  | { kind: 'fix-ended'; fix: string; result: 'helped' | 'did-not-help' | 'stopped' }
  | { kind: 'fix-not-needed'; fix: string }

/** What a signal did. */
export type SignalChange =
  | { kind: 'lost' | 'back' | 'unobserved' }
  | { kind: 'observed-again'; unobserved: number }

/** Everything that can happen in a drill. */
export type DrillEvent =
  | HealEvent
  /** Of the process around the drill: locks, leases, the journal's copy. */
  | { kind: 'note'; text: string }
  | ({ kind: 'guard-allowed' } & GuardAllowance)
  | { kind: 'steady-state'; holds: boolean }
  /** The node that the drill hits. */
  | ({ kind: 'chosen' } & Chosen)
  /** A fault is prepared, or injected: the phase says which. */
  | { kind: 'fault'; description: string }
  | { kind: 'noticed'; invariant: string }
  | { kind: 'signal'; signal: string; change: SignalChange }
  | { kind: 'aborted'; cause: AbortCause }
  | { kind: 'undone'; description: string }
  | { kind: 'not-undone'; description: string; error: string }

/** One line of a timeline. */
export interface LogEntry {
  /** ms since the epoch. */
  at: number
  phase: Phase
  event: DrillEvent
}

/** What could not be undone, with the command that a person types instead. */
export interface LeftBehind {
  description: string
  manualUndo: string
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
  /** None, and nothing unknown: the drill passed. */
  misses: readonly Miss[]
  unknown: readonly Uncertainty[]
  budgets: Partial<Record<MilestoneName, Duration>>
  timeline: readonly LogEntry[]
  leftBehind: readonly LeftBehind[]
}

/** How long after its injection a drill waits for its recovery, ms. */
export const giveUpAfter = ({ giveUp, budgets }: Pick<Drill, 'giveUp' | 'budgets'>): number =>
  giveUp === undefined ? 2 * ms(budgets.recovered) : ms(giveUp)
