// The examination before a drill: asks the questions of the guards and of the steady state once,
// and judges both on one snapshot.
import { watchedInvariants } from '#src/engine/drill/steady-state.ts'
import { fixesThatMayBeCalledFor } from '#src/engine/evaluate/baseline.ts'
import { fixesOf } from '#src/engine/evaluate/evaluate.ts'
import { questionsWithFixes, type Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { judgeAll } from '#src/engine/evaluate/judge.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import type { GuardResult } from '#src/engine/drill/preflight.ts'
import {
  type Attempt,
  type Drill,
  type Fix,
  type GuardName,
  type GuardVerdict,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { allowancesOf, guardQuestions, judgeGuards, refusalsOf } from './evaluate.ts'
import { guards } from './guards.ts'

/** What this process knows about itself, and what a person has allowed. */
export interface GuardContext extends Pick<Attempt, 'active' | 'freeBytes' | 'ownNode'> {
  readonly allowed: ReadonlySet<GuardName>
  /** Names of fixes that may not act. */
  readonly disabled?: ReadonlySet<string>
}

/** Nothing is known, and nothing is allowed. */
export const nothingAllowed: GuardContext = {
  active: undefined,
  freeBytes: undefined,
  ownNode: undefined,
  allowed: new Set(),
}

/** Fixes that may act in a drill. */
export const fixesOfDrill = (
  drill: Drill,
  disabled: ReadonlySet<string> = new Set(),
): readonly Fix[] =>
  drill.healer === 'cluster'
    ? []
    : fixesOf(drill.steadyState).filter(({ name }) => !disabled.has(name))

export interface Examined {
  verdicts: readonly GuardVerdict[]
  /** The steady state in the same snapshot. */
  before: Evaluation
  /** Fixes that the drill can call for. It leaves alone what was violated before. */
  fixes: readonly Fix[]
}

/** Judges all guards on one snapshot. Reads only: reviews of access store nothing. */
export async function examine(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  guardContext: GuardContext = nothingAllowed,
): Promise<Examined> {
  const { active, freeBytes, ownNode, allowed, disabled } = guardContext
  const attempt: Attempt = {
    setup: drill.setup?.(policy) ?? [],
    faults: drill.faults(policy),
    fixes: fixesOfDrill(drill, disabled),
    steady: [],
    target: runtime.target,
    lacks: runtime.lacks,
    active,
    freeBytes,
    ownNode,
  }
  const needed = watchedInvariants(drill)
  const asked = new Map(
    [...questionsWithFixes(needed, policy), ...guardQuestions(guards, attempt, policy)].map(
      question => [question.key, question],
    ),
  )
  const snapshot = await observe([...asked.values()], runtime, policy)
  const steady = judgeAll(needed, snapshot, policy)
  const callable = new Set(fixesThatMayBeCalledFor(drill.steadyState, steady))
  const fixes = attempt.fixes.filter(fix => callable.has(fix))
  return {
    verdicts: judgeGuards(guards, { ...attempt, fixes, steady }, snapshot, policy, allowed),
    before: { snapshot, judgements: steady },
    fixes,
  }
}

/** The verdicts of {@link examine} alone. */
export const guardDrill = async (
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  guardContext?: GuardContext,
): Promise<readonly GuardVerdict[]> =>
  (await examine(drill, runtime, policy, guardContext)).verdicts

/** The refusals and allowances of all guards, for a drill. */
export async function askGuards(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  guardContext?: GuardContext,
): Promise<GuardResult> {
  const { verdicts, before } = await examine(drill, runtime, policy, guardContext)
  return { before, refusals: refusalsOf(verdicts), allowed: allowancesOf(verdicts) }
}
