// A fault: harm that knows its way back before it acts.
import type { Hit } from './hit.ts'
import type { FaultPermissions } from './permission.ts'
import type { Policy } from './policy.ts'
import type { Capability, Reach } from './reach.ts'

/** Anything that survives JSON. An undo record is one, so that another process, days later, can undo. */
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

export interface Hands {
  readonly reach: Reach
  readonly policy: Policy
  readonly signal: AbortSignal
  /** After how many ms the platform itself is to end what is injected, where it can; undefined: it is not asked to. */
  readonly switchAfter?: number
}

/** A dead-man's switch: the platform itself ends a fault when neither the process nor the machine returns that injected it. */
export interface Switch {
  /** What acts, and where, e.g. `systemd-run in the VM: docker unpause node-1`. */
  readonly says: string
  /** Sets it, over one of the same name. From then on it acts after so many seconds by itself. */
  set(seconds: number): Promise<void>
  /** Takes it back; that there is none is fine. */
  remove(): Promise<void>
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
  /** What it hits. Where it does not say, no guard can tell how far it reaches, and it is refused. */
  hits?(params: P): readonly Hit[]
  /** What the API must allow for it; absent: it asks no API server. */
  permissions?(params: P, policy: Policy): FaultPermissions
  /** How the platform itself ends it; a text: why it cannot. Set before it is injected, removed after it is undone. */
  deadMan?(record: R, hands: Hands): Switch | string
}

/** A fault with its parameters bound: what a drill lists. */
export interface BoundFault {
  readonly name: string
  readonly says: string
  readonly blast: Blast
  readonly needs: readonly Capability[]
  readonly hits?: readonly Hit[]
  permissions?(policy: Policy): FaultPermissions
  prepare(hands: Hands): Promise<Json>
}

export interface Fault {
  readonly kind: 'fault'
  readonly name: string
  readonly blast: Blast
  inject(record: Json, hands: Hands): Promise<void>
  undo(record: Json, hands: Hands): Promise<void>
  byHand(record: Json): string
  /** Its dead-man's switch, or why it has none. */
  deadMan?(record: Json, hands: Hands): Switch | string
}

/** A fault and the way to bind it. Only JSON can be its parameters and its record. */
export type FaultKind<P extends Json> = Fault & ((params: P) => BoundFault)

/** Makes a fault; inert until a drill prepares it. */
export function fault<P extends Json, R extends Json>(
  definition: FaultDefinition<P, R>,
): FaultKind<P> {
  const { hits, permissions, deadMan } = definition
  const switchOf = (record: R, hands: Hands): Switch | undefined => {
    const found = deadMan?.(record, hands)
    return typeof found === 'string' ? undefined : found
  }
  const bind = (params: P): BoundFault => ({
    name: definition.name,
    says: definition.says(params),
    blast: definition.blast,
    needs: definition.needs,
    ...(hits === undefined ? {} : { hits: hits(params) }),
    ...(permissions === undefined
      ? {}
      : { permissions: (policy: Policy) => permissions(params, policy) }),
    prepare: hands => definition.prepare(params, hands),
  })
  const kind = {
    kind: 'fault' as const,
    blast: definition.blast,
    // The records that arrive here were made by this definition's own `prepare`.
    async inject(record: Json, hands: Hands) {
      if (hands.switchAfter !== undefined)
        await switchOf(record as R, hands)?.set(Math.ceil(hands.switchAfter / 1000))
      await definition.inject(record as R, hands)
    },
    async undo(record: Json, hands: Hands) {
      await definition.undo(record as R, hands)
      await switchOf(record as R, hands)?.remove()
    },
    byHand: (record: Json) => definition.byHand(record as R),
    ...(deadMan === undefined
      ? {}
      : { deadMan: (record: Json, hands: Hands) => deadMan(record as R, hands) }),
  }
  Object.defineProperty(bind, 'name', { value: definition.name })
  return Object.assign(bind, kind) as FaultKind<P>
}
