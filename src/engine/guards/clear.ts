// One look before a drill: everything that guards and the steady state need is asked once, and all
// of it judged together.
import { judgeAll } from '#src/engine/evaluate/judge.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import type { Clearance } from '#src/engine/drill/opening.ts'
import {
  questionsOf,
  type Attempt,
  type Drill,
  type Fix,
  type GuardName,
  type GuardVerdict,
  type Judgement,
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
export const fixesOf = (drill: Drill, disabled: ReadonlySet<string> = new Set()): readonly Fix[] =>
  drill.healer === 'cluster'
    ? []
    : [...new Set(drill.steadyState.flatMap(invariant => invariant.healedBy ?? []))].filter(
        ({ name }) => !disabled.has(name),
      )

interface Examined {
  verdicts: readonly GuardVerdict[]
  /** What the drill needs to hold, as the same look shows it. */
  steady: readonly Judgement[]
}

async function examine(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  standing: Standing = nothingAllowed,
): Promise<Examined> {
  const { active, freeBytes, ownNode, allowed, disabled } = standing
  const attempt: Attempt = {
    setup: drill.setup?.(policy) ?? [],
    faults: drill.faults(policy),
    fixes: fixesOf(drill, disabled),
    steady: [],
    target: runtime.target,
    lacks: runtime.lacks,
    active,
    freeBytes,
    ownNode,
  }
  const needed = [...new Set([...drill.steadyState, ...(drill.always ?? [])])]
  const asked = new Map(
    [...questionsOf(needed, policy), ...guardQuestions(guards, attempt, policy)].map(question => [
      question.key,
      question,
    ]),
  )
  const snapshot = await observe([...asked.values()], runtime, policy)
  const steady = judgeAll(needed, snapshot, policy)
  return {
    verdicts: judgeGuards(guards, { ...attempt, steady }, snapshot, policy, allowed),
    steady,
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
  const { verdicts, steady } = await examine(drill, runtime, policy, standing)
  return {
    steady,
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
