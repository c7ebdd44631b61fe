// The gate's words: what judging manifests before a deploy says, as data for every report of it.
import type { Change, Place, Span } from './manifest.ts'

/** A person accepts a finding: in the policy, or by an annotation on the object. */
export interface GateWaiver {
  owner: string
  reason: string
  /** The last day on which it holds, `YYYY-MM-DD`, UTC. */
  until: string
  /** policy: in the policy's waivers; object: an annotation. */
  from: 'policy' | 'object'
}

/** One thing in a file that is not as the policy or the API wants it. */
export interface GateFinding {
  file: string
  /** From 1, columns in UTF-16 units; the end is behind the last one. */
  line: number
  column: number
  endLine: number
  endColumn: number
  /** What it is about; not there when the file itself is at fault. */
  object?: Place
  clauses: readonly string[]
  /** The invariant's name, or one of the gate's own rules. */
  rule: string
  /** Stable and short, e.g. `probe-missing:startup`. */
  code: string
  seen: string
  expected: string
  reason: string
  remedy: string
  change?: Change
  /** violated counts, waived is accepted by a person, baseline was there before. */
  status: 'violated' | 'waived' | 'baseline'
  waiver?: GateWaiver
  /**
   * The same for the same finding, wherever it moves: made of rule, code, object and member, not of
   * lines.
   */
  fingerprint: string
}

/** Something that was not judged, or that a person should know of; it does not count. */
export interface GateNote {
  file: string
  line: number
  object?: Place
  /**
   * not-judged: left aside, with the reason; foreign-waiver: another tool's exemption; idle-waiver:
   * it covers nothing.
   */
  kind: 'not-judged' | 'foreign-waiver' | 'idle-waiver'
  code: string
  message: string
}

/** Something of which nothing can be said: it keeps the gate from passing. */
export interface GateUnknown {
  /** Not there when it is about no file. */
  file?: string
  line?: number
  column?: number
  code: string
  message: string
  remedy: string
}

/** A rule by which something was judged, for the reader of a report. */
export interface GateRule {
  name: string
  title: string
  reason: string
  clauses: readonly string[]
}

/** One judgement of a set of manifests. */
export interface GateReport {
  version: 1
  verb: 'gate'
  cluster: string
  /** The policy's documents, by whose sections its clauses are known. */
  documents: readonly { id: string; title: string }[]
  /** Version of Kubernetes whose kinds were expected, e.g. `1.35`. */
  kubernetes: string
  holdfast: string
  /** Real time, ms since the epoch. */
  startedAt: number
  endedAt: number
  /** What was judged. */
  files: readonly string[]
  objects: readonly { file: string; place: Place }[]
  rules: readonly GateRule[]
  findings: readonly GateFinding[]
  unknowns: readonly GateUnknown[]
  notes: readonly GateNote[]
  /** 0 nothing counts, 1 something is violated, 2 something is unknown. */
  exitCode: number
}

/** A finding about a member of an object of the set, before anybody has waived it. */
export interface Raised {
  rule: string
  clauses: readonly string[]
  /** Empty where only the gate's own rules raised it. */
  subject?: string
  code: string
  seen: string
  expected: string
  remedy: string
  reason: string
  at?: Place
  file: string
  span: Span
  change?: Change
}
