// Verdicts: a closed, ranked union in which missing data is never a pass.
import type { Change, Place } from './manifest.ts'

/** One deviation from the policy. */
export interface Finding {
  /** Short and stable, e.g. `probe-missing:startup`. Waivers refer to it. */
  code: string
  /** What was seen. */
  seen: string
  /** What the policy wants. */
  expected: string
  /** What a person does about it. */
  remedy: string
  /**
   * The member of an object that is wrong, if it is one. It gives the finding its file and line.
   */
  at?: Place
  /** The change that certainly corrects that member. */
  change?: Change
}

/** A named person's acceptance of named findings until a day. */
export interface Waiver {
  invariant: string
  /** A subject's name. */
  subject: string
  /** Codes of the findings it covers. */
  findings: readonly string[]
  owner: string
  reason: string
  /** The last day of the waiver, `YYYY-MM-DD`, UTC. */
  until: string
}

/** Why there is no verdict about a subject. */
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
  /** The judge has an answer that it cannot trust. */
  | { kind: 'doubtful'; reason: string }
  /** A defect of the judge. It means nothing for the cluster. */
  | { kind: 'judge-failed'; error: string }
  /** The same, while the invariant looked for subjects that the policy does not name. */
  | { kind: 'discovery-failed'; error: string }

/** Why an invariant does not apply to a subject. */
export type NotApplicableCause =
  /** The policy names no subject, and none was discovered. */
  | { kind: 'no-subjects' }
  /** The target lacks what the question needs. */
  | { kind: 'lacking'; reason: string }
  /** The judge found that its rule does not concern this subject. */
  | { kind: 'out-of-scope'; reason: string }

export type Verdict =
  | { kind: 'holds' }
  | { kind: 'violated'; findings: readonly Finding[] }
  | { kind: 'unknown'; cause: UnknownCause }
  | { kind: 'waived'; findings: readonly Finding[]; waiver: Waiver; daysLeft: number }
  | { kind: 'not-applicable'; cause: NotApplicableCause }

/** A verdict with its invariant and subject. */
export interface Judgement {
  invariant: string
  clauses: readonly string[]
  subject: string
  verdict: Verdict
}

/** Whether it fails a run: violated or unknown. */
export const fails = ({ verdict }: Pick<Judgement, 'verdict'>): boolean =>
  verdict.kind === 'violated' || verdict.kind === 'unknown'

/**
 * From best to worst: a later pass never hides an earlier violation, and unknown never becomes a
 * pass.
 */
export const verdictRank = [
  'not-applicable',
  'holds',
  'waived',
  'unknown',
  'violated',
] as const satisfies readonly Verdict['kind'][]

/** The worst kind in a list. `not-applicable` for an empty one. */
export function worstVerdict(kinds: Iterable<Verdict['kind']>): Verdict['kind'] {
  let worst = 0
  for (const kind of kinds) worst = Math.max(worst, verdictRank.indexOf(kind))
  return verdictRank[worst] ?? 'unknown'
}

/** The name of a judgement for people: `containers-have-probes · joelclaw/redis`. */
export const nameOf = ({ invariant, subject }: Pick<Judgement, 'invariant' | 'subject'>): string =>
  `${invariant} · ${subject}`
