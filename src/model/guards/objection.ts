// What a guard objects to, as data: reports turn each kind into a sentence at the end.
import type { Percent, Duration, Size } from '#src/model/units.ts'
import type { Judgement, UnknownCause } from '#src/model/verdict.ts'
import type { Permission } from './permission.ts'

/** A process that drills or heals the cluster now. */
export interface ActiveRun {
  /** E.g. `drill node-container-paused`. */
  readonly doing: string
  /** Its person, machine and process. */
  readonly by: string
}

/** The cluster that the current context leads to. */
interface ClusterFound {
  readonly context: string
  readonly server: string
  /** The uid of its namespace kube-system. */
  readonly uid: string
}

/** Why losing a claim loses its data. */
export type BackupGap =
  | { readonly kind: 'volume-unknown' }
  | { readonly kind: 'no-backup-declared' }
  | { readonly kind: 'no-backup-found'; readonly prefix: string; readonly folder: string }
  /** `age` in ms. */
  | {
      readonly kind: 'backup-too-old'
      readonly file: string
      readonly age: number
      readonly maxAge: Duration
    }
  | {
      readonly kind: 'backup-too-small'
      readonly file: string
      readonly bytes: number
      readonly minSize: Size
    }

/** One reason against a drill. */
export type ObjectionCause =
  /** The drill's steady state does not hold, or is unknown. */
  | { readonly kind: 'unsteady'; readonly judgements: readonly Judgement[] }
  | ({ readonly kind: 'cluster-in-use' } & ActiveRun)
  | ({ readonly kind: 'identity-undeclared' } & ClusterFound)
  | ({ readonly kind: 'wrong-cluster'; readonly wanted: string } & ClusterFound)
  /** `local`: the day and time in the window's zone, e.g. `sat 2026-11-21 13:00 Europe/Berlin`. */
  | {
      readonly kind: 'outside-window'
      readonly local: string
      readonly days: readonly string[]
      readonly from: string
      readonly until: string
    }
  | {
      readonly kind: 'frozen'
      readonly local: string
      readonly from: string
      readonly until: string
      readonly because: string
    }
  | {
      readonly kind: 'too-many-replicas'
      readonly ready: number
      readonly lost: number
      readonly limit: Percent
    }
  | { readonly kind: 'last-replicas'; readonly ready: number }
  /** `left`: control planes that stay ready, of `members`. */
  | {
      readonly kind: 'no-quorum'
      readonly left: number
      readonly members: number
      readonly quorum: number
    }
  | { readonly kind: 'only-copy'; readonly volume: string }
  | { readonly kind: 'unbacked'; readonly gap: BackupGap }
  | { readonly kind: 'own-node' }
  | { readonly kind: 'lacking'; readonly reason: string }
  | { readonly kind: 'not-permitted'; readonly permission: Permission }
  | { readonly kind: 'disk-full'; readonly freeBytes: number; readonly needed: Size }
  /** The guard lacks an answer. */
  | { readonly kind: 'unclear'; readonly cause: UnknownCause }
  /** A defect of the guard. */
  | { readonly kind: 'guard-failed'; readonly error: string }

/** One thing that a guard objects to. */
export type Objection = {
  /** Its subject, e.g. `StatefulSet joelclaw/redis`: `limits.allows` of a policy names it. */
  readonly of: string
} & ObjectionCause
