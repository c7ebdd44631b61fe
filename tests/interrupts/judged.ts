// What must be true of the world in the end, whichever process died at whichever step.
import { nodeName } from '#tests/drills/stage.ts'
import { pointsOf, inWords } from './points.ts'
import type { Death } from './life.ts'
import { configs, play, type End, type Plan } from './runs.ts'

/**
 * What every start of the node leaves: Talos taints its node, and Docker assigns new ports. No undo
 * reverts that, but heal does, and afterwards nothing may differ.
 */
const leftByStarts: readonly string[] = [`Node /${nodeName}`, 'container', 'forwards', ...configs]
const starting: ReadonlySet<string> = new Set([
  'restart-colima',
  'colima-zombie',
  'flannel-loses-its-subnet',
  'api-port-drifts',
  'node-container-killed',
])

/** All failed requirements in words; empty if there is none. */
export function wrongIn(
  { drill }: Plan,
  { different, unhealed, open, switches, remains }: End,
): readonly string[] {
  const allowed = starting.has(drill.name) ? leftByStarts : []
  return [
    ...different.filter(name => !allowed.includes(name)).map(name => `not put back: ${name}`),
    ...unhealed.map(name => `not healed: ${name}`),
    ...open.map(name => `journal not closed: ${name}`),
    ...switches.map(name => `switch not called off: ${name}`),
    ...(remains.at(-1) ?? []).map(({ description }) => `not undone: ${description}`),
  ]
}

/** Runs a plan and returns the failed requirements, with the point of the death. */
export async function faultsOf(
  where: string,
  plan: Plan,
): Promise<{ end: End; wrong: readonly string[] }> {
  const end = await play(plan)
  return { end, wrong: wrongIn(plan, end).map(what => `${where}: ${what}`) }
}

export interface Counted {
  /** The number of points. */
  points: number
  wrong: readonly string[]
}

/**
 * Runs the drill once for each point, dying there, with one start afterwards. The step at the point
 * must be the recorded one.
 */
export async function dieAt(
  plan: Omit<Plan, 'death'>,
  recorded: End,
  deaths: readonly Death[],
  message = '',
): Promise<Counted> {
  const wrong: string[] = []
  const [steps = []] = recorded.steps
  for (const death of deaths) {
    const where = `${message}${inWords(steps, death)}`
    const { end, wrong: found } = await faultsOf(where, { ...plan, death })
    if (end.steps[0]?.[death.step]?.what !== steps[death.step]?.what)
      wrong.push(`${where}: it did something else this time: ${end.steps[0]?.[death.step]?.what}`)
    wrong.push(...found)
  }
  return { points: deaths.length, wrong }
}

/** Points of a run in some of its phases. */
export const pointsIn = (end: End, ...phases: readonly End['phases'][number][]): readonly Death[] =>
  pointsOf(end.steps[0] ?? [], index => phases.includes(end.phases[index] ?? 'report'))
