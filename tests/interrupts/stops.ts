// The moments for a signal: every kind of activity of a drill, with the expected result.
import { fail } from 'node:assert/strict'
import type { Drill } from '#src/model/index.ts'
import { wrongIn } from './judged.ts'
import type { Step } from './life.ts'
import { play } from './runs.ts'

/** @source the promise of the command line: undoing begins within 2 s of a signal */
const soon = 2_000

/** @source src/engine/drill/inject.ts, undoDeadline */
const alarm = '600000 ms'

/**
 * The first occurrence of each activity of a drill before a step. `each` decides which steps are
 * the same activity.
 */
export function activities(
  steps: readonly Step[],
  until: number,
  each: (step: Step) => string,
): readonly number[] {
  const first = new Map<string, number>()
  for (const [index, step] of steps.slice(0, until).entries())
    if (!first.has(each(step))) first.set(each(step), index)
  return [...first.values()]
}

/**
 * Stops a drill at each of its activities. Returns the failed requirements in words, and the number
 * of activities.
 */
export async function stopAt(
  drill: Drill,
  each: (step: Step) => string,
): Promise<{ points: number; wrong: readonly string[] }> {
  const recorded = await play({ drill, starts: [] })
  const [steps = fail('no steps')] = recorded.steps
  // An undo begins with the timer of its deadline. A signal after that finds the undo in progress.
  const undoing = steps.findIndex(({ kind, what }) => kind === 'sleep' && what === alarm)
  const points = activities(steps, undoing < 0 ? steps.length : undoing, each)
  const wrong: string[] = []
  for (const step of points) {
    const plan = { drill, death: { step, how: 'stops' as const }, starts: [] }
    const end = await play(plan)
    const where = `a signal at ${steps[step]?.kind} ${step}, ${steps[step]?.what}`
    wrong.push(...wrongIn(plan, end).map(what => `${where}: ${what}`))
    if (end.drill?.outcome.kind !== 'aborted')
      wrong.push(`${where}: it ended as ${end.drill?.outcome.kind}`)
    if ((end.drill?.leftBehind.length ?? 1) > 0) wrong.push(`${where}: left behind`)
    if (end.undoAfter === undefined || end.undoAfter > soon)
      wrong.push(`${where}: undoing began after ${end.undoAfter} ms`)
  }
  return { points: points.length, wrong }
}
