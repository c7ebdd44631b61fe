// A platform: everything that holdfast knows of one technology, as the index of its folder states
// it.
import type { ForbiddenActKind, Program } from './forbidden.ts'
import type { Policy, PolicySections } from '#src/model/policy/policy.ts'
import type { Answer, Question } from '#src/model/question.ts'
import type { Capability, Runtime, TargetKind } from '#src/model/runtime.ts'
import type { Scheduler } from './scheduler.ts'

/** Asks a question outside a snapshot. */
export type Ask = <T>(question: Question<T>, runtime: Runtime, policy: Policy) => Promise<Answer<T>>

/** How a platform proves that this host carries the cluster of a policy. */
export interface Carrier {
  /** Asked only where no other platform proves it. */
  readonly weak?: boolean
  /** What proves it, as the end of “this host is the policy's: …”; undefined: nothing does. */
  proof(runtime: Runtime, policy: Policy, ask: Ask): Promise<string | undefined>
  /** What would have proved it and is missing; undefined: the policy names nothing of it. */
  missing(policy: Policy): string | undefined
}

/** A platform, for code that lists them. */
export interface AnyPlatform {
  readonly name: string
  /** Members that it adds to a policy, by their place. */
  readonly policy?: Partial<PolicySections>
  /** Load the modules that export its faults: the gate starts without them. */
  readonly faults?: readonly (() => Promise<object>)[]
  /** Load the modules that export its fixes. */
  readonly fixes?: readonly (() => Promise<object>)[]
  /** Acts that it never does. */
  readonly forbidden?: readonly ForbiddenActKind[]
  /** Its programs by name. A call that no platform knows is allowed, and may change something. */
  readonly programs?: Readonly<Record<string, Program>>
  /** The forbidden act that the removal of these paths would be. */
  judgeRemoval?(paths: readonly string[]): string | undefined
  /** The forbidden act that a request to the API server would be, by its method and path. */
  judgeRequest?(method: string, path: string): string | undefined
  /** Whether these bytes, sent to a port, only read. */
  onlyReads?(sent: string): boolean
  /** What a target lacks of it, with the reason. `system`: this host's, as Node names it. */
  lacks?(target: TargetKind, system: NodeJS.Platform): Partial<Record<Capability, string>>
  readonly carrier?: Carrier
  /** Loads what starts the nightly run by a timer of the platform. */
  scheduler?(): Promise<Scheduler>
}

/** The parts of a platform whose exact types others need. */
interface Parts {
  readonly policy?: Partial<PolicySections>
  /** The modules that export its fixes. */
  readonly fixes?: object
  readonly forbidden?: readonly ForbiddenActKind[]
}

type Part<P extends Parts, K extends keyof Parts> = K extends keyof P ? NonNullable<P[K]> : never

/**
 * A platform with the exact types of its parts: the schema of a policy and the names of proofs are
 * made of them. `Platform<{ policy: typeof sections }>` adds members to a policy and has no fixes.
 */
export interface Platform<P extends Parts> extends Omit<AnyPlatform, keyof Parts> {
  readonly policy?: Part<P, 'policy'>
  readonly fixes?: readonly (() => Promise<Part<P, 'fixes'>>)[]
  readonly forbidden?: Part<P, 'forbidden'>
}
