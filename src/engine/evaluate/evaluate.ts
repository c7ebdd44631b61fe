// One evaluation: asks every question once, and judges the answers.
import { judgeAll } from './judge.ts'
import {
  questionsOf,
  type Fix,
  type Invariant,
  type Judgement,
  type Policy,
  type Question,
  type Runtime,
  type Snapshot,
} from '#src/model/index.ts'
import { observe } from './observe.ts'

export interface Evaluation {
  snapshot: Snapshot
  judgements: readonly Judgement[]
}

/** The questions of invariants and of their fixes, without duplicates. */
export function questionsWithFixes(
  invariants: readonly Invariant[],
  policy: Policy,
): readonly Question<unknown>[] {
  const byKey = new Map(questionsOf(invariants, policy).map(question => [question.key, question]))
  for (const question of fixesOf(invariants).flatMap(fix => fix.observe(policy)))
    byKey.set(question.key, question)
  return [...byKey.values()]
}

/** Observes and judges. Never rejects for anything that it observes. */
export async function evaluate(
  invariants: readonly Invariant[],
  runtime: Runtime,
  policy: Policy,
): Promise<Evaluation> {
  const snapshot = await observe(questionsWithFixes(invariants, policy), runtime, policy)
  return { snapshot, judgements: judgeAll(invariants, snapshot, policy) }
}
/** The fixes of some invariants, each once, in the order of the invariants. */

export const fixesOf = (invariants: readonly Invariant[]): readonly Fix[] => [
  ...new Set(invariants.flatMap(({ healedBy = [] }) => healedBy)),
]
