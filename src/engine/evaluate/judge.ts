// Snapshot and policy in, verdicts out. Pure: the same input gives the same verdicts, today and in
// a year.
import {
  Unanswered,
  clausesProvenBy,
  failureInWords,
  answersOf,
  type Finding,
  type Invariant,
  type Judgement,
  type Policy,
  type Answers,
  type Snapshot,
  type Subject,
  type Verdict,
} from '#src/model/index.ts'
import { waive } from './waivers.ts'

/**
 * What an invariant says of one subject, before waivers. A judge that fails is unknown, with its
 * error as the reason.
 */
function verdictOn(
  invariant: Invariant,
  subject: Subject,
  answers: Answers,
  policy: Policy,
): Verdict {
  try {
    const findings = invariant.judge(subject, answers, policy)
    return findings.length === 0 ? { kind: 'holds' } : { kind: 'violated', findings }
  } catch (error) {
    if (!(error instanceof Unanswered))
      return { kind: 'unknown', cause: { kind: 'judge-failed', error: failureInWords(error) } }
    return error.verdict
  }
}

/**
 * Subjects that nobody named. Where they cannot be seen the named ones are unknown already, so
 * nothing is lost.
 */
function discovered(
  invariant: Invariant,
  answers: Answers,
  policy: Policy,
  named: ReadonlySet<string>,
): { subjects: readonly Subject[]; failed?: string } {
  try {
    return {
      subjects: invariant.discover(answers, policy).filter(subject => !named.has(subject.name)),
    }
  } catch (error) {
    return error instanceof Unanswered
      ? { subjects: [] }
      : { subjects: [], failed: failureInWords(error) }
  }
}

/** What is said of an invariant that cannot tell which subjects it has. */
const blind = (error: string): Pick<Judgement, 'subject' | 'verdict'> => ({
  subject: 'what the policy does not name',
  verdict: { kind: 'unknown', cause: { kind: 'discovery-failed', error } },
})

/** What is said of an invariant without subjects. */
const pointless = ({ cluster }: Policy): Pick<Judgement, 'subject' | 'verdict'> => ({
  subject: cluster,
  verdict: { kind: 'not-applicable', cause: { kind: 'no-subjects' } },
})

/** Judges one invariant on all of its subjects, named ones first. */
export function judge(
  invariant: Invariant,
  snapshot: Snapshot,
  policy: Policy,
): readonly Judgement[] {
  const answers = answersOf(snapshot)
  const named = invariant.subjects(policy)
  const names = new Set(named.map(({ name }) => name))
  const { subjects: unnamed, failed } = discovered(invariant, answers, policy, names)
  const judged = [...named, ...unnamed].map(subject => {
    const verdict = verdictOn(invariant, subject, answers, policy)
    return {
      subject: subject.name,
      verdict: waive(verdict, invariant.name, subject.name, policy.waivers, snapshot.endedAt),
    }
  })
  const all = failed === undefined ? judged : [...judged, blind(failed)]
  const about = {
    invariant: invariant.name,
    clauses: clausesProvenBy(policy, 'invariant', invariant.name),
  }
  return (all.length === 0 ? [pointless(policy)] : all).map(one => ({ ...about, ...one }))
}

/** Judges all invariants on one snapshot. */
export const judgeAll = (
  invariants: readonly Invariant[],
  snapshot: Snapshot,
  policy: Policy,
): readonly Judgement[] => invariants.flatMap(invariant => judge(invariant, snapshot, policy))

/** Findings of a verdict; none unless it is violated. */
export const findingsOf = (verdict: Verdict): readonly Finding[] =>
  verdict.kind === 'violated' ? verdict.findings : []
