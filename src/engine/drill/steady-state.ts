// What a drill needs to hold: before the injection, and again after the undo.
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

/** Between evaluations while something settles, ms. */
const settleEvery = 5_000

/** How long a drill's setup may take to become steady, ms. */
export const setupPatience = 300_000

/** What a drill evaluates all the time: its steady state, and what must never break. */
export const watchedInvariants = ({ steadyState, always = [] }: Drill): readonly Invariant[] => [
  ...new Set([...steadyState, ...always]),
]

export interface SteadyState {
  baseline: Baseline
  /** What does not hold; none: the state is steady. */
  failing: readonly Judgement[]
}

/** Evaluates until the drill's invariants hold, or its setup has had time to settle. */
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

/** What held before the drill and does not hold once the undo has had time to take effect. */
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
    // No milestone depends on these evaluations: they may grow further apart.
    { clock: runtime.clock, every: attempt => settleEvery * 1.5 ** (attempt - 1), deadline },
  )
  return worse
}

/** Beyond the drill's own end, ms: its undo may take so long, and a switch must not come first. */
const switchMargin = 600_000

/** After how long the platform itself may end what a drill has injected, ms. */
export function switchAfter(drill: Drill, policy: Policy): number {
  const setup = (drill.setup?.(policy) ?? []).length > 0 ? setupPatience + switchMargin : 0
  return setup + giveUpAfter(drill) + ms(drill.stability) + switchMargin
}
