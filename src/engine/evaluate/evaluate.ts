// One look: everything asked once, and judged at once.
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

/** The questions of the invariants and of the fixes that may heal them, each once. */
function allQuestions(
  invariants: readonly Invariant[],
  policy: Policy,
): readonly Question<unknown>[] {
  const byKey = new Map(questionsOf(invariants, policy).map(question => [question.key, question]))
  for (const fix of invariants.flatMap(invariant => invariant.healedBy ?? [])) {
    for (const question of fix.observe(policy)) byKey.set(question.key, question)
  }
  return [...byKey.values()]
}

/** Looks and judges. Never rejects for what it sees. */
export async function evaluate(
  invariants: readonly Invariant[],
  runtime: Runtime,
  policy: Policy,
): Promise<Evaluation> {
  const snapshot = await observe(allQuestions(invariants, policy), runtime, policy)
  return { snapshot, judgements: judgeAll(invariants, snapshot, policy) }
}
