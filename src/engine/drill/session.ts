// What the parts of one drill share while it runs.
import { baselineOf, type Baseline } from '#src/engine/evaluate/baseline.ts'
import type { Recovery } from '#src/engine/watch/recovery.ts'
import type { AbortCause, Drill, Judgement, RefusalCause } from '#src/model/index.ts'
import type { Stage } from './inject.ts'
import { draftOf, type Draft, type DrillContext } from './preflight.ts'
import type { SignalSummary } from './result.ts'
import { switchAfter } from './steady-state.ts'
import { newTimeline, type Timeline } from './timeline.ts'

/** A drill that is under way. */
export interface Session {
  drill: Drill
  context: DrillContext
  timeline: Timeline
  stage: Stage
  draft: Draft
  /** Calls the drill off: what must hold all the time does not. */
  callOff(judgement: Judgement): void
}

/** What a drill has come to before its undo. */
export interface Trial {
  baseline: Baseline
  refused: RefusalCause | undefined
  aborted: AbortCause | undefined
  /** The fault that was begun and not brought to its end. */
  injecting: string | undefined
  injectedAt: number | undefined
  recovery: Recovery | undefined
  signals: SignalSummary
}

/** The reason of a signal that calls a drill off. */
export class MustHoldError extends Error {
  readonly judgement: Judgement
  constructor(judgement: Judgement) {
    super('what must always hold does not')
    this.judgement = judgement
  }
}

/** Begins a drill: its timeline, its stage, and the signal that calls it off. */
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

/** Nothing has happened yet. */
export const newTrial = (): Trial => ({
  baseline: baselineOf([]),
  refused: undefined,
  aborted: undefined,
  injecting: undefined,
  injectedAt: undefined,
  recovery: undefined,
  signals: { milestones: [], bad: [], unseen: [] },
})
