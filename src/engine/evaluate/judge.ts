// From a snapshot and a policy to verdicts. Pure: the same input always gives the same verdicts.
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

/** The verdict on one subject, before waivers. Unknown, with the error, if the judge throws. */
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
 * Subjects in the cluster that the policy does not name. Empty without an answer: the verdicts on
 * the named subjects are unknown then, so nothing is hidden.
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

/** The verdict of an invariant whose discovery failed. */
const undiscovered = (error: string): Pick<Judgement, 'subject' | 'verdict'> => ({
  subject: 'what the policy does not name',
  verdict: { kind: 'unknown', cause: { kind: 'discovery-failed', error } },
})

/** The verdict of an invariant without subjects. */
const withoutSubject = ({ cluster }: Policy): Pick<Judgement, 'subject' | 'verdict'> => ({
  subject: cluster,
  verdict: { kind: 'not-applicable', cause: { kind: 'no-subjects' } },
})

/** Judges all subjects of one invariant, the named ones first. */
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
  const all = failed === undefined ? judged : [...judged, undiscovered(failed)]
  const about = {
    invariant: invariant.name,
    clauses: clausesProvenBy(policy, 'invariant', invariant.name),
  }
  return (all.length === 0 ? [withoutSubject(policy)] : all).map(one => ({ ...about, ...one }))
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
