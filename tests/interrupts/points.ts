// The points at which a process can die, enumerated from a complete run.
import type { Death, Step } from './life.ts'

/** The ways to die at a step, if there are more than before and after it. */
const hows: Partial<Record<Step['kind'], readonly Death['how'][]>> = {
  command: ['before', 'during', 'after'],
  journal: ['before', 'torn', 'after'],
}

/**
 * The points around one step. A step that only reads has none: the world is the same after the last
 * write and before the next one, and both of these are points.
 */
function around({ kind, writes }: Step, step: number): readonly Death[] {
  if (!writes) return []
  return (hows[kind] ?? ['before', 'after']).map(how => ({ step, how }))
}

/** Every point of a run, in order. */
export const pointsOf = (
  steps: readonly Step[],
  selects: (index: number) => boolean = () => true,
): readonly Death[] => steps.flatMap((step, index) => (selects(index) ? around(step, index) : []))

/** Every step that can fail: all writes except those of the journal. */
export const failuresOf = (steps: readonly Step[]): readonly Death[] =>
  steps.flatMap(({ kind, writes }, step) =>
    writes && kind !== 'journal' ? [{ step, how: 'fails' as const }] : [],
  )

/** A description of a point. */
export const inWords = (steps: readonly Step[], { step, how }: Death): string =>
  `${how} ${steps[step]?.kind} ${step}: ${steps[step]?.what}`
