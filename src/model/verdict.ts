// What judging says: a closed union, ranked, in which silence is never consent.
import type { Change, Place } from './manifest.ts'

/** One thing that is not as the policy wants it. */
export interface Finding {
  /** Stable and short, e.g. `probe-missing:startup`: what a waiver refers to. */
  code: string
  /** What was seen. */
  seen: string
  /** What the policy wants. */
  expected: string
  /** What a person does about it. */
  remedy: string
  /**
   * The member of the object that it is about, where it is about one: from this a file and a line
   * are found.
   */
  at?: Place
  /** What certainly makes it right, at that place. */
  change?: Change
}

/** A named person accepts named findings until a day. */
export interface Waiver {
  invariant: string
  /** A subject's name. */
  subject: string
  /** Codes of the findings it covers. */
  findings: readonly string[]
  owner: string
  reason: string
  /** The last day on which it holds, `YYYY-MM-DD`, UTC. */
  until: string
}

/** Why nothing can be stated about a subject. */
export type UnknownCause =
  /** A question that the judge needs got no answer. `question` is its key. */
  | {
      kind: 'unanswered'
      question: string
      /** Completes “could not …”. */
      description: string
      origin: string
      tookMs: number
      reason: string
    }
  /** The judge has an answer and cannot rely on it. */
  | { kind: 'doubtful'; reason: string }
  /** A defect of the judge, which says nothing about the cluster. */
  | { kind: 'judge-failed'; error: string }
  /** The same, while the invariant looked for subjects that the policy does not name. */
  | { kind: 'discovery-failed'; error: string }

/** Why an invariant does not apply to a subject. */
export type NotApplicableCause =
  /** The policy names no subject, and none was discovered. */
  | { kind: 'no-subjects' }
  /** The target does not have what the question asks. */
  | { kind: 'lacking'; reason: string }
  /** The judge found that its rule is not about this subject. */
  | { kind: 'out-of-scope'; reason: string }

export type Verdict =
  | { kind: 'holds' }
  | { kind: 'violated'; findings: readonly Finding[] }
  | { kind: 'unknown'; cause: UnknownCause }
  | { kind: 'waived'; findings: readonly Finding[]; waiver: Waiver; daysLeft: number }
  | { kind: 'not-applicable'; cause: NotApplicableCause }

/** A verdict with what it is about. */
export interface Judgement {
  invariant: string
  clauses: readonly string[]
  subject: string
  verdict: Verdict
}

/** Whether it fails whoever relies on it: silence is no pass. */
export const fails = ({ verdict }: Pick<Judgement, 'verdict'>): boolean =>
  verdict.kind === 'violated' || verdict.kind === 'unknown'

/**
 * The order of gravity: an earlier violation is never hidden by a later pass, and unknown never
 * becomes one.
 */
export const verdictRank = [
  'not-applicable',
  'holds',
  'waived',
  'unknown',
  'violated',
] as const satisfies readonly Verdict['kind'][]

/** The gravest kind of a list; `not-applicable` for an empty one. */
export function worstVerdict(kinds: Iterable<Verdict['kind']>): Verdict['kind'] {
  let worst = 0
  for (const kind of kinds) worst = Math.max(worst, verdictRank.indexOf(kind))
  return verdictRank[worst] ?? 'unknown'
}

/** `containers-have-probes · joelclaw/redis`: how people read which judgement is meant. */
export const nameOf = ({ invariant, subject }: Pick<Judgement, 'invariant' | 'subject'>): string =>
  `${invariant} · ${subject}`
