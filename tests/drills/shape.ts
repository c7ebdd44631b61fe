// The parts of a drill's result that do not depend on durations.
import { spoken, type Spoken } from '#tests/model/spoken.ts'
import type { DrillResult, MilestoneName, Phase } from '#src/model/index.ts'

export interface Shape {
  outcome: Spoken['outcome']
  /** In the order of time. */
  milestones: readonly MilestoneName[]
  /** Each once, in the order of their first log entry. */
  phases: readonly Phase[]
  misses: readonly string[]
  unknown: readonly string[]
  leftBehind: DrillResult['leftBehind']
}

export function shapeOf(result: DrillResult): Shape {
  const { outcome, milestones, timeline, misses, unknown, leftBehind } = spoken(result)
  return {
    outcome,
    milestones: milestones.map(({ milestone }) => milestone),
    phases: [...new Set(timeline.map(({ phase }) => phase))],
    misses,
    unknown,
    leftBehind,
  }
}

/**
 * Whether the timeline is in order: times never decrease, and only undo entries follow the first
 * undo.
 */
export function isInOrder({ timeline }: DrillResult): boolean {
  const undoing = timeline.findIndex(({ phase }) => phase === 'undo')
  return (
    timeline.every((logEntry, index) => logEntry.at >= (timeline[index - 1]?.at ?? 0)) &&
    timeline.slice(undoing).every(({ phase }) => phase === 'undo')
  )
}
