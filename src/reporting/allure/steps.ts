// Findings and drills as the steps of a test: one for each finding, or one for each phase with its
// log entries.
import type { DrillResult, Judgement, LogEntry, Phase, RefusalCause } from '#src/model/index.ts'
import { nameOf } from '#src/model/index.ts'
import { objectionsText } from '#src/reporting/guards/objections.ts'
import { eventText } from '#src/reporting/sentences.ts'
import type { Parameter } from './labels.ts'
import { failureStatus, isFailure, outcomeOfDrill, type FailedOutcome } from './outcome.ts'

export interface Step {
  readonly name: string
  /** ms since the epoch; in the lab, virtual time. */
  readonly start: number
  readonly stop: number
  readonly status: 'passed' | 'failed' | 'broken'
  readonly parameters?: readonly Parameter[]
  readonly steps: readonly Step[]
}

/** A step without a duration and without inner steps. */
const instantStep = (
  name: string,
  at: number,
  status: Step['status'],
  parameters: readonly Parameter[] = [],
): Step => ({ name, start: at, stop: at, status, parameters, steps: [] })

/** One failed step for each finding, with what was expected and the remedy. */
export const stepsOfFindings = ({ verdict }: Judgement, at: number): readonly Step[] =>
  (verdict.kind === 'violated' ? verdict.findings : []).map(({ code, seen, expected, remedy }) =>
    instantStep(`${code}: ${seen}`, at, 'failed', [
      { name: 'expected', value: expected },
      { name: 'remedy', value: remedy },
    ]),
  )

/** A refusal has a step of its own. */
type FailureInPhase = Exclude<FailedOutcome, 'refused'>

/** The phases in which each failure shows, best first. A drill need not get to all of them. */
const phasesOfFailure: Readonly<Record<FailureInPhase, readonly Phase[]>> = {
  'left behind': ['undo'],
  violated: ['judge', 'watch'],
  'over budget': ['judge', 'watch'],
  'not healed': ['judge', 'watch', 'heal'],
  unknown: ['judge', 'watch'],
  aborted: ['watch', 'heal', 'inject', 'prepare'],
}

/** Consecutive log entries of the same phase. */
function byPhase(timeline: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const groups: LogEntry[][] = []
  for (const entry of timeline) {
    const last = groups.at(-1)
    if (last?.[0]?.phase === entry.phase) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

/** The index of the step that shows the failure: the last one of its phase, or the very last. */
function failedStep(groups: readonly (readonly LogEntry[])[], outcome: FailureInPhase): number {
  const found = phasesOfFailure[outcome]
    .map(phase => groups.findLastIndex(([entry]) => entry?.phase === phase))
    .find(index => index >= 0)
  return found ?? groups.length - 1
}

/** A phase. Each log entry lasts until the next one, and the last until the end of the phase. */
function phaseStep(entries: readonly LogEntry[], stop: number, status: Step['status']): Step {
  const [first] = entries
  return {
    name: first?.phase ?? 'report',
    start: first?.at ?? stop,
    stop,
    status,
    steps: entries.map(({ at, event }, index) => ({
      name: eventText(event),
      start: at,
      stop: entries[index + 1]?.at ?? stop,
      status: 'passed',
      steps: [],
    })),
  }
}

/** One broken step for each guard that refuses, or for each judgement of an unsteady state. */
const stepsOfRefusal = (cause: RefusalCause, at: number): readonly Step[] =>
  cause.kind === 'guards'
    ? cause.refusals.map(({ guard, objections, remedy }) =>
        instantStep(`${guard}: ${objectionsText(objections)}`, at, 'broken', [
          { name: 'remedy', value: remedy },
        ]),
      )
    : cause.judgements.map(judgement =>
        instantStep(`${nameOf(judgement)}: ${judgement.verdict.kind}`, at, 'broken'),
      )

/** The last step of a refused drill. */
function refusalStep({ startedAt, endedAt }: DrillResult, cause: RefusalCause): Step {
  const at = Math.max(startedAt, endedAt)
  return { ...instantStep('refusal', at, 'broken'), steps: stepsOfRefusal(cause, at) }
}

/** The phases of a drill. Each lasts until the next, and the last until the drill's end. */
function phaseSteps(drill: DrillResult): readonly Step[] {
  const outcome = outcomeOfDrill(drill)
  const groups = byPhase(drill.timeline)
  const isInPhase = isFailure(outcome) && outcome !== 'refused'
  const failed = isInPhase ? failedStep(groups, outcome) : undefined
  return groups.map((entries, index): Step => {
    const start = entries[0]?.at ?? drill.startedAt
    const stop = groups[index + 1]?.[0]?.at ?? Math.max(start, drill.endedAt)
    const status = isInPhase && index === failed ? failureStatus(outcome) : 'passed'
    return phaseStep(entries, stop, status)
  })
}

/** The steps of a drill: its phases, and the refusal of a refused drill. */
export function stepsOfDrill(drill: DrillResult): readonly Step[] {
  const { outcome } = drill
  const phases = phaseSteps(drill)
  return outcome.kind === 'refused' ? [...phases, refusalStep(drill, outcome.cause)] : phases
}
