// What was already wrong when a drill began: it is not the drill's to wait for, and not its to heal.
import {
  nameOf,
  Unanswered,
  answersOf,
  fails,
  type Act,
  type Fix,
  type Invariant,
  type Judgement,
  type Policy,
  type Verdict,
} from '#src/model/index.ts'
import type { Evaluation } from './evaluate.ts'
import { findingsOf } from './judge.ts'

export interface Baseline {
  /** Verdicts by invariant and subject, as {@link nameOf} names them. */
  readonly verdicts: ReadonlyMap<string, Verdict>
  /** Names of invariants that apply to a subject on this target. */
  readonly applicable: ReadonlySet<string>
  /** Commands that fixes would have run before anything was injected. */
  readonly acts: ReadonlySet<string>
}

/** The fixes of some invariants, each once, in the order in which the invariants name them. */
export const fixesOf = (invariants: readonly Invariant[]): readonly Fix[] => [
  ...new Set(invariants.flatMap(({ healedBy = [] }) => healedBy)),
]

/** The acts that an evaluation calls for; none where the fix cannot see what it needs. */
export function planOf(fix: Fix, { snapshot }: Evaluation, policy: Policy): readonly Act[] {
  try {
    return fix.plan(answersOf(snapshot), policy)
  } catch (error) {
    if (error instanceof Unanswered) return []
    throw error
  }
}

/** Verdicts alone: for whoever runs no fixes. */
export const baselineOf = (judgements: readonly Judgement[]): Baseline => ({
  verdicts: new Map(judgements.map(judgement => [nameOf(judgement), judgement.verdict])),
  applicable: new Set(
    judgements.flatMap(({ invariant, verdict }) =>
      verdict.kind === 'not-applicable' ? [] : [invariant],
    ),
  ),
  acts: new Set(),
})

/** Verdicts, and what the fixes of these invariants would have done about them. */
export const baselineWithActs = (
  before: Evaluation,
  invariants: readonly Invariant[],
  policy: Policy,
): Baseline => ({
  ...baselineOf(before.judgements),
  acts: new Set(
    fixesOf(invariants).flatMap(fix => planOf(fix, before, policy).map(({ command }) => command)),
  ),
})

/** Whether a judgement fails in a way in which it did not fail before. */
export function isWorse(judgement: Judgement, { verdicts }: Baseline): boolean {
  if (!fails(judgement)) return false
  const before = verdicts.get(nameOf(judgement))
  if (before?.kind !== judgement.verdict.kind) return true
  const known = new Set(findingsOf(before).map(({ code }) => code))
  return findingsOf(judgement.verdict).some(({ code }) => !known.has(code))
}

/** Judgements that fail in a way in which they did not fail before. */
export const worse = (judgements: readonly Judgement[], baseline: Baseline): readonly Judgement[] =>
  judgements.filter(judgement => isWorse(judgement, baseline))

/** Judgements that are violated in a way in which they were not violated before. */
export const newlyViolated = (
  judgements: readonly Judgement[],
  baseline: Baseline,
): readonly Judgement[] =>
  worse(judgements, baseline).filter(({ verdict }) => verdict.kind === 'violated')

/** What does not apply on this target cannot be violated; what has no subject yet may get one. */
const isOutOfReach = (verdict: Verdict): boolean =>
  verdict.kind === 'not-applicable' && verdict.cause.kind !== 'no-subjects'

/**
 * Fixes that a drill on top of this baseline can call for: some subject of an invariant that names
 * them was judged, or may still be discovered.
 */
export function fixesThatMayBeCalledFor(
  invariants: readonly Invariant[],
  judgements: readonly Judgement[],
): readonly Fix[] {
  const open = new Set(
    judgements.flatMap(({ invariant, verdict }) =>
      verdict.kind === 'violated' || isOutOfReach(verdict) ? [] : [invariant],
    ),
  )
  return fixesOf(invariants.filter(({ name }) => open.has(name)))
}
