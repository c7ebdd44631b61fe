// One run as data: the content of its reports.
import type { LogEntry } from './drill/event.ts'
import type { DrillResult } from './drill/outcome.ts'
import type { Clause, Policy } from './policy/policy.ts'
import type { Runtime } from './runtime.ts'
import type { Duration } from './units.ts'
import type { Judgement } from './verdict.ts'

/** Why a fix did not act. */
export type HeldCause =
  | { kind: 'disabled' }
  | { kind: 'tried-enough'; times: number }
  | { kind: 'cooling-down'; cooldown: Duration }
  /** After a failed recovery, no fix that restarts a node or more may act for a while. */
  | { kind: 'backing-off' }
  /** The API does not allow a request that it needs, or did not say whether it does. */
  | { kind: 'not-permitted'; reason: string }
  | { kind: 'not-needed' }
  | { kind: 'stopped'; reason: string }
  | { kind: 'not-reached' }

/** What one fix did, or would do. */
export interface Healing {
  fix: string
  title: string
  harm: string
  /** The invariants and subjects that it should repair. */
  because: readonly string[]
  acts: readonly string[]
  outcome:
    | { kind: 'planned' }
    | { kind: 'applied'; helped: boolean; tookMs: number }
    | { kind: 'failed'; error: string }
    | { kind: 'held'; cause: HeldCause }
}

/** Which definitions cover a clause. */
export interface Coverage {
  clause: Clause
  invariants: readonly string[]
  drills: readonly string[]
  fixes: readonly string[]
  /** Forbidden acts that holdfast refuses. */
  guards: readonly string[]
}

export type Verb = 'check' | 'drill' | 'heal' | 'nightly' | 'gate'

/** An invariant as a report describes it. */
export interface InvariantInfo {
  name: string
  section: string
  title: string
  reason: string
  clauses: readonly string[]
  /** The incidents of this cluster, from the clauses that the invariant proves. */
  stories: readonly string[]
}

export interface Run {
  version: 1
  /** The name of its folder: start time and verb, e.g. `2026-11-21T03-00-00-000Z-nightly`. */
  id: string
  verb: Verb
  cluster: string
  policyDescription: string
  target: Runtime['target']
  seed: number
  /** The flags that repeat a drill of this run. Absent: a report of an older version. */
  replay?: readonly string[] | undefined
  versions: Readonly<Record<string, string>>
  /** Real time, ms since the epoch. */
  startedAt: number
  endedAt: number
  documents: Policy['documents']
  choices: Policy['choices']
  invariants: readonly InvariantInfo[]
  /** Verdicts before healing. Empty for `drill`. */
  before: readonly Judgement[]
  /** Verdicts at the end. Without healing: the same as `before`. */
  judgements: readonly Judgement[]
  healings: readonly Healing[]
  drills: readonly DrillResult[]
  coverage: readonly Coverage[]
  /** Questions without an answer, with the reason. Causes refer to `key`. */
  unanswered: readonly {
    key: string
    question: string
    origin: string
    why: string
    /** All that a program printed, where `why` is shorter. */
    raw?: string
  }[]
  /**
   * 0 holds, 1 violated or over budget, 2 unknown, 3 undo incomplete, 4 refused, 64, 70, 130, 143.
   */
  exitCode: number
}

/** What the test of a definition found, for the process that started the specs. */
export interface SpecFindings {
  judgements?: readonly Judgement[]
  drill?: DrillResult
}

/** What a running drill posts to the process that started the specs. */
export interface DrillProgress {
  drill: string
  logEntry: LogEntry
}
