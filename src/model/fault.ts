// A fault: a failure that records how to undo itself before it acts.
import type { Impact } from './guards/impact.ts'
import type { FaultPermissions } from './guards/permission.ts'
import { withoutUndefined } from './json.ts'
import type { Policy } from './policy/policy.ts'
import type { Capability, Runtime } from './runtime.ts'

/**
 * Anything that survives JSON, as an undo record must: another process may undo a fault days later.
 */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** The blast radius of a fault. */
export const blasts = ['pod', 'workload', 'node', 'host', 'vm'] as const
export type Blast = (typeof blasts)[number]

export interface FaultContext {
  readonly runtime: Runtime
  readonly policy: Policy
  readonly signal: AbortSignal
  /**
   * ms after which the platform itself should end the fault, if it can. Undefined: nobody asks it
   * to.
   */
  readonly switchAfter?: number
}

/**
 * A dead-man's switch: the platform itself ends a fault when neither the process nor the machine
 * that injected it returns.
 */
export interface Switch {
  /** Where and how it acts, e.g. `a Job of the cluster: kubectl uncordon node-1`. */
  readonly description: string
  /** Sets it, replacing one of the same name. It acts by itself after this many seconds. */
  set(seconds: number): Promise<void>
  /** Removes it. Resolves also if there is none. */
  remove(): Promise<void>
}

export interface FaultDefinition<P extends Json, R extends Json> {
  /** `<subject>.<verb>`, unique. */
  readonly name: string
  describe(params: P): string
  readonly blast: Blast
  readonly needs: readonly Capability[]
  /** Reads only. The record that it returns is on disk before `inject` starts. */
  prepare(params: P, context: FaultContext): Promise<R>
  inject(record: R, context: FaultContext): Promise<void>
  /** May run in another process, days later, and twice. It knows only the record. */
  undo(record: R, context: FaultContext): Promise<void>
  /** The command that a person types when the undo fails. */
  manualUndo(record: R): string
  /**
   * The objects that it affects. Absent: no guard can judge its blast radius, so holdfast refuses
   * it.
   */
  impacts?(params: P): readonly Impact[]
  /** Requests that the API must allow. Absent: it sends none. */
  permissions?(params: P, policy: Policy): FaultPermissions
  /**
   * The dead-man's switch, or the reason why there is none. Holdfast sets it before the injection
   * and removes it after the undo.
   */
  deadMan?(record: R, context: FaultContext): Switch | string
}

/** A fault with its parameters, as a drill lists it. */
export interface BoundFault {
  readonly name: string
  readonly description: string
  readonly blast: Blast
  readonly needs: readonly Capability[]
  readonly impacts?: readonly Impact[]
  permissions?(policy: Policy): FaultPermissions
  prepare(context: FaultContext): Promise<Json>
}

export interface Fault {
  readonly kind: 'fault'
  readonly name: string
  readonly blast: Blast
  inject(record: Json, context: FaultContext): Promise<void>
  undo(record: Json, context: FaultContext): Promise<void>
  manualUndo(record: Json): string
  /** Its dead-man's switch, or the reason why there is none. */
  deadMan?(record: Json, context: FaultContext): Switch | string
}

/** A fault and the function that binds its parameters. Parameters and record must be JSON. */
export type FaultKind<P extends Json> = Fault & ((params: P) => BoundFault)

/** Defines a fault. Nothing happens until a drill prepares it. */
export function fault<P extends Json, R extends Json>(
  definition: FaultDefinition<P, R>,
): FaultKind<P> {
  const { impacts, permissions, deadMan } = definition
  const switchOf = (record: R, context: FaultContext): Switch | undefined => {
    const found = deadMan?.(record, context)
    return typeof found === 'string' ? undefined : found
  }
  const bind = (params: P): BoundFault => ({
    name: definition.name,
    description: definition.describe(params),
    blast: definition.blast,
    needs: definition.needs,
    ...withoutUndefined({
      impacts: impacts?.(params),
      permissions: permissions && ((policy: Policy) => permissions(params, policy)),
    }),
    prepare: context => definition.prepare(params, context),
  })
  const kind = {
    kind: 'fault' as const,
    blast: definition.blast,
    // These records come from `prepare` of this definition.
    async inject(record: Json, context: FaultContext) {
      if (context.switchAfter !== undefined)
        await switchOf(record as R, context)?.set(Math.ceil(context.switchAfter / 1000))
      await definition.inject(record as R, context)
    },
    async undo(record: Json, context: FaultContext) {
      await definition.undo(record as R, context)
      await switchOf(record as R, context)?.remove()
    },
    manualUndo: (record: Json) => definition.manualUndo(record as R),
    ...withoutUndefined({
      deadMan: deadMan && ((record: Json, context: FaultContext) => deadMan(record as R, context)),
    }),
  }
  Object.defineProperty(bind, 'name', { value: definition.name })
  return Object.assign(bind, kind) as FaultKind<P>
}
