// The points at which a process can die, enumerated from what it did when it lived.
import type { Death, Step } from './mortal.ts'

/**
 * The points around one step. A step that only reads leaves the world as it is: whoever dies in a
 * row of them finds the
 * world as it was after the last step that wrote and as it will be before the next one, and both of
 * these are points.
 */
function around({ kind, writes }: Step, step: number): readonly Death[] {
  if (!writes) return []
  const hows: readonly Death['how'][] =
    kind === 'command'
      ? ['before', 'during', 'after']
      : kind === 'journal'
        ? ['before', 'torn', 'after']
        : ['before', 'after']
  return hows.map(how => ({ step, how }))
}

/** Every point of a run, in order. */
export const pointsOf = (
  steps: readonly Step[],
  selects: (index: number) => boolean = () => true,
): readonly Death[] => steps.flatMap((step, index) => (selects(index) ? around(step, index) : []))

/** Every step that can fail: what writes, without the journal. */
export const failuresOf = (steps: readonly Step[]): readonly Death[] =>
  steps.flatMap(({ kind, writes }, step) =>
    writes && kind !== 'journal' ? [{ step, how: 'fails' as const }] : [],
  )

/** A point in words. */
export const inWords = (steps: readonly Step[], { step, how }: Death): string =>
  `${how} ${steps[step]?.kind} ${step}: ${steps[step]?.what}`
