// The parts of a drill's result that do not depend on how long things took.
import type { DrillResult, MarkName, Outcome, Phase } from '#src/model/index.ts'

export interface Shape {
  outcome: Outcome
  /** In the order in which they came. */
  marks: readonly MarkName[]
  /** In the order of their first moment. */
  phases: readonly Phase[]
  misses: readonly string[]
  unknown: readonly string[]
  leftBehind: DrillResult['leftBehind']
}

export function shapeOf({
  outcome,
  marks,
  moments,
  misses,
  unknown,
  leftBehind,
}: DrillResult): Shape {
  return {
    outcome,
    marks: marks.map(({ mark }) => mark),
    phases: [...new Set(moments.map(({ phase }) => phase))],
    misses,
    unknown,
    leftBehind,
  }
}

/** The story in its order: time never goes back, and once it undoes it does nothing else. */
export function isInOrder({ moments }: DrillResult): boolean {
  const undoing = moments.findIndex(({ phase }) => phase === 'undo')
  return (
    moments.every((moment, index) => moment.at >= (moments[index - 1]?.at ?? 0)) &&
    moments.slice(undoing).every(({ phase }) => phase === 'undo')
  )
}
