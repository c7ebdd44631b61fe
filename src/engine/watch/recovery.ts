// From the injection to the end of the stability window: looks, healing, and the marks of the
// whole.
import { worse, type Baseline } from '#src/engine/evaluate/baseline.ts'
import { nameOf } from '#src/engine/evaluate/judge.ts'
import { ms, type Drill, type Healing, type Milestone } from '#src/model/index.ts'
import { keeps, unsure } from '#src/engine/drill/budget.ts'
import { freshMemory, healOnce, type HealContext } from '#src/engine/heal/heal.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { lastOf } from '#src/engine/drill/track.ts'

/** Between looks, ms: close together right after the injection, then further apart. */
const firstEvery = 1_000
const lastEvery = 8_000
const growth = 1.5

export interface Recovery {
  milestones: readonly Milestone[]
  healings: readonly Healing[]
  /** Expected detections that did not come in time, in words. */
  unnoticed: readonly string[]
  /** Why it has not recovered; undefined when it has. */
  notHealed: string | undefined
  /** What could not be judged at the end. */
  unknown: readonly string[]
}

/**
 * Looks in a stability window, besides the first. @source joelclaw history, ADR-0244: 6 clean
 * passes in a row
 */
const stableLooks = 6

/**
 * Before the first look, ms: a request that changes something has arrived by then, and a controller
 * has not yet repaired it. @source measured on a v1.35 node: pod deleted, all seen within 200 ms,
 * ready again after 2 s
 */
const firstLook = 700

/**
 * The last look at which something was known to be so, and the first one after it at which nobody
 * could tell.
 */
interface Since {
  at: number
  blindFrom: number | undefined
}

const blindness = ({ blindFrom }: Since, until: number): { unobserved?: number } =>
  blindFrom === undefined ? {} : { unobserved: until - blindFrom }

/**
 * Looks until everything has held for the stability window or time is up; heals on the way when the
 * drill allows it. Rejects when it is called off.
 */
export async function recover(
  drill: Drill,
  context: HealContext,
  {
    baseline,
    injectedAt,
    injected,
    cameBack,
    nextLoss,
    nextReturn,
  }: {
    baseline: Baseline
    injectedAt: number
    /** Aborts when the injection is over. */
    injected: AbortSignal
    /** The signals that were lost and are back. */
    cameBack(): readonly Milestone[]
    /** Aborts when the next signal is lost. */
    nextLoss(): AbortSignal
    /** Aborts when the next signal is well again. */
    nextReturn(): AbortSignal
  },
): Promise<Recovery> {
  const { clock } = context.runtime
  const giveUpAt =
    injectedAt + (drill.giveUp === undefined ? 2 * ms(drill.budgets.recovered) : ms(drill.giveUp))
  const stability = ms(drill.stability)
  // What does not apply on this target has nothing to notice.
  const breaks = drill.breaks.filter(({ invariant }) =>
    [...baseline.verdicts].some(
      ([name, { kind }]) => name.startsWith(`${invariant.name} · `) && kind !== 'not-applicable',
    ),
  )
  const longestDetection = Math.max(0, ...breaks.map(({ within }) => ms(within)))
  const noticed = new Map<string, Milestone>()
  const memory = freshMemory()
  const healings: Healing[] = []
  const clear = new Map<string, Since>()
  let lastBad: Since = { at: injectedAt, blindFrom: undefined }
  let unobserved = 0
  let lastLook = injectedAt
  let firstGood: number | undefined
  let every = firstEvery
  let latest: Evaluation | undefined

  /** One look, with everything that it means for the marks. Fixes look through this, too. */
  async function answers(): Promise<Evaluation> {
    const seen = await context.evaluate()
    const { startedAt, endedAt } = seen.snapshot
    for (const { invariant } of breaks) {
      if (noticed.has(invariant.name)) continue
      const changed = worse(
        seen.judgements.filter(judgement => judgement.invariant === invariant.name),
        baseline,
      )
      const before = clear.get(invariant.name) ?? { at: injectedAt, blindFrom: undefined }
      if (changed.some(({ verdict }) => verdict.kind === 'violated')) {
        noticed.set(invariant.name, {
          milestone: 'detected',
          after: before.at,
          by: endedAt,
          ...blindness(before, endedAt),
        })
        context.logEntry(`${invariant.name} notices`)
      } else
        clear.set(
          invariant.name,
          changed.length === 0
            ? { at: startedAt, blindFrom: undefined }
            : { ...before, blindFrom: before.blindFrom ?? startedAt },
        )
    }
    const changed = worse(seen.judgements, baseline)
    if (!injected.aborted || changed.some(({ verdict }) => verdict.kind === 'violated'))
      lastBad = { at: startedAt, blindFrom: undefined }
    else if (changed.length > 0) lastBad = { ...lastBad, blindFrom: lastBad.blindFrom ?? startedAt }
    else if (firstGood === undefined) unobserved = blindness(lastBad, endedAt).unobserved ?? 0
    firstGood = changed.length > 0 || !injected.aborted ? undefined : (firstGood ?? endedAt)
    lastLook = startedAt
    latest = seen
    return seen
  }

  const everythingNoticed = () => breaks.every(({ invariant }) => noticed.has(invariant.name))
  // Looks may all fall between two outages that a signal sees: it has not recovered before the last
  // of them is back.
  const wellSince = () => Math.max(firstGood ?? 0, ...cameBack().map(({ by }) => by))
  // What was not looked at has not held: the window ends with a look, not with time.
  const recovered = () =>
    firstGood !== undefined &&
    lastLook - wellSince() >= stability &&
    (everythingNoticed() || clock.now() - injectedAt > longestDetection)
  // What has yet to be noticed is looked for closely. Afterwards, while all stays well, a few looks
  // are enough: the signals are watched all the time.
  const untilNextLook = () => {
    const left = wellSince() + stability - clock.now()
    if (firstGood === undefined || left <= 0) return every
    return Math.min(left, everythingNoticed() ? stability / stableLooks : every)
  }

  await clock.sleep(firstLook, context.signal).catch(() => {})
  // A window that began in time may end after it.
  while (
    (clock.now() < giveUpAt || (firstGood !== undefined && wellSince() <= giveUpAt)) &&
    context.signal?.aborted !== true
  ) {
    // What turns while a look goes on may have been missed by it.
    const [lost, back] = [nextLoss(), nextReturn()]
    const seen = await answers()
    const healing =
      drill.healer === 'holdfast' && injected.aborted
        ? await healOnce(seen, { ...context, baseline, evaluate: answers }, memory)
        : undefined
    if (healing !== undefined) {
      healings.push(healing)
      every = firstEvery
      continue
    }
    if (recovered()) break
    // The end of the injection calls for a look at once, and so does a signal: one that is lost, as
    // what has yet to be noticed may be
    // gone again soon; one that is back, as it may have been the last that was missing.
    const calls = [
      ...(context.signal === undefined ? [] : [context.signal]),
      ...(everythingNoticed() ? [] : [lost]),
      ...(firstGood === undefined ? [back] : []),
      ...(injected.aborted ? [] : [injected]),
    ]
    await clock.sleep(untilNextLook(), AbortSignal.any(calls)).catch(() => {})
    every = Math.min(lastEvery, every * growth)
  }

  // Who calls it off gets no verdict: it was not the cluster that failed.
  context.signal?.throwIfAborted()
  const end = worse(latest?.judgements ?? [], baseline)
  const isRecovered = recovered() && firstGood !== undefined
  const detected = [...noticed.values()].toSorted((a, b) => a.by - b.by)[0]
  return {
    milestones: [
      ...(detected === undefined ? [] : [detected]),
      ...(isRecovered
        ? [
            {
              milestone: 'recovered' as const,
              ...lastOf([{ after: lastBad.at, by: firstGood!, unobserved }, ...cameBack()])!,
            },
          ]
        : []),
    ],
    healings,
    unnoticed: breaks.flatMap(({ invariant, within }) => {
      const milestone = noticed.get(invariant.name)
      if (milestone === undefined) return [`${invariant.name} never noticed`]
      return keeps(milestone, injectedAt, within) === 'broken'
        ? [`${invariant.name} noticed later than ${within}`]
        : []
    }),
    notHealed: isRecovered
      ? undefined
      : end.length === 0
        ? `it did not stay well for ${drill.stability}`
        : end
            .slice(0, 5)
            .map(
              judgement =>
                `${nameOf(judgement)}: ${judgement.verdict.kind === 'violated' ? judgement.verdict.findings.map(finding => finding.seen).join('; ') : judgement.verdict.kind}`,
            )
            .join(' / '),
    unknown: [
      ...breaks.flatMap(({ invariant, within }) => {
        const milestone = noticed.get(invariant.name)
        return milestone !== undefined && keeps(milestone, injectedAt, within) === 'unknown'
          ? [unsure(`${invariant.name} noticing`, milestone, injectedAt, within)]
          : []
      }),
      ...end.flatMap(judgement =>
        judgement.verdict.kind === 'unknown'
          ? [`${nameOf(judgement)}: ${judgement.verdict.why}`]
          : [],
      ),
    ],
  }
}
