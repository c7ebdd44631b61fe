// An invariant: one sentence of the policy, the questions it needs and the pure function that
// judges a subject.
import { findingsIn, type Judged } from './fact.ts'
import type { Fix } from './fix.ts'
import type { Policy } from './policy/policy.ts'
import { Unanswered, type Question, type Answers } from './question.ts'
import type { Finding } from './verdict.ts'

/** What a verdict is about: a workload, a port, a node, a job. */
export interface Subject {
  readonly name: string
}

/**
 * What an invariant is about. `runtime`: what must run and answer, so a drill needs it as its
 * steady state. `manifests`: how objects are written, which no fault changes and no recovery brings
 * back.
 */
export type About = 'runtime' | 'manifests'

export interface InvariantDefinition<S extends Subject, Code extends string = string> {
  /** Kebab case, unique; what `explain`, `--only` and waivers refer to. */
  readonly name: string
  /** What holds. Present tense, completes “waiting until …”. */
  readonly title: string
  /** Why it matters, on every cluster. The story of one cluster belongs to its policy's clause. */
  readonly reason: string
  /** Default: `runtime`. */
  readonly about?: About
  /** Where the rule applies; absent: everywhere. Elsewhere it has no subjects and asks nothing. */
  when?(policy: Policy): boolean
  /**
   * The subjects that the policy names: each becomes a test, also when the cluster cannot be seen.
   */
  subjects(policy: Policy): readonly S[]
  /** Subjects that the cluster has and the policy does not name. The same judge judges them. */
  discover?(answers: Answers, policy: Policy): readonly S[]
  observe(policy: Policy): readonly Question<unknown>[]
  /** Everything that the judge can state. */
  readonly facts?: readonly { readonly code: Code }[]
  /**
   * Pure. States the facts that violate the policy; none: it holds. A question without an answer
   * makes the verdict unknown.
   */
  judge(subject: S, answers: Answers, policy: Policy): Judged<NoInfer<Code>>
  /** Fixes that may help, least harm first. */
  readonly healedBy?: readonly Fix[]
}

/** An invariant whose subject type only its own functions know. */
export interface Invariant extends Omit<
  InvariantDefinition<Subject>,
  'about' | 'when' | 'subjects' | 'discover' | 'facts' | 'judge'
> {
  readonly kind: 'invariant'
  readonly about: About
  /** The codes of everything that its judge can state, without what follows a colon. */
  readonly codes: readonly string[]
  subjects(policy: Policy): readonly Subject[]
  discover(answers: Answers, policy: Policy): readonly Subject[]
  judge(subject: Subject, answers: Answers, policy: Policy): readonly Finding[]
}

/** Makes an invariant; inert until a run judges with it. */
export function invariant<S extends Subject, Code extends string = string>(
  definition: InvariantDefinition<S, Code>,
): Invariant {
  const { facts = [], about = 'runtime', when = () => true, ...rest } = definition
  return {
    ...rest,
    kind: 'invariant',
    about,
    codes: facts.map(({ code }) => code),
    subjects: policy => (when(policy) ? definition.subjects(policy) : []),
    observe: policy => (when(policy) ? definition.observe(policy) : []),
    discover: (answers, policy) =>
      when(policy) ? (definition.discover?.(answers, policy) ?? []) : [],
    // The subjects that reach `judge` come from this same definition's lists.
    judge: (subject, answers, policy) =>
      findingsIn(definition.judge(subject as S, answers, policy)),
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
  throw new Unanswered({ kind: 'not-applicable', cause: { kind: 'out-of-scope', reason: why } })
}

/** Leaves a judge with “unknown”: the fact is there but cannot be trusted. */
export function unknown(why: string): never {
  throw new Unanswered({ kind: 'unknown', cause: { kind: 'doubtful', reason: why } })
}
