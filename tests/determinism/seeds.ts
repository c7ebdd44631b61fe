// Worlds that differ in their seed alone, and the same drill in each: another history, the same
// verdict.
import { describe, expect, test } from 'vitest'
import type { DrillResult, Outcome } from '#src/model/index.ts'
import { newLab, onJoelclaw, runIn, usersOnly } from '#tests/drills/stage.ts'

/** Drills by name: `import *` of a bundler and of Node are not in the same order. */
const inTurn = onJoelclaw.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** Drills in which no machine starts: quick, so that their turn comes three times as often. */
const quick: ReadonlySet<string> = new Set([
  'flannel-crash-loops-without-br-netfilter',
  'flannel-pod-killed',
  'node-comes-back-cordoned',
  'node-comes-back-tainted',
  'pds-nodeport-reset',
  'port-forward-dies-silently',
])

/** Whose turn a seed is: indexes of drills, over and over. */
const turns = inTurn.flatMap(({ name }, index) =>
  quick.has(name) ? [index, index, index] : [index],
)

/**
 * Only a frozen process of the host, and a command that ends it: neither takes a time that is left
 * to chance.
 */
const unhurried: ReadonlySet<string> = new Set(['port-forward-dies-silently'])

/** Drills that only the signals of the cluster's own parts see at different times. */
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
  /** ms from the injection to each mark. */
  milestones: Readonly<Record<string, number>>
}

async function run(seed: number, index: number): Promise<Run> {
  // How long it has to stay well is not a matter of chance: a short window makes a hundred worlds
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

/** Seeds 1 to 100: each drill in its turn. */
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
      // The story is the same, its times are not: but where nothing takes a time that is drawn. Two
      // or three worlds may agree.
      if (others.length < 5) return
      const histories = new Set(
        [first, ...others].map(({ milestones }) => JSON.stringify(milestones)),
      ).size
      expect(histories > 1).toBe(!unhurried.has(name))
    })
  })
}
