// One evaluation: asks every question once, and judges the answers.
import { fixesOf } from './baseline.ts'
import { judgeAll } from './judge.ts'
import {
  questionsOf,
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
