// Healing: one fix at a time, the least harm first, each on evidence that lasts. The invariants
// that called for a fix decide whether it helped.
import { newlyViolated } from '#src/engine/evaluate/baseline.ts'
import { fixesOf } from '#src/engine/evaluate/evaluate.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import {
  ms,
  nameOf,
  type Fix,
  type Healing,
  type HeldCause,
  type Invariant,
} from '#src/model/index.ts'
import { healOnce, settleEvery } from './attempt.ts'
import { candidates, describe, nothingBefore, plan } from './candidates.ts'
import { slept, stopIn, unlessStopped, type HealContext } from './context.ts'
import { freshMemory, obstacle, type Memory } from './memory.ts'

/** A run of healing: what it did, and the state before and after. */
export interface Healed {
  before: Evaluation
  after: Evaluation
  healings: readonly Healing[]
}

/**
 * Whether waiting may bring more to heal: something is unknown, newly violated, or violated and
 * mendable by a fix. A service, for example, comes back later than its node.
 */
function isUnsettled(
  before: Evaluation,
  { judgements }: Evaluation,
  invariants: readonly Invariant[],
): boolean {
  const old = new Set(newlyViolated(before.judgements, nothingBefore).map(nameOf))
  const mendable = new Set(
    invariants.filter(({ healedBy = [] }) => healedBy.length > 0).map(({ name }) => name),
  )
  return judgements.some(
    judgement =>
      judgement.verdict.kind === 'unknown' ||
      (judgement.verdict.kind === 'violated' &&
        (mendable.has(judgement.invariant) || !old.has(nameOf(judgement)))),
  )
}

/** Why a fix that is called for did not act. */
function heldCause(fix: Fix, context: HealContext, memory: Memory): HeldCause {
  const stopped = stopIn(context)
  if (stopped !== undefined) return { kind: 'stopped', reason: stopped }
  const held = obstacle(fix, memory, context.runtime.clock.now(), context.disabled)
  if (held !== undefined) return held
  const reason = memory.held.get(fix.name)
  return reason === undefined ? { kind: 'not-reached' } : { kind: 'not-permitted', reason }
}

/** Fixes that the final state calls for and that were not tried. */
function heldOf(
  after: Evaluation,
  healings: readonly Healing[],
  context: HealContext,
  memory: Memory,
): readonly Healing[] {
  const tried = new Set(healings.map(({ fix }) => fix))
  return candidates(after, context)
    .filter(({ fix }) => !tried.has(fix.name))
    .map(candidate => ({
      ...describe(candidate),
      outcome: { kind: 'held', cause: heldCause(candidate.fix, context, memory) },
    }))
}

/** How long a healing takes effect, ms; undefined: it did not help, and its time has passed. */
function settlesFor({ fix, outcome }: Healing, { invariants }: HealContext): number | undefined {
  const found = fixesOf(invariants).find(({ name }) => name === fix)
  return outcome.kind === 'applied' && outcome.helped && found !== undefined
    ? ms(found.settles)
    : undefined
}

/** Tries fixes until none may be tried and the effect of the last one has settled. */
async function healAll(before: Evaluation, context: HealContext, memory: Memory): Promise<Healed> {
  const { clock } = context.runtime
  const healings: Healing[] = []
  let after = before
  let settledAt = 0
  while (stopIn(context) === undefined) {
    const healing = await healOnce(after, context, memory).catch(unlessStopped(context))
    if (healing === undefined) {
      const isSettled = clock.now() >= settledAt || !isUnsettled(before, after, context.invariants)
      if (isSettled || !(await slept(context, settleEvery))) break
    } else {
      healings.push(healing)
      const settles = settlesFor(healing, context)
      if (settles !== undefined) settledAt = clock.now() + settles
    }
    after = await context.evaluate()
  }
  return { before, after, healings }
}

/**
 * Heals until no fix may be tried and the effect of all has settled: some damage of a restart shows
 * only once the node is back. A stop lets the fix that acts end, and no other begins. Without
 * `apply` it only plans.
 */
export async function heal(context: HealContext, options: { apply: boolean }): Promise<Healed> {
  const before = await context.evaluate()
  if (!options.apply) return { before, after: before, healings: plan(before, context) }
  const memory = context.memory ?? freshMemory()
  const { after, healings } = await healAll(before, context, memory)
  return { before, after, healings: [...healings, ...heldOf(after, healings, context, memory)] }
}
