// A fault: harm that knows its way back before it acts.
import type { Impact } from './guards/impact.ts'
import type { FaultPermissions } from './guards/permission.ts'
import type { Policy } from './policy/policy.ts'
import type { Capability, Runtime } from './runtime.ts'

/**
 * Anything that survives JSON. An undo record is one, so that another process, days later, can
 * undo.
 */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** How far a fault reaches. */
export const blasts = ['pod', 'workload', 'node', 'host', 'vm'] as const
export type Blast = (typeof blasts)[number]

export interface FaultContext {
  readonly runtime: Runtime
  readonly policy: Policy
  readonly signal: AbortSignal
  /**
   * After how many ms the platform itself is to end what is injected, where it can; undefined: it
   * is not asked to.
   */
  readonly switchAfter?: number
}

/**
 * A dead-man's switch: the platform itself ends a fault when neither the process nor the machine
 * returns that injected it.
 */
export interface Switch {
  /** What acts, and where, e.g. `a Job of the cluster: kubectl uncordon node-1`. */
  readonly description: string
  /** Sets it, over one of the same name. From then on it acts after so many seconds by itself. */
  set(seconds: number): Promise<void>
  /** Takes it back; that there is none is fine. */
  remove(): Promise<void>
}

export interface FaultDefinition<P extends Json, R extends Json> {
  /** `<subject>.<verb>`, unique. */
  readonly name: string
  describe(params: P): string
  readonly blast: Blast
  readonly needs: readonly Capability[]
  /** Reads only. What it returns is on disk before `inject` starts. */
  prepare(params: P, context: FaultContext): Promise<R>
  inject(record: R, context: FaultContext): Promise<void>
  /** May run in another process, days later, twice. Knows nothing but the record. */
  undo(record: R, context: FaultContext): Promise<void>
  /** What a person types when the undo cannot. */
  manualUndo(record: R): string
  /**
   * What it hits. Where it does not say, no guard can tell how far it reaches, and it is refused.
   */
  impacts?(params: P): readonly Impact[]
  /** What the API must allow for it; absent: it asks no API server. */
  permissions?(params: P, policy: Policy): FaultPermissions
  /**
   * How the platform itself ends it; a text: why it cannot. Set before it is injected, removed
   * after it is undone.
   */
  deadMan?(record: R, context: FaultContext): Switch | string
}

/** A fault with its parameters bound: what a drill lists. */
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
  /** Its dead-man's switch, or why it has none. */
  deadMan?(record: Json, context: FaultContext): Switch | string
}

/** A fault and the way to bind it. Only JSON can be its parameters and its record. */
export type FaultKind<P extends Json> = Fault & ((params: P) => BoundFault)

/** Makes a fault; inert until a drill prepares it. */
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
    ...(impacts === undefined ? {} : { impacts: impacts(params) }),
    ...(permissions === undefined
      ? {}
      : { permissions: (policy: Policy) => permissions(params, policy) }),
    prepare: context => definition.prepare(params, context),
  })
  const kind = {
    kind: 'fault' as const,
    blast: definition.blast,
    // The records that arrive here were made by this definition's own `prepare`.
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
    ...(deadMan === undefined
      ? {}
      : { deadMan: (record: Json, context: FaultContext) => deadMan(record as R, context) }),
  }
  Object.defineProperty(bind, 'name', { value: definition.name })
  return Object.assign(bind, kind) as FaultKind<P>
}
