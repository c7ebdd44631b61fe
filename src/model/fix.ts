// A fix: what repairs a violated invariant, with its harm, its evidence of need and the acts it
// would do.
import type { Permission } from './guards/permission.ts'
import type { Policy } from './policy/policy.ts'
import type { Question, Answers } from './question.ts'
import type { Runtime } from './runtime.ts'
import type { Duration } from './units.ts'

/**
 * From nothing that a user notices to everything stopping for minutes. Fixes are tried in this
 * order.
 */
export const harms = [
  'none',
  'restarts a pod',
  'restarts a workload',
  'restarts a node service',
  'restarts a node',
  'restarts the VM',
] as const
export type Harm = (typeof harms)[number]

/** One act as a person would type it: what the plan prints and what the report records. */
export interface Act {
  /** A command or request in words, e.g. `kubectl uncordon joelclaw-controlplane-1`. */
  command: string
  /** Does it. Rejects with what went wrong. */
  apply(runtime: Runtime): Promise<void>
}

export interface FixDefinition {
  /** Kebab case, unique. */
  readonly name: string
  readonly title: string
  readonly reason: string
  readonly harm: Harm
  /** How often, and how far apart, the violation must be seen before this fix may act. */
  readonly confirm?: { looks: number; every: Duration }
  /** How long after an attempt it may not be tried again. */
  readonly cooldown?: Duration
  /** What `plan` looks at. */
  observe(policy: Policy): readonly Question<unknown>[]
  /**
   * The acts that this snapshot calls for, in order; none when it has nothing to do. May throw
   * Unanswered.
   */
  plan(answers: Answers, policy: Policy): readonly Act[]
  /** What the API must allow for its acts; absent: they ask no API server. */
  permissions?(policy: Policy): readonly Permission[]
  /**
   * How long after the acts the invariants may stay violated before the fix counts as of no help.
   */
  readonly settles: Duration
}

export type Fix = FixDefinition & { readonly kind: 'fix' }

/** Makes a fix; inert until heal plans with it. */
export const fix = (definition: FixDefinition): Fix => ({ ...definition, kind: 'fix' })
