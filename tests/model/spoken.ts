// Results with their facts turned into sentences, for tests of those sentences.
import type { DrillResult, Outcome, Verdict } from '#src/model/index.ts'
import {
  eventText,
  missTexts,
  outcomeReason,
  reasonOf,
  uncertaintyText,
} from '#src/reporting/sentences.ts'

/** An outcome with its cause as a sentence. */
export const spokenOutcome = (outcome: Outcome) =>
  outcome.kind === 'healed-by-itself' || outcome.kind === 'healed-by-fixes'
    ? outcome
    : { kind: outcome.kind, why: outcomeReason(outcome) }

/** A drill's result with outcome, misses, uncertainties and timeline as sentences. */
export const spoken = (result: DrillResult) => ({
  ...result,
  outcome: spokenOutcome(result.outcome),
  misses: missTexts(result),
  unknown: result.unknown.map(uncertaintyText),
  timeline: result.timeline.map(({ at, phase, event }) => ({
    at,
    phase,
    message: eventText(event),
  })),
})
export type Spoken = ReturnType<typeof spoken>

/** A verdict with its cause as a sentence. */
export const spokenVerdict = (verdict: Verdict) =>
  'cause' in verdict ? { kind: verdict.kind, why: reasonOf({ verdict }) } : verdict
