// How a platform starts the nightly run by a timer of its own: what it puts in place, and how it is
// asked.
import type { KubeObject } from '#src/model/kube.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import type { Runtime } from '#src/model/runtime.ts'

/** Every file of a timer says this. A file without it is somebody else's. */
export const fileMark = 'Written by holdfast schedule install'

/** Every object of a timer has this label. One without it is somebody else's. */
export const objectLabel = {
  name: 'app.kubernetes.io/managed-by',
  value: 'holdfast-schedule',
} as const

/** The run that a timer starts. */
export interface Night {
  readonly policy: Policy
  /** Time of day. Each platform says of which time zone. */
  readonly at: { readonly hour: number; readonly minute: number }
  /** What starts holdfast: a program and its first arguments, with absolute paths. */
  readonly program: readonly string[]
  /** The words of holdfast, e.g. `nightly --target live`. */
  readonly words: readonly string[]
  /** Those of its words that do not depend on where it runs. */
  readonly flags: readonly string[]
  /** The folder in which it starts, absolute. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Longest run, s. */
  readonly longest: number
  /** A unit or job of the platform, to be started when a night ends with another code than 0. */
  readonly onFailure: string | undefined
  /** For a platform that runs images. */
  readonly image: string
  /** What the run may do in the cluster: an account of that name, its roles and bindings. */
  access(account: { name: string; namespace: string }): readonly KubeObject[]
  /** Nodes that the drills of the night take down. */
  readonly takenDown: readonly string[]
}

/** Whose timer it is. */
export interface Owner {
  /** `user`: of the person who asks. `system`: of the host, which runs it with nobody logged in. */
  readonly scope: 'user' | 'system'
  /** The user that the run has. */
  readonly user: string
  /** The user who asks. */
  readonly asking: { readonly user: string; readonly uid: number; readonly home: string }
}

export type Part =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'object'
      readonly object: KubeObject
      /** It is created where it is missing, and otherwise left as it is, also by remove. */
      readonly shared?: boolean
    }

type Commands = readonly (readonly string[])[]

/** Everything that install puts in place, as data. */
export interface Schedule {
  /** For people, e.g. `job dev.holdfast.nightly.joelclaw`. */
  readonly title: string
  /** For people, e.g. `03:17 local time`. */
  readonly when: string
  readonly parts: readonly Part[]
  /** Commands once the parts are in place. */
  readonly start: Commands
  /** Commands before active parts are replaced or removed. */
  readonly stop: Commands
  /** Files that the platform itself makes for the timer. They go with it. */
  readonly traces: readonly string[]
  /** Commands after the removal. */
  readonly removed: Commands
  /** What a person must know about it. */
  readonly notes: readonly string[]
}

/** What a platform says about a timer whose parts are in place. */
export interface ScheduleState {
  /** It will start the run at its hour. */
  readonly active: boolean
  /** The run is at work now. */
  readonly running: boolean
  /** The last run: its time in ms since the epoch, its exit code, or why that is unknown. */
  readonly last: { readonly at?: number; readonly code?: number; readonly why?: string } | undefined
  /** ms since the epoch. */
  readonly next: number | undefined
  readonly notes: readonly string[]
}

/** Where a scheduler asks. */
export interface ScheduleContext {
  readonly runtime: Runtime
  readonly policy: Policy
  readonly owner: Owner
}

/** A platform that can start the nightly run. */
export interface Scheduler {
  /** True: it is used only where a person names it. */
  readonly onlyByName?: boolean
  /** What stands in the way, and what to do. Undefined: nothing does. It changes nothing. */
  problem(context: ScheduleContext): Promise<string | undefined>
  schedule(night: Night, owner: Owner): Schedule
  state(context: ScheduleContext): Promise<ScheduleState>
}
