// A drill's timeline as the steps of a test: one for each phase, and in it what happened.
import { eventText } from '#src/reporting/sentences.ts'
import type { DrillResult, LogEntry, Phase } from '#src/model/index.ts'
import { failureStatus, isFailure, outcomeOfDrill, type FailedOutcome } from './outcome.ts'

export interface Step {
  readonly name: string
  /** ms since the epoch; in the lab, its own time. */
  readonly start: number
  readonly stop: number
  readonly status: 'passed' | 'failed' | 'broken'
  readonly steps: readonly Step[]
}

/** The phases in which each failure shows, best first: not every drill comes to all of them. */
const phasesOfFailure: Readonly<Record<FailedOutcome, readonly Phase[]>> = {
  'left behind': ['undo'],
  violated: ['judge', 'watch'],
  'over budget': ['judge', 'watch'],
  'not healed': ['judge', 'watch', 'heal'],
  unknown: ['judge', 'watch'],
  aborted: ['watch', 'heal', 'inject', 'prepare'],
  refused: ['prepare'],
}

/** Entries that follow each other in one phase. */
function byPhase(timeline: readonly LogEntry[]): readonly (readonly LogEntry[])[] {
  const groups: LogEntry[][] = []
  for (const entry of timeline) {
    const last = groups.at(-1)
    if (last?.[0]?.phase === entry.phase) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

/** The step that shows why a drill failed: the last one of its phase, or the very last. */
function failedStep(groups: readonly (readonly LogEntry[])[], outcome: FailedOutcome): number {
  const found = phasesOfFailure[outcome]
    .map(phase => groups.findLastIndex(([entry]) => entry?.phase === phase))
    .find(index => index >= 0)
  return found ?? groups.length - 1
}

/** The steps of a drill. Each lasts until the next begins, the last until the drill's end. */
export function stepsOf(drill: DrillResult): readonly Step[] {
  const outcome = outcomeOfDrill(drill)
  const groups = byPhase(drill.timeline)
  const failed = isFailure(outcome) ? failedStep(groups, outcome) : undefined
  return groups.map((entries, index): Step => {
    const phase = entries[0]?.phase ?? 'report'
    const start = entries[0]?.at ?? drill.startedAt
    const stop = groups[index + 1]?.[0]?.at ?? Math.max(start, drill.endedAt)
    return {
      name: phase,
      start,
      stop,
      status: isFailure(outcome) && index === failed ? failureStatus(outcome) : 'passed',
      steps: entries.map(({ at, event }, order) => ({
        name: eventText(event),
        start: at,
        stop: entries[order + 1]?.at ?? stop,
        status: 'passed',
        steps: [],
      })),
    }
  })
}
