// The state of each clause in a run: the worst result of the invariants and drills that prove it.
import {
  worstVerdict,
  type Coverage,
  type DrillResult,
  type Run,
  type Verdict,
} from '#src/model/index.ts'
import { statusOf, type Status } from './status.ts'

/** A verdict, or why there is none. */
export type ClauseState = Verdict['kind'] | 'not-judged' | 'kept-by-guard' | 'planned' | 'uncovered'

/** The verdict that a drill gives on its clauses. A refusal proves nothing. */
const ofDrill: Readonly<Record<Status, Verdict['kind']>> = {
  passed: 'holds',
  failed: 'violated',
  unknown: 'unknown',
  refused: 'unknown',
  aborted: 'unknown',
  'not-applicable': 'not-applicable',
}

const kindOf = (drill: DrillResult): Verdict['kind'] => ofDrill[statusOf(drill)]

/** The state of one clause in a run. */
export function clauseState(
  coverage: Coverage,
  { judgements, drills }: Pick<Run, 'judgements' | 'drills'>,
): ClauseState {
  const { clause } = coverage
  const kinds = [
    ...judgements
      .filter(({ clauses }) => clauses.includes(clause.id))
      .map(({ verdict }) => verdict.kind),
    ...drills.filter(({ clauses }) => clauses.includes(clause.id)).map(kindOf),
  ]
  if (kinds.length > 0) return worstVerdict(kinds)
  if (clause.status === 'planned') return 'planned'
  if (coverage.guards.length > 0) return 'kept-by-guard'
  return coverage.invariants.length + coverage.drills.length + coverage.fixes.length === 0
    ? 'uncovered'
    : 'not-judged'
}

/** Ids of the clauses with a violated judgement or a failed drill. */
export function violatedClauses({
  judgements,
  drills,
}: Pick<Run, 'judgements' | 'drills'>): readonly string[] {
  return [
    ...new Set([
      ...judgements
        .filter(({ verdict }) => verdict.kind === 'violated')
        .flatMap(({ clauses }) => clauses),
      ...drills.filter(drill => kindOf(drill) === 'violated').flatMap(({ clauses }) => clauses),
    ]),
  ]
}

/** Ids of the clauses with an unknown result and without a violated one. */
export function unknownClauses(run: Pick<Run, 'judgements' | 'drills'>): readonly string[] {
  const violated = new Set(violatedClauses(run))
  return [
    ...new Set([
      ...run.judgements
        .filter(({ verdict }) => verdict.kind === 'unknown')
        .flatMap(({ clauses }) => clauses),
      ...run.drills.filter(drill => kindOf(drill) === 'unknown').flatMap(({ clauses }) => clauses),
    ]),
  ].filter(id => !violated.has(id))
}
