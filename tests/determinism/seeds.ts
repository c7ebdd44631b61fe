// Runs the same drill in worlds that differ only in their seed: the histories differ, the verdicts
// do not.
import { describe, expect, test } from 'vitest'
import type { DrillResult, Outcome } from '#src/model/index.ts'
import { newLab, onJoelclaw, runIn, usersOnly } from '#tests/drills/stage.ts'

/** Drills sorted by name, because the order of `import *` differs between a bundler and Node. */
const inTurn = onJoelclaw.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** Drills in which no machine starts. They are fast, so they run three times as often. */
const quick: ReadonlySet<string> = new Set([
  'flannel-crash-loops-without-br-netfilter',
  'flannel-pod-killed',
  'node-comes-back-cordoned',
  'node-comes-back-tainted',
  'pds-nodeport-reset',
  'port-forward-dies-silently',
])

/** Which drill runs with which seed: indexes of drills, repeated. */
const turns = inTurn.flatMap(({ name }, index) =>
  quick.has(name) ? [index, index, index] : [index],
)

/** It only freezes a host process and ends it by a command. Neither takes a random time. */
const unhurried: ReadonlySet<string> = new Set(['port-forward-dies-silently'])

/** Drills in which only the signals of the cluster's own components change at different times. */
const unnoticedByUsers: ReadonlySet<string> = new Set([
  'flannel-pod-killed',
  'node-container-paused',
])

interface Run {
  seed: number
  outcome: Outcome['kind']
  misses: DrillResult['misses']
  unknown: DrillResult['unknown']
  leftBehind: DrillResult['leftBehind']
  /** ms from the injection to each milestone. */
  milestones: Readonly<Record<string, number>>
}

async function run(seed: number, index: number): Promise<Run> {
  // The stability window does not depend on the seed. A short one makes a hundred worlds
  // affordable.
  const drill = { ...inTurn[index]!, stability: '10 s' } as const
  const { outcome, misses, unknown, leftBehind, milestones } = await runIn(
    newLab(seed),
    drill,
    unnoticedByUsers.has(drill.name) ? {} : usersOnly,
  )
  return {
    seed,
    outcome: outcome.kind,
    misses,
    unknown,
    leftBehind,
    milestones: Object.fromEntries(
      milestones.map(({ milestone, by }) => [milestone, by - milestones[0]!.by]),
    ),
  }
}

/** Seeds 1 to 100, spread over the drills. */
export const hundred = (index: number): readonly number[] =>
  Array.from({ length: 100 }, (_, seed) => seed + 1).filter(
    seed => turns[seed % turns.length] === index,
  )

/**
 * Registers the tests of one part of the drills: those whose index leaves `part` when divided by
 * `parts`.
 */
export function sameForEverySeed(
  seedsOf: (index: number) => readonly number[],
  [part, parts]: readonly [number, number],
): void {
  describe('a drill ends the same way with every seed', () => {
    test.for(
      inTurn
        .map((drill, index) => ({ name: drill.name, index }))
        .filter(({ index }) => index % parts === part),
    )('$name', async ({ name, index }) => {
      const first = await run(1, index)
      expect(first).toMatchObject({ misses: [], unknown: [], leftBehind: [] })
      const others: Run[] = []
      for (const seed of seedsOf(index)) if (seed !== 1) others.push(await run(seed, index))
      const ends = others.map(({ seed, outcome, misses, unknown, leftBehind }) => ({
        seed,
        outcome,
        misses,
        unknown,
        leftBehind,
      }))
      expect(ends).toEqual(
        others.map(({ seed }) => ({
          seed,
          outcome: first.outcome,
          misses: [],
          unknown: [],
          leftBehind: [],
        })),
      )
      // The events are the same and their times differ, except where nothing takes a random time.
      // Two or three worlds may agree by chance.
      if (others.length < 5) return
      const histories = new Set(
        [first, ...others].map(({ milestones }) => JSON.stringify(milestones)),
      ).size
      expect(histories > 1).toBe(!unhurried.has(name))
    })
  })
}
