// What was violated before a drill began: the drill neither waits for it nor heals it.
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
import { fixesOf, type Evaluation } from './evaluate.ts'
import { findingsOf } from './judge.ts'

export interface Baseline {
  /** Verdicts by invariant and subject, as {@link nameOf} names them. */
  readonly verdicts: ReadonlyMap<string, Verdict>
  /** Names of invariants that apply to a subject on this target. */
  readonly applicable: ReadonlySet<string>
  /** Commands that fixes would have run before the injection. */
  readonly acts: ReadonlySet<string>
}

/** The acts of a fix for an evaluation. Empty if an answer that it needs is missing. */
export function planOf(fix: Fix, { snapshot }: Evaluation, policy: Policy): readonly Act[] {
  try {
    return fix.plan(answersOf(snapshot), policy)
  } catch (error) {
    if (error instanceof Unanswered) return []
    throw error
  }
}

/** A baseline of verdicts alone, for runs without fixes. */
export const baselineOf = (judgements: readonly Judgement[]): Baseline => ({
  verdicts: new Map(judgements.map(judgement => [nameOf(judgement), judgement.verdict])),
  applicable: new Set(
    judgements.flatMap(({ invariant, verdict }) =>
      verdict.kind === 'not-applicable' ? [] : [invariant],
    ),
  ),
  acts: new Set(),
})

/** A baseline of verdicts, and of the acts with which fixes would have answered them. */
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

/** Whether a judgement fails in a new way. */
export function isWorse(judgement: Judgement, { verdicts }: Baseline): boolean {
  if (!fails(judgement)) return false
  const before = verdicts.get(nameOf(judgement))
  if (before?.kind !== judgement.verdict.kind) return true
  const known = new Set(findingsOf(before).map(({ code }) => code))
  return findingsOf(judgement.verdict).some(({ code }) => !known.has(code))
}

/** Judgements that fail in a new way. */
export const worse = (judgements: readonly Judgement[], baseline: Baseline): readonly Judgement[] =>
  judgements.filter(judgement => isWorse(judgement, baseline))

/** Judgements that are violated in a new way. */
export const newlyViolated = (
  judgements: readonly Judgement[],
  baseline: Baseline,
): readonly Judgement[] =>
  worse(judgements, baseline).filter(({ verdict }) => verdict.kind === 'violated')

/** Whether a verdict can never become violated on this target. A subject may still appear. */
const isOutOfReach = (verdict: Verdict): boolean =>
  verdict.kind === 'not-applicable' && verdict.cause.kind !== 'no-subjects'

/**
 * Fixes that a drill on this baseline can call for: one of their invariants holds for a subject, or
 * may still discover one.
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
