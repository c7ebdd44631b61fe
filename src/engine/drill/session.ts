// The state that the parts of a running drill share.
import { baselineOf, type Baseline } from '#src/engine/evaluate/baseline.ts'
import type { Recovery } from '#src/engine/watch/recovery.ts'
import type { AbortCause, Drill, Judgement, RefusalCause } from '#src/model/index.ts'
import type { Stage } from './inject.ts'
import { draftOf, type Draft, type DrillContext } from './preflight.ts'
import type { SignalSummary } from './result.ts'
import { switchAfter } from './steady-state.ts'
import { newTimeline, type Timeline } from './timeline.ts'

/** A running drill. */
export interface Session {
  drill: Drill
  context: DrillContext
  timeline: Timeline
  stage: Stage
  draft: Draft
  /** Aborts the drill because an invariant that must always hold is violated. */
  callOff(judgement: Judgement): void
}

/** The results of a drill before its undo. */
export interface Trial {
  baseline: Baseline
  refused: RefusalCause | undefined
  aborted: AbortCause | undefined
  /** The fault that was begun and not completed. */
  injecting: string | undefined
  injectedAt: number | undefined
  recovery: Recovery | undefined
  signals: SignalSummary
}

/** The reason with which a drill is aborted for an invariant that must always hold. */
export class MustHoldError extends Error {
  readonly judgement: Judgement
  constructor(judgement: Judgement) {
    super('an invariant that must always hold is violated')
    this.judgement = judgement
  }
}

/** Starts a drill: its timeline, its stage, and the signal that aborts it. */
export function sessionOf(drill: Drill, context: DrillContext): Session {
  const { runtime, policy } = context
  const now = (): number => runtime.clock.now()
  const timeline = newTimeline(now, context.heard)
  const calledOff = new AbortController()
  const stopped = context.signal === undefined ? [] : [context.signal]
  return {
    drill,
    context,
    timeline,
    stage: {
      context: {
        runtime,
        policy,
        signal: AbortSignal.any([...stopped, calledOff.signal]),
        switchAfter: switchAfter(drill, policy),
      },
      faults: context.faults,
      journal: context.journal,
      add: timeline.add,
    },
    draft: draftOf(drill, policy, now, timeline.entries),
    callOff: judgement => calledOff.abort(new MustHoldError(judgement)),
  }
}

/** A trial in which nothing has happened yet. */
export const newTrial = (): Trial => ({
  baseline: baselineOf([]),
  refused: undefined,
  aborted: undefined,
  injecting: undefined,
  injectedAt: undefined,
  recovery: undefined,
  signals: { milestones: [], bad: [], unseen: [] },
})
