// The verdicts of all guards on one snapshot, and what allows a drill that a guard would refuse.
import {
  Unanswered,
  failureInWords,
  neverAllowed,
  policyAllows,
  answersOf,
  type Attempt,
  type Guard,
  type GuardAllowance,
  type GuardName,
  type GuardRefusal,
  type GuardVerdict,
  type Objection,
  type Policy,
  type Question,
  type Snapshot,
} from '#src/model/index.ts'

/** The questions of all guards, without duplicates. */
export function guardQuestions(
  guards: readonly Guard[],
  attempt: Attempt,
  policy: Policy,
): readonly Question<unknown>[] {
  return [
    ...new Map(
      guards
        .flatMap(guard => guard.observe(attempt, policy))
        .map(question => [question.key, question]),
    ).values(),
  ]
}

const isOf = (names: readonly GuardName[], name: GuardName): boolean => names.includes(name)

/** How a person allows a drill in spite of a guard. */
export function remedyOf(name: GuardName): string {
  if (name === 'one-at-a-time') return 'wait until it ends, or stop it: holdfast stop'
  if (isOf(neverAllowed, name)) return 'no flag and no policy allows this'
  const byPolicy = isOf(policyAllows, name) ? ', or limits.allows in the policy' : ''
  return `to allow it: --allow ${name}${byPolicy}`
}

/** What allows one objection; undefined: nothing does. */
function passOf(
  name: GuardName,
  objection: Objection,
  policy: Policy,
  allowed: ReadonlySet<GuardName>,
): string | undefined {
  if (isOf(neverAllowed, name)) return undefined
  if (allowed.has(name)) return `--allow ${name}`
  const entry = isOf(policyAllows, name)
    ? policy.limits.allows.find(
        ({ guard, of }) => guard === name && (of === undefined || of === objection.of),
      )
    : undefined
  return entry === undefined ? undefined : `the policy: ${entry.because}`
}

/** What a guard objects to: what it cannot check is an objection, too. */
function objectionsOf(
  guard: Guard,
  attempt: Attempt,
  snapshot: Snapshot,
  policy: Policy,
): readonly Objection[] | { inapplicable: string } {
  try {
    return guard.judge(attempt, answersOf(snapshot), policy)
  } catch (error) {
    if (!(error instanceof Unanswered))
      return [{ of: 'unknown', kind: 'guard-failed', error: failureInWords(error) }]
    if (error.verdict.kind === 'not-applicable') return { inapplicable: error.message }
    return [{ of: 'unknown', kind: 'unclear', cause: error.verdict.cause }]
  }
}

function judgeOne(
  guard: Guard,
  attempt: Attempt,
  snapshot: Snapshot,
  policy: Policy,
  allowed: ReadonlySet<GuardName>,
): GuardVerdict {
  const about = { guard: guard.name, description: guard.description }
  const objections = objectionsOf(guard, attempt, snapshot, policy)
  if ('inapplicable' in objections)
    return { ...about, kind: 'not-applicable', why: objections.inapplicable }
  if (objections.length === 0) return { ...about, kind: 'holds' }
  const passes = objections.map(objection => passOf(guard.name, objection, policy, allowed))
  const open = objections.filter((_, index) => passes[index] === undefined)
  if (open.length > 0)
    return { ...about, kind: 'refuses', objections: open, remedy: remedyOf(guard.name) }
  const by = [...new Set(passes.filter(pass => pass !== undefined))]
  return { ...about, kind: 'allowed', objections, by }
}

/** Judges all guards. Pure. Reports all refusals together. */
export const judgeGuards = (
  guards: readonly Guard[],
  attempt: Attempt,
  snapshot: Snapshot,
  policy: Policy,
  allowed: ReadonlySet<GuardName>,
): readonly GuardVerdict[] =>
  guards.map(guard => judgeOne(guard, attempt, snapshot, policy, allowed))

/** The guards that refuse, each with its remedy. */
export const refusalsOf = (verdicts: readonly GuardVerdict[]): readonly GuardRefusal[] =>
  verdicts.flatMap(verdict =>
    verdict.kind === 'refuses'
      ? [{ guard: verdict.guard, objections: verdict.objections, remedy: verdict.remedy }]
      : [],
  )

/** The guards whose objections were allowed. */
export const allowancesOf = (verdicts: readonly GuardVerdict[]): readonly GuardAllowance[] =>
  verdicts.flatMap(verdict =>
    verdict.kind === 'allowed'
      ? [{ guard: verdict.guard, objections: verdict.objections, by: verdict.by }]
      : [],
  )
