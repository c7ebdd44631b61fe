// One drill from its steady state to its last undo: prepare → inject → watch → heal → judge → undo
// → report.
import {
  baselineOf,
  baselineWithActs,
  isWorse,
  newlyViolated,
  type Baseline,
} from '#src/engine/evaluate/baseline.ts'
import { findingsOf, nameOf } from '#src/engine/evaluate/judge.ts'
import {
  fails,
  formatDuration,
  ms,
  errorMessage,
  type Drill,
  type DrillResult,
  type Invariant,
  type Judgement,
  type Milestone,
  type MilestoneName,
  type Outcome,
  type Policy,
} from '#src/model/index.ts'
import { keeps, unsure } from './budget.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { draftOf, opening, type DrillContext } from './opening.ts'
import { inject, momentsOn, undoAll, type Stage } from './phases.ts'
import { recover, type Recovery } from '#src/engine/watch/recovery.ts'
import { atMost, cutBy, orStopped } from './stopping.ts'
import { watch, type Watching } from '#src/engine/watch/watch.ts'

/** Between looks while something settles, ms. */
const lookEvery = 5_000

/** How long an arranged stage may take to be steady, ms. */
const stagePatience = 300_000

/**
 * Runs a drill. Never rejects for what the world does: refusals, failures and what is left behind
 * are in the result.
 */
export async function runDrill(drill: Drill, context: DrillContext): Promise<DrillResult> {
  const { runtime, policy } = context
  const { clock } = runtime
  const timeline = momentsOn(() => clock.now(), context.heard)
  /** Broken while the drill runs: it is called off at once. */
  const never = new AbortController()
  const faultContext = {
    runtime,
    policy,
    signal: AbortSignal.any([
      ...(context.signal === undefined ? [] : [context.signal]),
      never.signal,
    ]),
    switchAfter: switchAfter(drill, policy),
  }
  const isStopped = (): boolean => context.signal?.aborted === true
  const stage: Stage = {
    context: faultContext,
    faults: context.faults,
    journal: context.journal,
    logEntry: timeline.add,
  }
  const arranged = drill.setup?.(policy) ?? []
  const faults = drill.faults(policy)
  const result = draftOf(drill, policy, () => clock.now(), timeline.list)
  const opened = await opening(drill, context, timeline.add, result)
  if ('ended' in opened) return opened.ended
  const { clearance } = opened

  const answers = async () => {
    const seen = await orStopped(evaluate(watched(drill), runtime, policy), faultContext.signal)
    const broken = seen.judgements.find(
      judgement =>
        drill.always?.some(({ name }) => name === judgement.invariant) === true &&
        judgement.verdict.kind === 'violated' &&
        isWorse(judgement, baseline),
    )
    if (broken !== undefined)
      never.abort(
        new Error(
          `what must always hold does not: ${nameOf(broken)}: ${findingsOf(broken.verdict)
            .map(finding => finding.seen)
            .join('; ')}`,
        ),
      )
    return seen
  }
  let order = 0
  let recovery: Recovery | undefined
  /** What is being injected now, and was not brought to its end when that failed. */
  let injecting: string | undefined
  let refused: string | undefined
  let broken: string | undefined
  let injectedAt: number | undefined
  let signalMarks: readonly Milestone[] = []
  let neverBack: readonly MilestoneName[] = []
  let unseen: ReturnType<Watching['unseen']> = []
  let baseline: Baseline = baselineOf([])
  try {
    for (const fault of arranged) await inject(fault, order++, stage)
    // Without a stage to settle, the guards have looked already.
    const steady =
      clearance !== undefined && arranged.length === 0
        ? {
            baseline: baselineWithActs(clearance.before, drill.steadyState, policy),
            refused: undefined,
          }
        : await steadyState(
            drill,
            { ...context, signal: faultContext.signal },
            arranged.length > 0 ? stagePatience : 0,
          )
    baseline = steady.baseline
    refused = clearance?.unsteady === true ? undefined : steady.refused
    if (refused === undefined) {
      timeline.add(
        'prepare',
        clearance?.unsteady === true
          ? 'the steady state does not hold, and was let through'
          : 'the steady state holds',
      )
      const watching = watch(context.signals, {
        runtime,
        policy,
        drill,
        changed: message => timeline.add('watch', message),
      })
      injectedAt = clock.now()
      const injected = new AbortController()
      // What is injected by half is undone at once, not after the time that a recovery may take.
      const failed = new AbortController()
      const injection = (async () => {
        try {
          for (const fault of faults) {
            injecting = fault.description
            await inject(fault, order++, stage)
            injecting = undefined
          }
        } catch (error) {
          failed.abort(error)
          throw error
        } finally {
          injected.abort(new Error('it is injected'))
        }
      })()
      const seen = recover(
        drill,
        {
          // Fixes know no signal: what they do must not go on beside the undo.
          runtime: cutBy(runtime, faultContext.signal),
          policy,
          invariants: drill.steadyState,
          evaluate: answers,
          logEntry: message => timeline.add('heal', message),
          signal: AbortSignal.any([faultContext.signal, failed.signal]),
          ...(context.disabled === undefined ? {} : { disabled: context.disabled }),
        },
        {
          baseline,
          injectedAt,
          injected: injected.signal,
          cameBack: watching.milestones,
          nextLoss: watching.nextLoss,
          nextReturn: watching.nextReturn,
        },
      )
      // It may end before the injection does, when it is called off: nobody waits for it then.
      const over = seen.catch(() => {})
      try {
        await injection
        recovery = await seen
      } finally {
        // Whoever stops a drill waits for no look: its undo begins within 2 s.
        await atMost(faultContext.signal, clock, over)
        await atMost(faultContext.signal, clock, watching.stop())
        signalMarks = watching.milestones()
        neverBack = watching.bad()
        unseen = watching.unseen()
      }
    }
  } catch (error) {
    broken = errorMessage(error)
    timeline.add('judge', `broken off: ${broken}`)
  }
  const leftBehind = await undoAll(stage)
  if (refused !== undefined)
    return result(
      { kind: 'refused', why: refused },
      { leftBehind, misses: [`refused: ${refused}`] },
    )
  const undoneAt = clock.now()
  const notBack = isStopped()
    ? []
    : await comeBack(
        drill,
        context,
        baseline,
        clock.now() +
          (recovery?.notHealed === undefined && arranged.length === 0
            ? 0
            : ms(drill.budgets.recovered)),
      )
  if (recovery === undefined || injectedAt === undefined) {
    // What was seen until then; that it recovered was not.
    const seen: readonly Milestone[] =
      injectedAt === undefined || !timeline.list.some(({ phase }) => phase === 'inject')
        ? []
        : [
            { milestone: 'injected', after: injectedAt, by: injectedAt },
            ...signalMarks,
            { milestone: 'undone', after: undoneAt, by: undoneAt },
          ]
    return result(
      { kind: 'aborted', why: broken ?? 'stopped' },
      {
        leftBehind,
        milestones: seen.toSorted((a, b) => a.by - b.by),
        misses: [`aborted: ${broken ?? 'stopped'}`],
        ...(injecting === undefined ? {} : { halfway: [injecting] }),
      },
    )
  }
  const outcome = outcomeOf(recovery)
  const milestones: Milestone[] = [
    { milestone: 'injected', after: injectedAt, by: injectedAt },
    ...recovery.milestones,
    ...signalMarks,
    { milestone: 'undone', after: undoneAt, by: undoneAt },
  ]
  return result(outcome, {
    milestones: milestones.toSorted((a, b) => a.by - b.by),
    misses: [
      ...missesOf(drill, recovery, outcome, { milestones, neverBack }, injectedAt),
      ...notBack.map(judgement => `not back to before: ${nameOf(judgement)}`),
    ],
    unknown: [...recovery.unknown, ...unsureOf(drill, milestones, unseen, injectedAt)],
    leftBehind,
  })
}

/** What a drill looks at all the time: what it needs to hold, and what must never break. */
const watched = ({ steadyState, always = [] }: Drill): readonly Invariant[] => [
  ...new Set([...steadyState, ...always]),
]

/**
 * Beyond the drill's own end, ms: its undo may take so long, and the switch must not come before
 * it.
 */
const switchMargin = 600_000

/** After how long the platform itself may end what a drill has injected, ms. */
export function switchAfter(drill: Drill, policy: Policy): number {
  const giveUp = drill.giveUp === undefined ? 2 * ms(drill.budgets.recovered) : ms(drill.giveUp)
  return (
    ((drill.setup?.(policy) ?? []).length > 0 ? stagePatience + switchMargin : 0) +
    giveUp +
    ms(drill.stability) +
    switchMargin
  )
}

/** Looks until the drill's invariants hold, for as long as the stage needs to settle. */
async function steadyState(
  drill: Drill,
  { runtime, policy, signal }: DrillContext,
  patience: number,
): Promise<{ baseline: Baseline; refused: string | undefined }> {
  const until = runtime.clock.now() + patience
  for (;;) {
    const before = await orStopped(evaluate(watched(drill), runtime, policy), signal)
    const bad = before.judgements.filter(fails)
    const baseline = baselineWithActs(before, drill.steadyState, policy)
    if (bad.length === 0) return { baseline, refused: undefined }
    if (runtime.clock.now() >= until) {
      const first = bad
        .slice(0, 3)
        .map(judgement => `${nameOf(judgement)} (${judgement.verdict.kind})`)
        .join(', ')
      return {
        baseline,
        refused: `the steady state does not hold: ${first}${bad.length > 3 ? ` and ${bad.length - 3} more` : ''}`,
      }
    }
    // A stop breaks this off, too: what was arranged is undone at once.
    await runtime.clock.sleep(lookEvery, signal)
  }
}

/** What is not as it was before the drill, once the undone has had time to take effect. */
async function comeBack(
  drill: Drill,
  { runtime, policy, signal }: DrillContext,
  baseline: Baseline,
  until: number,
): Promise<readonly Judgement[]> {
  // No mark depends on these looks: they may grow further apart.
  for (let every = lookEvery; ; every *= 1.5) {
    const { judgements } = await evaluate(drill.steadyState, runtime, policy)
    const left = newlyViolated(judgements, baseline)
    if (left.length === 0 || signal?.aborted === true || runtime.clock.now() >= until) return left
    await runtime.clock.sleep(Math.max(0, Math.min(every, until - runtime.clock.now())))
  }
}

function outcomeOf({ notHealed, healings }: Recovery): Outcome {
  if (notHealed !== undefined) return { kind: 'not-healed', why: notHealed }
  const fixes = healings.flatMap(healing =>
    healing.outcome.kind === 'applied' ? [healing.fix] : [],
  )
  return fixes.length === 0
    ? { kind: 'healed-by-itself' }
    : { kind: 'healed-by-fixes', fixes: [...new Set(fixes)] }
}

/** Budgets of which nobody can say whether they were kept, in words: silence is no pass. */
function unsureOf(
  { budgets }: Drill,
  milestones: readonly Milestone[],
  unseen: readonly { milestone: MilestoneName; since: number }[],
  injectedAt: number,
): readonly string[] {
  return [
    ...milestones.flatMap(milestone => {
      const budget = budgets[milestone.milestone]
      return budget !== undefined && keeps(milestone, injectedAt, budget) === 'unknown'
        ? [unsure(milestone.milestone, milestone, injectedAt, budget)]
        : []
    }),
    ...unseen.flatMap(({ milestone, since }) =>
      budgets[milestone] === undefined
        ? []
        : [
            `${milestone}: nobody could look since ${formatDuration(since - injectedAt)}, budget ${budgets[milestone]}`,
          ],
    ),
  ]
}

/** Everything in which the recovery was not as the drill expects it, in words. */
function missesOf(
  drill: Drill,
  recovery: Recovery,
  outcome: Outcome,
  {
    milestones,
    neverBack,
  }: { milestones: readonly Milestone[]; neverBack: readonly MilestoneName[] },
  injectedAt: number,
): readonly string[] {
  const late = milestones.flatMap(milestone => {
    const budget = drill.budgets[milestone.milestone]
    return budget !== undefined && keeps(milestone, injectedAt, budget) === 'broken'
      ? [
          `over budget: ${milestone.milestone} after ${formatDuration(milestone.after - injectedAt)}, budget ${budget}`,
        ]
      : []
  })
  const unexpected =
    outcome.kind === 'healed-by-fixes'
      ? outcome.fixes.filter(fix => !drill.expects.includes(fix))
      : []
  return [
    ...(outcome.kind === 'not-healed' ? [`not healed: ${outcome.why}`] : []),
    ...late,
    ...neverBack.flatMap(milestone =>
      drill.budgets[milestone] === undefined
        ? []
        : [`over budget: ${milestone} never came, budget ${drill.budgets[milestone]}`],
    ),
    ...recovery.unnoticed,
    ...unexpected.map(fix => `${fix} had to act, which the drill does not expect`),
  ]
}
