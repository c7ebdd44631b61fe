// A fault: harm that knows its way back before it acts.
import type { Policy } from './policy.ts'
import type { Capability, Reach } from './reach.ts'

/** Anything that survives JSON. An undo record is one, so that another process, days later, can undo. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** How far a fault reaches. */
export const blasts = ['pod', 'workload', 'node', 'host', 'vm'] as const
export type Blast = (typeof blasts)[number]

export interface Hands {
  readonly reach: Reach
  readonly policy: Policy
  readonly signal: AbortSignal
}

export interface FaultDefinition<P extends Json, R extends Json> {
  /** `<subject>.<verb>`, unique. */
  readonly name: string
  says(params: P): string
  readonly blast: Blast
  readonly needs: readonly Capability[]
  /** Reads only. What it returns is on disk before `inject` starts. */
  prepare(params: P, hands: Hands): Promise<R>
  inject(record: R, hands: Hands): Promise<void>
  /** May run in another process, days later, twice. Knows nothing but the record. */
  undo(record: R, hands: Hands): Promise<void>
  /** What a person types when the undo cannot. */
  byHand(record: R): string
}

/** A fault with its parameters bound: what a drill lists. */
export interface BoundFault {
  readonly name: string
  readonly says: string
  readonly blast: Blast
  readonly needs: readonly Capability[]
  prepare(hands: Hands): Promise<Json>
}

export interface Fault {
  readonly kind: 'fault'
  readonly name: string
  readonly blast: Blast
  inject(record: Json, hands: Hands): Promise<void>
  undo(record: Json, hands: Hands): Promise<void>
  byHand(record: Json): string
}

/** A fault and the way to bind it. Only JSON can be its parameters and its record. */
export type FaultKind<P extends Json> = Fault & ((params: P) => BoundFault)

/** Makes a fault; inert until a drill prepares it. */
export function fault<P extends Json, R extends Json>(definition: FaultDefinition<P, R>): FaultKind<P> {
  const bind = (params: P): BoundFault => ({
    name: definition.name,
    says: definition.says(params),
    blast: definition.blast,
    needs: definition.needs,
    prepare: hands => definition.prepare(params, hands),
  })
  const kind = {
    kind: 'fault' as const,
    blast: definition.blast,
    // The records that arrive here were made by this definition's own `prepare`.
    inject: (record: Json, hands: Hands) => definition.inject(record as R, hands),
    undo: (record: Json, hands: Hands) => definition.undo(record as R, hands),
    byHand: (record: Json) => definition.byHand(record as R),
  }
  Object.defineProperty(bind, 'name', { value: definition.name })
  return Object.assign(bind, kind) as FaultKind<P>
}
