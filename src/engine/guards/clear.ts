// One look before a drill: everything that guards and the steady state need is asked once, and all
// of it judged together.
import { fixesOf, fixesThatMayBeCalledFor } from '#src/engine/evaluate/baseline.ts'
import { questionsWithFixes, type Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { judgeAll } from '#src/engine/evaluate/judge.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import type { Clearance } from '#src/engine/drill/opening.ts'
import {
  type Attempt,
  type Drill,
  type Fix,
  type GuardName,
  type GuardVerdict,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { fewOf, guardQuestions, judgeGuards, refusalOf } from './evaluate.ts'
import { guards } from './guards.ts'

/** What the process that drills knows of itself, and what a person has allowed. */
export interface Standing extends Pick<Attempt, 'active' | 'freeBytes' | 'ownNode'> {
  readonly allowed: ReadonlySet<GuardName>
  /** Names of fixes that may not act. */
  readonly disabled?: ReadonlySet<string>
}

/** Nothing known and nothing allowed. */
export const nothingAllowed: Standing = {
  active: undefined,
  freeBytes: undefined,
  ownNode: undefined,
  allowed: new Set(),
}

/** Fixes that a drill lets act. */
export const fixesOfDrill = (
  drill: Drill,
  disabled: ReadonlySet<string> = new Set(),
): readonly Fix[] =>
  drill.healer === 'cluster'
    ? []
    : fixesOf(drill.steadyState).filter(({ name }) => !disabled.has(name))

export interface Examined {
  verdicts: readonly GuardVerdict[]
  /** What the drill needs to hold, as the same look shows it. */
  before: Evaluation
  /** Fixes that the drill can call for: what was violated before is left alone. */
  fixes: readonly Fix[]
}

/** Judges all guards on one look at the world. Only looks: reviews of access store nothing. */
export async function examine(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  standing: Standing = nothingAllowed,
): Promise<Examined> {
  const { active, freeBytes, ownNode, allowed, disabled } = standing
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
  const needed = [...new Set([...drill.steadyState, ...(drill.always ?? [])])]
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

/** Judges all guards on one look at the world. Only looks: reviews of access store nothing. */
export const guardDrill = async (
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  standing?: Standing,
): Promise<readonly GuardVerdict[]> => (await examine(drill, runtime, policy, standing)).verdicts

/** The guards' answer as a drill wants it. */
export async function clear(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  standing?: Standing,
): Promise<Clearance> {
  const { verdicts, before } = await examine(drill, runtime, policy, standing)
  return {
    before,
    refused: refusalOf(verdicts),
    passed: verdicts.flatMap(verdict =>
      verdict.kind === 'allowed'
        ? [
            `let through by ${verdict.by.join('; ')}: ${verdict.guard}: ${fewOf(verdict.objections)}`,
          ]
        : [],
    ),
    unsteady: verdicts.some(({ guard, kind }) => guard === 'steady-state' && kind === 'allowed'),
  }
}
