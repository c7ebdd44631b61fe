// The steady state of a drill: before the injection, and again after the undo.
import {
  baselineOf,
  baselineWithActs,
  newlyViolated,
  type Baseline,
} from '#src/engine/evaluate/baseline.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { until } from '#src/commands/until.ts'
import {
  giveUpAfter,
  fails,
  ms,
  type Drill,
  type Invariant,
  type Judgement,
  type Policy,
} from '#src/model/index.ts'
import type { DrillContext } from './preflight.ts'
import { orStopped } from './stopping.ts'

/** Between evaluations while the cluster settles, ms. */
const settleEvery = 5_000

/** How long the cluster may take to become steady after the setup, ms. */
export const setupPatience = 300_000

/** The invariants that a drill evaluates all the time. */
export const watchedInvariants = ({ steadyState, always = [] }: Drill): readonly Invariant[] => [
  ...new Set([...steadyState, ...always]),
]

export interface SteadyState {
  baseline: Baseline
  /** Judgements that fail. Empty: the state is steady. */
  failing: readonly Judgement[]
}

/** Evaluates until the invariants hold or the time to settle is over. */
export async function waitForSteadyState(
  drill: Drill,
  { runtime, policy, signal }: DrillContext,
): Promise<SteadyState> {
  const hasSetup = (drill.setup?.(policy) ?? []).length > 0
  let latest: SteadyState = { baseline: baselineOf([]), failing: [] }
  await until(
    async () => {
      const before = await orStopped(evaluate(watchedInvariants(drill), runtime, policy), signal)
      latest = {
        baseline: baselineWithActs(before, drill.steadyState, policy),
        failing: before.judgements.filter(fails),
      }
      return latest.failing.length === 0 ? true : undefined
    },
    {
      clock: runtime.clock,
      every: settleEvery,
      deadline: runtime.clock.now() + (hasSetup ? setupPatience : 0),
      signal,
    },
  )
  return latest
}

/** Invariants that held before the drill and are violated after the undo, by the deadline. */
export async function notRestored(
  drill: Drill,
  { runtime, policy, signal }: DrillContext,
  baseline: Baseline,
  deadline: number,
): Promise<readonly Judgement[]> {
  let worse: readonly Judgement[] = []
  await until(
    async () => {
      const { judgements } = await evaluate(drill.steadyState, runtime, policy)
      worse = newlyViolated(judgements, baseline)
      return worse.length === 0 || signal?.aborted === true ? true : undefined
    },
    // No milestone depends on these evaluations, so the pause between them grows.
    { clock: runtime.clock, every: attempt => settleEvery * 1.5 ** (attempt - 1), deadline },
  )
  return worse
}

/** Added to the longest drill, ms: a switch must not act before the undo of the drill ends. */
const switchMargin = 600_000

/** When a dead-man's switch may end the faults of a drill, ms after the injection. */
export function switchAfter(drill: Drill, policy: Policy): number {
  const setup = (drill.setup?.(policy) ?? []).length > 0 ? setupPatience + switchMargin : 0
  return setup + giveUpAfter(drill) + ms(drill.stability) + switchMargin
}
