// The part of a drill between its preflight and its undo: set up, inject, and watch the recovery.
import { baselineWithActs, isWorse } from '#src/engine/evaluate/baseline.ts'
import { evaluate, type Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { recover } from '#src/engine/watch/recovery.ts'
import { watch, type Watching } from '#src/engine/watch/watch.ts'
import { errorMessage, type AbortCause } from '#src/model/index.ts'
import { MustHoldError, type Session, type Trial } from './session.ts'
import { inject } from './inject.ts'
import type { GuardResult } from './preflight.ts'
import { waitForSteadyState, watchedInvariants, type SteadyState } from './steady-state.ts'
import { atMost, cutBy, orStopped } from './stopping.ts'

/** Runs a trial and records its results in it. Never rejects. */
export async function runTrial(
  session: Session,
  trial: Trial,
  guards: GuardResult | undefined,
): Promise<void> {
  const { drill, context, timeline, stage } = session
  const unsteady = guards?.allowed.some(({ guard }) => guard === 'steady-state') === true
  try {
    const setup = drill.setup?.(context.policy) ?? []
    for (const [order, fault] of setup.entries()) await inject(fault, order, stage)
    const steady = await steadyStateOf(session, setup.length === 0 ? guards : undefined)
    trial.baseline = steady.baseline
    if (steady.failing.length > 0 && !unsteady) {
      trial.refused = { kind: 'steady-state', judgements: steady.failing }
      return
    }
    timeline.add('prepare', { kind: 'steady-state', holds: !unsteady })
    await observeRecovery(session, trial, setup.length)
  } catch (error) {
    trial.aborted = abortCauseOf(error, context.signal)
    timeline.add('judge', { kind: 'aborted', cause: trial.aborted })
  }
}

/** Without a setup, the snapshot of the guards shows the steady state. */
async function steadyStateOf(
  { drill, context, stage }: Session,
  guards: GuardResult | undefined,
): Promise<SteadyState> {
  if (guards === undefined)
    return waitForSteadyState(drill, { ...context, signal: stage.context.signal })
  const baseline = baselineWithActs(guards.before, drill.steadyState, context.policy)
  return { baseline, failing: [] }
}

function abortCauseOf(error: unknown, stopped: AbortSignal | undefined): AbortCause {
  if (error instanceof MustHoldError) return { kind: 'must-hold', judgement: error.judgement }
  return stopped?.aborted === true
    ? { kind: 'stopped', reason: errorMessage(error) }
    : { kind: 'failed', error: errorMessage(error) }
}

/** Evaluates the drill's invariants. Aborts it when one that must always hold is violated. */
async function evaluateAndGuard(session: Session, trial: Trial): Promise<Evaluation> {
  const { drill, context, stage } = session
  const evaluation = await orStopped(
    evaluate(watchedInvariants(drill), context.runtime, context.policy),
    stage.context.signal,
  )
  const always = new Set((drill.always ?? []).map(({ name }) => name))
  const broken = evaluation.judgements.find(
    judgement =>
      always.has(judgement.invariant) &&
      judgement.verdict.kind === 'violated' &&
      isWorse(judgement, trial.baseline),
  )
  if (broken !== undefined) session.callOff(broken)
  return evaluation
}

interface Injection {
  /** Rejects when a fault cannot be injected. */
  done: Promise<void>
  /** Aborts when the injection ends, with or without success. */
  over: AbortSignal
  /** Aborts when it fails: half an injection is undone at once. */
  failed: AbortSignal
}

/** Injects the faults of the drill, one after the other. */
function injectFaults({ drill, context, stage }: Session, trial: Trial, first: number): Injection {
  const over = new AbortController()
  const failed = new AbortController()
  const injectAll = async (): Promise<void> => {
    try {
      for (const [index, fault] of drill.faults(context.policy).entries()) {
        trial.injecting = fault.description
        await inject(fault, first + index, stage)
        trial.injecting = undefined
      }
    } catch (error) {
      failed.abort(error)
      throw error
    } finally {
      over.abort(new Error('the injection is over'))
    }
  }
  return { done: injectAll(), over: over.signal, failed: failed.signal }
}

/** Injects, watches the recovery, heals if the drill allows it, and records all of it. */
async function observeRecovery(session: Session, trial: Trial, order: number): Promise<void> {
  const { drill, context, stage, timeline } = session
  const { runtime, policy } = context
  const { signal } = stage.context
  const watching = watch(context.signals, {
    runtime,
    policy,
    drill,
    changed: (name, change) => timeline.add('watch', { kind: 'signal', signal: name, change }),
  })
  const injectedAt = runtime.clock.now()
  trial.injectedAt = injectedAt
  const injection = injectFaults(session, trial, order)
  const recovery = recover(
    drill,
    {
      // Fixes take no signal, and their acts must end before the undo begins.
      runtime: cutBy(runtime, signal),
      policy,
      invariants: drill.steadyState,
      baseline: trial.baseline,
      evaluate: () => evaluateAndGuard(session, trial),
      add: event => timeline.add('heal', event),
      signal: AbortSignal.any([signal, injection.failed]),
      ...(context.disabled === undefined ? {} : { disabled: context.disabled }),
    },
    { injectedAt, injected: injection.over, watching },
  )
  // In an aborted drill the recovery may reject before the injection ends. It is awaited below;
  // until then its rejection must not count as unhandled.
  const ended = recovery.catch(() => {})
  try {
    await injection.done
    trial.recovery = await recovery
  } finally {
    // A stop does not wait for evaluations: the undo begins within 2 s.
    await atMost(signal, runtime.clock, ended)
    await atMost(signal, runtime.clock, watching.stop())
    trial.signals = summaryOf(watching)
  }
}

const summaryOf = ({ milestones, bad, unseen }: Watching): Trial['signals'] => ({
  milestones: milestones(),
  bad: bad(),
  unseen: unseen(),
})
