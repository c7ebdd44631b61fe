// An invariant: one sentence of the policy, the questions it needs and the pure function that
// judges a subject.
import type { Fix } from './fix.ts'
import type { Policy } from './policy.ts'
import { Unanswered, type Question, type Answers } from './question.ts'
import type { Finding } from './verdict.ts'

/** What a verdict is about: a workload, a port, a node, a job. */
export interface Subject {
  readonly name: string
}

export interface InvariantDefinition<S extends Subject> {
  /** Kebab case, unique; what `explain`, `--only` and waivers refer to. */
  readonly name: string
  /** Present tense, completes “waiting until …”. */
  readonly title: string
  readonly reason: string
  /**
   * The subjects that the policy names: each becomes a test, also when the cluster cannot be seen.
   */
  subjects(policy: Policy): readonly S[]
  /**
   * Subjects that are there without being named by the policy. They are judged by the same
   * function.
   */
  discover?(answers: Answers, policy: Policy): readonly S[]
  observe(policy: Policy): readonly Question<unknown>[]
  /** Pure. No findings: it holds. What it cannot see makes the verdict unknown by itself. */
  judge(subject: S, answers: Answers, policy: Policy): readonly Finding[]
  /** Fixes that may help, least harm first. */
  readonly healedBy?: readonly Fix[]
}

/** An invariant whose subject type is known to itself only. */
export type Invariant = Omit<InvariantDefinition<Subject>, 'judge' | 'subjects' | 'discover'> & {
  readonly kind: 'invariant'
  subjects(policy: Policy): readonly Subject[]
  discover(answers: Answers, policy: Policy): readonly Subject[]
  judge(subject: Subject, answers: Answers, policy: Policy): readonly Finding[]
}

/** Makes an invariant; inert until somebody judges with it. */
export function invariant<S extends Subject>(definition: InvariantDefinition<S>): Invariant {
  return {
    ...definition,
    kind: 'invariant',
    discover: (answers, policy) => definition.discover?.(answers, policy) ?? [],
    // The subjects that reach `judge` come from this same definition's lists.
    judge: (subject, answers, policy) => definition.judge(subject as S, answers, policy),
  }
}

/** The questions of several invariants, each once. */
export function questionsOf(
  invariants: readonly Invariant[],
  policy: Policy,
): readonly Question<unknown>[] {
  const byKey = new Map<string, Question<unknown>>()
  for (const invariant of invariants)
    for (const question of invariant.observe(policy)) byKey.set(question.key, question)
  return [...byKey.values()]
}

/** Leaves a judge with “not applicable”, for a reason that a reader understands. */
export function notApplicable(why: string): never {
  throw new Unanswered('absent', why)
}

/** Leaves a judge with “unknown”: the fact is there but cannot be trusted. */
export function unknown(why: string): never {
  throw new Unanswered('unknown', why)
}
