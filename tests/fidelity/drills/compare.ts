// The drills on the lab and on a real node, side by side: outcomes, marks, times, and the order of
// what happened to each object.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Run } from './stage.ts'

const run = z.strictObject({
  drill: z.string(),
  outcome: z.string(),
  misses: z.array(z.string()),
  milestones: z.array(z.strictObject({ milestone: z.string(), after: z.number(), by: z.number() })),
  steps: z.array(z.strictObject({ at: z.number(), of: z.string(), description: z.string() })),
})

/** The runs that were recorded of a place, by drill. */
export function runsOf(place: 'lab' | 'container'): ReadonlyMap<string, readonly Run[]> {
  const all = z
    .array(run)
    .parse(
      JSON.parse(
        readFileSync(join(import.meta.dirname, '..', 'recorded', `drills-${place}.json`), 'utf8'),
      ),
    )
  return Map.groupBy(all, ({ drill }) => drill)
}

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN,
    sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN,
  ]
  return (low + high) / 2
}

export interface Times {
  median: number
  from: number
  to: number
}

/**
 * When a mark came, ms after the injection: the middle of its interval. Undefined where no run has
 * it.
 */
export function timesOf(runs: readonly Run[], milestone: string): Times | undefined {
  const found = runs.flatMap(({ milestones }) =>
    milestones.filter(each => each.milestone === milestone),
  )
  if (found.length === 0) return undefined
  return {
    median: median(found.map(({ after, by }) => (after + by) / 2)),
    from: Math.min(...found.map(({ after }) => after)),
    to: Math.max(...found.map(({ by }) => by)),
  }
}

/** @source the aim: within 20 % of the real median, or inside its spread */
const tolerance = 0.2

export const isNear = (lab: Times, node: Times): boolean =>
  Math.abs(lab.median - node.median) <= node.median * tolerance ||
  (lab.median >= node.from && lab.median <= node.to)

/**
 * Changes of one object closer than this, ms, have no order: a watch brings them together, or not.
 * Events keep theirs.
 */
const together = 40

/**
 * What comes again at once is said once: how often something was tried or asked before it went well
 * is a matter of phases.
 */
function onceEach(all: readonly string[]): readonly string[] {
  const made: string[] = []
  for (const description of all) {
    if (description === made.at(-1)) continue
    made.push(description)
    if (made.length >= 4 && made.at(-1) === made.at(-3) && made.at(-2) === made.at(-4))
      made.splice(-2)
  }
  return made
}

/**
 * Says of one object, in order; changes that came together are sorted. How many restarts there were
 * before is left out.
 */
function inOrder(of: string, steps: Run['steps']): readonly string[] {
  const groups: { until: number; description: string[] }[] = []
  for (const { at, description } of steps.toSorted((a, b) => a.at - b.at)) {
    const last = groups.at(-1)
    const said = description.replace(/^restarts=[1-9]\d*$/, 'restarted')
    if (last !== undefined && at - last.until <= together && !of.startsWith('events of ')) {
      last.until = at
      last.description.push(said)
    } else groups.push({ until: at, description: [said] })
  }
  return onceEach(groups.flatMap(({ description }) => description.toSorted()))
}

/**
 * Pods of one role, counted from the first that has a story: how many there were before is no part
 * of it.
 */
function renumbered(steps: Run['steps']): Run['steps'] {
  const parts = (of: string): [role: string, number: number] | undefined => {
    const found = /^(.* )(\d+)$/.exec(of)
    return found === null
      ? undefined
      : [(found[1] ?? '').replace(/^events of /, ''), Number(found[2])]
  }
  const numbers = new Map<string, Set<number>>()
  for (const { of } of steps) {
    const [role, number] = parts(of) ?? []
    if (role !== undefined && number !== undefined)
      numbers.set(role, (numbers.get(role) ?? new Set()).add(number))
  }
  return steps.map(step => {
    const [role, number] = parts(step.of) ?? []
    if (role === undefined || number === undefined) return step
    const rank = [...(numbers.get(role) ?? [])].toSorted((a, b) => a - b).indexOf(number) + 1
    return { ...step, of: step.of.replace(/\d+$/, String(rank)) }
  })
}

/**
 * What happened to each object from the injection to the recovery: what was there before has
 * earlier times.
 */
export function sequencesOf({ milestones, steps }: Run): ReadonlyMap<string, readonly string[]> {
  const to = milestones.find(({ milestone }) => milestone === 'recovered')?.by ?? Infinity
  const during = renumbered(steps.filter(({ at }) => at >= 0 && at <= to))
  return new Map(
    [...Map.groupBy(during, ({ of }) => of)].map(([of, own]) => [of, inOrder(of, own)]),
  )
}

/** One object whose story differs. */
export interface Story {
  of: string
  lab: readonly string[]
  node: readonly string[]
}

const key = (sequence: readonly string[]): string => sequence.join(' → ')

/**
 * Objects whose order of steps in the lab (its first run) is that of no run on the node, and how
 * many are the same.
 */
export function storiesOf(
  lab: readonly Run[],
  node: readonly Run[],
): { same: number; different: readonly Story[] } {
  const labs = lab.map(sequencesOf)
  const nodes = node.map(sequencesOf)
  const all = [
    ...new Set([...labs, ...nodes].flatMap(sequences => [...sequences.keys()])),
  ].toSorted()
  const different: Story[] = []
  for (const of of all) {
    const here = labs.map(sequences => sequences.get(of) ?? [])
    const there = nodes.map(sequences => sequences.get(of) ?? [])
    if (here.some(one => there.some(other => key(one) === key(other)))) continue
    different.push({ of, lab: here[0] ?? [], node: there[0] ?? [] })
  }
  return { same: all.length - different.length, different }
}
