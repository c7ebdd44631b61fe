// A fix: the repair of a violated invariant, with its harm, its questions and its acts.
import type { Permission } from './guards/permission.ts'
import type { Policy } from './policy/policy.ts'
import type { Question, Answers } from './question.ts'
import type { Runtime } from './runtime.ts'
import type { Duration } from './units.ts'

/** From unnoticeable to everything stopping for minutes. Holdfast tries fixes in this order. */
export const harms = [
  'none',
  'restarts a pod',
  'restarts a workload',
  'restarts a node service',
  'restarts a node',
  'restarts the VM',
] as const
export type Harm = (typeof harms)[number]

/** One act as a person would type it. The plan prints it, and the report records it. */
export interface Act {
  /** The command or request, e.g. `kubectl uncordon joelclaw-controlplane-1`. */
  command: string
  /** Applies it. Rejects with the cause of the failure. */
  apply(runtime: Runtime): Promise<void>
}

export interface FixDefinition<Name extends string = string> {
  /** Kebab case, unique. */
  readonly name: Name
  readonly title: string
  readonly reason: string
  readonly harm: Harm
  /** How many times, and how far apart, holdfast must see the violation before this fix may act. */
  readonly confirm?: { looks: number; every: Duration }
  /** How long holdfast must wait after an attempt before the next one. */
  readonly cooldown?: Duration
  /** The questions that `plan` needs. */
  observe(policy: Policy): readonly Question<unknown>[]
  /** The acts that this snapshot needs, in order. May throw Unanswered. */
  plan(answers: Answers, policy: Policy): readonly Act[]
  /** Requests that the API must allow for its acts. Absent: they send none. */
  permissions?(policy: Policy): readonly Permission[]
  /**
   * How long after the acts the invariants may stay violated before the fix counts as not having
   * helped.
   */
  readonly settles: Duration
}

export type Fix<Name extends string = string> = FixDefinition<Name> & { readonly kind: 'fix' }

/** Defines a fix. Nothing happens until heal plans with it. */
export const fix = <const Name extends string>(definition: FixDefinition<Name>): Fix<Name> => ({
  ...definition,
  kind: 'fix',
})
