// Guards' objections in JSON: the data of each, and its sentence for people and for tools that
// show it.
import type { DrillEvent, DrillResult, Objection, Outcome, Run } from '#src/model/index.ts'
import { objectionText } from './objections.ts'

type Change = (objection: Objection) => Objection

const inOutcome = (outcome: Outcome, change: Change): Outcome =>
  outcome.kind !== 'refused' || outcome.cause.kind !== 'guards'
    ? outcome
    : {
        kind: 'refused',
        cause: {
          kind: 'guards',
          refusals: outcome.cause.refusals.map(refusal => ({
            ...refusal,
            objections: refusal.objections.map(change),
          })),
        },
      }

const inEvent = (event: DrillEvent, change: Change): DrillEvent =>
  event.kind === 'guard-allowed' ? { ...event, objections: event.objections.map(change) } : event

const inDrill = (drill: DrillResult, change: Change): DrillResult => ({
  ...drill,
  outcome: inOutcome(drill.outcome, change),
  timeline: drill.timeline.map(entry => ({ ...entry, event: inEvent(entry.event, change) })),
})

const inRun = (run: Run, change: Change): Run => ({
  ...run,
  drills: run.drills.map(drill => inDrill(drill, change)),
})

/** An objection with its sentence as `seen`. */
export const withSentence = (objection: Objection): Objection & { seen: string } => ({
  ...objection,
  seen: objectionText(objection),
})

/** A run whose objections have their sentences as `seen`. */
export const withSentences = (run: Run): Run => inRun(run, withSentence)

/** A run without those sentences, which follow from the data. */
export const withoutSentences = (run: Run): Run =>
  inRun(run, (objection: Objection & { seen?: string }) => {
    const { seen: _, ...data } = objection
    return data
  })
