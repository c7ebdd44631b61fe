// An invariant: one sentence of the policy, the questions it needs, and the pure function that
// judges each subject.
import { findingsIn, type Judged } from './fact.ts'
import type { Fix } from './fix.ts'
import type { Policy } from './policy/policy.ts'
import { Unanswered, type Question, type Answers } from './question.ts'
import type { Finding } from './verdict.ts'

/** The subject of a verdict: a workload, a port, a node, a job. */
export interface Subject {
  readonly name: string
}

/**
 * `runtime`: it concerns what runs, so a drill needs it in its steady state. `manifests`: it
 * concerns how objects are written, which no fault changes and no recovery restores.
 */
export type About = 'runtime' | 'manifests'

export interface InvariantDefinition<
  S extends Subject,
  Code extends string = string,
  Name extends string = string,
> {
  /** Kebab case, unique. `explain`, `--only` and waivers refer to it. */
  readonly name: Name
  /** The sentence that must hold, in the present tense. It completes “waiting until …”. */
  readonly title: string
  /**
   * Why it matters on every cluster. The story of one cluster belongs in a clause of its policy.
   */
  readonly reason: string
  /** Default: `runtime`. */
  readonly about?: About
  /**
   * Whether the rule applies to the cluster. If not, it has no subjects and asks nothing. Absent:
   * always.
   */
  when?(policy: Policy): boolean
  /**
   * The subjects that the policy names. Each becomes a test, even if the cluster does not answer.
   */
  subjects(policy: Policy): readonly S[]
  /** Subjects in the cluster that the policy does not name. The same judge judges them. */
  discover?(answers: Answers, policy: Policy): readonly S[]
  observe(policy: Policy): readonly Question<unknown>[]
  /** Everything that the judge can state. */
  readonly facts?: readonly { readonly code: Code }[]
  /**
   * Pure. Returns the facts that violate the policy; without any, the invariant holds. A question
   * without an answer makes the verdict unknown.
   */
  judge(subject: S, answers: Answers, policy: Policy): Judged<NoInfer<Code>>
  /** Fixes that may help, least harm first. */
  readonly healedBy?: readonly Fix[]
}

/** An invariant as the engine sees it: only its own functions know the type of its subjects. */
export interface Invariant<Name extends string = string> extends Omit<
  InvariantDefinition<Subject, string, Name>,
  'about' | 'when' | 'subjects' | 'discover' | 'facts' | 'judge'
> {
  readonly kind: 'invariant'
  readonly about: About
  /** The codes of its facts, without the part after a colon. */
  readonly codes: readonly string[]
  subjects(policy: Policy): readonly Subject[]
  discover(answers: Answers, policy: Policy): readonly Subject[]
  judge(subject: Subject, answers: Answers, policy: Policy): readonly Finding[]
}

/** Defines an invariant. Nothing happens until a run judges with it. */
export function invariant<
  S extends Subject,
  Code extends string = string,
  const Name extends string = string,
>(definition: InvariantDefinition<S, Code, Name>): Invariant<Name> {
  const { facts = [], about = 'runtime', when = () => true, ...rest } = definition
  const hasSubjects = (policy: Policy): boolean =>
    definition.discover !== undefined || definition.subjects(policy).length > 0
  return {
    ...rest,
    kind: 'invariant',
    about,
    codes: facts.map(({ code }) => code),
    subjects: policy => (when(policy) ? definition.subjects(policy) : []),
    // What the policy does not name is not asked.
    observe: policy => (when(policy) && hasSubjects(policy) ? definition.observe(policy) : []),
    discover: (answers, policy) =>
      when(policy) ? (definition.discover?.(answers, policy) ?? []) : [],
    // The subjects that `judge` receives come from the lists of the same definition.
    judge: (subject, answers, policy) =>
      findingsIn(definition.judge(subject as S, answers, policy)),
  }
}

/** The questions of several invariants, without duplicates. */
export function questionsOf(
  invariants: readonly Invariant[],
  policy: Policy,
): readonly Question<unknown>[] {
  const byKey = new Map<string, Question<unknown>>()
  for (const invariant of invariants)
    for (const question of invariant.observe(policy)) byKey.set(question.key, question)
  return [...byKey.values()]
}

/** Ends a judgement with “not applicable”, for a reason that a reader understands. */
export function notApplicable(why: string): never {
  throw new Unanswered({ kind: 'not-applicable', cause: { kind: 'out-of-scope', reason: why } })
}

/** Ends a judgement with “unknown”: there is an answer, but it cannot be trusted. */
export function unknown(why: string): never {
  throw new Unanswered({ kind: 'unknown', cause: { kind: 'doubtful', reason: why } })
}
