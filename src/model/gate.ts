// The report of the gate as data: what it judged before a deploy, and what it found.
import type { Change, Place, Span } from './manifest.ts'

/** A person's acceptance of a finding: in the policy, or in an annotation of the object. */
export interface GateWaiver {
  owner: string
  reason: string
  /** The last day of the waiver, `YYYY-MM-DD`, UTC. */
  until: string
  /** policy: in the policy's waivers; object: an annotation. */
  from: 'policy' | 'object'
}

/** A member of a file that violates the policy or the API. */
export interface GateFinding {
  file: string
  /** Counted from 1, columns in UTF-16 units. The end is exclusive. */
  line: number
  column: number
  endLine: number
  endColumn: number
  /** The object. Absent: the file itself is wrong. */
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
  /** `violated` counts. A person accepted `waived`. `baseline` existed before. */
  status: 'violated' | 'waived' | 'baseline'
  waiver?: GateWaiver
  /**
   * The same for the same finding, wherever it moves: it depends on rule, code, object and member,
   * and not on lines.
   */
  fingerprint: string
}

/**
 * Something that was not judged, or that a person should know. It does not affect the exit code.
 */
export interface GateNote {
  file: string
  line: number
  object?: Place
  /**
   * not-judged: skipped, with the reason. foreign-waiver: an exemption for another tool.
   * idle-waiver: it covers nothing.
   */
  kind: 'not-judged' | 'foreign-waiver' | 'idle-waiver'
  code: string
  message: string
}

/** Something that the gate could not judge. It keeps the gate from passing. */
export interface GateUnknown {
  /** Absent: it concerns no file. */
  file?: string
  line?: number
  column?: number
  code: string
  message: string
  remedy: string
}

/** A rule that was applied, for the reader of a report. */
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
  /** The policy's documents, to whose sections the clauses refer. */
  documents: readonly { id: string; title: string }[]
  /** The version of Kubernetes whose kinds the gate expected, e.g. `1.35`. */
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
  /** 0: nothing counts. 1: something is violated. 2: something is unknown. */
  exitCode: number
}

/** A finding in an object of the set, before waivers are applied. */
export interface Raised {
  rule: string
  clauses: readonly string[]
  /** Absent: only the gate's own rules raised it. */
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
