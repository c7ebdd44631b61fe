// From the injection to the end of the stability window: evaluations, healing, and milestones.
import { baselineOf, worse } from '#src/engine/evaluate/baseline.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { healOnce } from '#src/engine/heal/attempt.ts'
import type { HealContext } from '#src/engine/heal/context.ts'
import { freshMemory } from '#src/engine/heal/memory.ts'
import {
  giveUpAfter,
  ms,
  type Drill,
  type DrillEvent,
  type Healing,
  type Milestone,
  type Miss,
  type NotHealedCause,
  type Uncertainty,
} from '#src/model/index.ts'
import { newDetection, type Detection } from './detection.ts'
import { newStability, type Stability } from './stability.ts'
import type { Watching } from './watch.ts'

/** Between evaluations, ms: short right after the injection, then longer. */
const firstEvery = 1_000
const lastEvery = 8_000
const growth = 1.5

/** Evaluations in a stability window after the first one. @source ADR-0244: 6 clean passes */
const stableEvaluations = 6

/**
 * Before the first evaluation, ms: a change has arrived by then, and no controller has repaired it.
 * @source measured on a v1.35 node: pod deleted, observed within 200 ms, ready again after 2 s
 */
const firstWait = 700

export interface Recovery {
  milestones: readonly Milestone[]
  healings: readonly Healing[]
  /** Expected detections that never came or came late. */
  unnoticed: readonly Miss[]
  /** Why it has not recovered; undefined: it has. */
  notHealed: NotHealedCause | undefined
  /** Judgements that were unknown at the end. */
  unknown: readonly Uncertainty[]
}

export interface RecoveryContext extends Omit<HealContext, 'add'> {
  add(event: DrillEvent): void
}

export interface Injected {
  injectedAt: number
  /** Aborts when the injection ends. */
  injected: AbortSignal
  watching: Pick<Watching, 'milestones' | 'nextLoss' | 'nextReturn'>
}

/**
 * Evaluates until everything has held for the stability window, or until the drill gives up, and
 * heals if the drill allows it. Rejects when the drill is aborted.
 */
export async function recover(
  drill: Drill,
  context: RecoveryContext,
  about: Injected,
): Promise<Recovery> {
  const { baseline = baselineOf([]) } = context
  const { injectedAt, injected, watching } = about
  const detection = newDetection(drill, baseline, injectedAt)
  const stability = newStability({
    baseline,
    injectedAt,
    injected,
    window: ms(drill.stability),
    cameBack: watching.milestones,
  })
  let latest: Evaluation | undefined
  // Fixes evaluate through this too, so their evaluations count for the milestones.
  const evaluate = async (): Promise<Evaluation> => {
    latest = await context.evaluate()
    for (const invariant of detection.note(latest)) context.add({ kind: 'noticed', invariant })
    stability.note(latest)
    return latest
  }
  const healings = await pollRecovery(drill, { ...context, evaluate }, about, {
    detection,
    stability,
  })
  // An aborted drill gets no verdict: the cluster did not fail.
  context.signal?.throwIfAborted()
  return recoveryOf(drill, latest, healings, { detection, stability, baseline })
}

interface Observers {
  detection: Detection
  stability: Stability
}

/** Evaluates and heals until the cluster has recovered or the drill gives up. */
async function pollRecovery(
  drill: Drill,
  context: RecoveryContext,
  { injectedAt, injected, watching }: Injected,
  { detection, stability }: Observers,
): Promise<readonly Healing[]> {
  const { clock } = context.runtime
  const healings: Healing[] = []
  const memory = freshMemory()
  let every = firstEvery
  await clock.sleep(firstWait, context.signal).catch(() => {})
  while (mayGoOn(drill, clock.now(), injectedAt, stability) && context.signal?.aborted !== true) {
    // An evaluation may miss a change that happens while it runs.
    const [lost, back] = [watching.nextLoss(), watching.nextReturn()]
    const evaluation = await context.evaluate()
    const healing =
      drill.healer === 'holdfast' && injected.aborted
        ? await healOnce(evaluation, context, memory)
        : undefined
    if (healing !== undefined) {
      healings.push(healing)
      every = firstEvery
      continue
    }
    if (isOver(clock.now(), injectedAt, { detection, stability })) break
    const wake = wakers({ lost, back, injected, context }, { detection, stability })
    const wait = untilNext(drill, clock.now(), every, { detection, stability })
    await clock.sleep(wait, AbortSignal.any(wake)).catch(() => {})
    every = Math.min(lastEvery, every * growth)
  }
  return healings
}

/** Whether time is left, or a stability window that began in time may still end. */
function mayGoOn(drill: Drill, now: number, injectedAt: number, stability: Stability): boolean {
  const giveUp = giveUpAfter(drill)
  const since = stability.wellSince()
  return now < injectedAt + giveUp || (since !== undefined && since <= injectedAt + giveUp)
}

/** Whether it has recovered, and each break is noticed or too old to be noticed in time. */
const isOver = (now: number, injectedAt: number, { detection, stability }: Observers): boolean =>
  stability.isReached() && (detection.isComplete() || now - injectedAt > detection.longest)

/**
 * What ends the pause before the next evaluation: the end of the injection, a stop, a lost signal
 * while a break is yet to be noticed, and a signal that is back, for it may be the last one.
 */
function wakers(
  on: {
    lost: AbortSignal
    back: AbortSignal
    injected: AbortSignal
    context: RecoveryContext
  },
  { detection, stability }: Observers,
): AbortSignal[] {
  const wake = on.context.signal === undefined ? [] : [on.context.signal]
  if (!detection.isComplete()) wake.push(on.lost)
  if (stability.wellSince() === undefined) wake.push(on.back)
  if (!on.injected.aborted) wake.push(on.injected)
  return wake
}

/**
 * The pause before the next evaluation, ms: short while a break is yet to be noticed. Afterwards a
 * few evaluations are enough, because the signals are watched all the time.
 */
function untilNext(
  drill: Drill,
  now: number,
  every: number,
  { detection, stability }: Observers,
): number {
  const window = ms(drill.stability)
  const since = stability.wellSince()
  const left = since === undefined ? 0 : since + window - now
  if (left <= 0) return every
  return Math.min(left, detection.isComplete() ? window / stableEvaluations : every)
}

function recoveryOf(
  drill: Drill,
  latest: Evaluation | undefined,
  healings: readonly Healing[],
  {
    detection,
    stability,
    baseline,
  }: Observers & { baseline: NonNullable<HealContext['baseline']> },
): Recovery {
  const end = worse(latest?.judgements ?? [], baseline)
  const recovered = stability.milestone()
  const stillFailing: NotHealedCause =
    end.length === 0
      ? { kind: 'unstable', stability: drill.stability }
      : { kind: 'still-failing', judgements: end }
  return {
    milestones: [detection.milestone() ?? [], recovered ?? []].flat(),
    healings,
    unnoticed: detection.misses(),
    notHealed: recovered === undefined ? stillFailing : undefined,
    unknown: [
      ...detection.uncertainties(),
      ...end.flatMap(({ invariant, subject, verdict }): Uncertainty[] =>
        verdict.kind === 'unknown'
          ? [{ kind: 'verdict', invariant, subject, cause: verdict.cause }]
          : [],
      ),
    ],
  }
}
