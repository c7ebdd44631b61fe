// The fixes that an evaluation calls for, with the least harm first.
import { baselineOf, newlyViolated, planOf } from '#src/engine/evaluate/baseline.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import {
  harms,
  nameOf,
  type Act,
  type Fix,
  type Healing,
  type Judgement,
} from '#src/model/index.ts'
import type { HealContext } from './context.ts'

/** What decides which fixes are candidates. */
type Task = Pick<HealContext, 'invariants' | 'policy' | 'baseline'>

/** A fix that something violated calls for. */
export interface Candidate {
  fix: Fix
  /** The judgements that call for it. */
  because: readonly Judgement[]
  acts: readonly Act[]
}

/** The baseline of a run that may heal everything. */
export const nothingBefore = baselineOf([])

/** The judgements that call for each fix. */
function callsOf(seen: Evaluation, { invariants, baseline = nothingBefore }: Task) {
  const calls = new Map<Fix, Judgement[]>()
  for (const judgement of newlyViolated(seen.judgements, baseline)) {
    const invariant = invariants.find(({ name }) => name === judgement.invariant)
    for (const fix of invariant?.healedBy ?? [])
      calls.set(fix, [...(calls.get(fix) ?? []), judgement])
  }
  return calls
}

/** Every fix that is called for and has something to do, least harm first. */
export function candidates(seen: Evaluation, task: Task): readonly Candidate[] {
  const { policy, baseline = nothingBefore } = task
  return [...callsOf(seen, task)]
    .map(([fix, because]) => ({
      fix,
      because,
      acts: planOf(fix, seen, policy).filter(({ command }) => !baseline.acts.has(command)),
    }))
    .filter(({ acts }) => acts.length > 0)
    .toSorted((a, b) => harms.indexOf(a.fix.harm) - harms.indexOf(b.fix.harm))
}

/** A candidate as reports show it. */
export const describe = ({ fix, because, acts }: Candidate): Omit<Healing, 'outcome'> => ({
  fix: fix.name,
  title: fix.title,
  harm: fix.harm,
  because: because.map(nameOf),
  acts: acts.map(({ command }) => command),
})

/** The healings that would be tried, without trying them. */
export const plan = (seen: Evaluation, task: Task): readonly Healing[] =>
  candidates(seen, task).map(candidate => ({
    ...describe(candidate),
    outcome: { kind: 'planned' },
  }))
