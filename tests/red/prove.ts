// Proves breaks: in a fresh world each one causes its findings, and the fixes that are meant for
// it, and no others, repair it.
import { describe, expect, test } from 'vitest'
import { ms } from '#src/model/index.ts'
import type { Break } from './breaks/break.ts'
import {
  boot,
  deeds,
  difference,
  findingsIn,
  inFull,
  joelclaw,
  type Kinds,
  type Verdicts,
  type World,
} from './world.ts'

/** Interval between two evaluations of a recovering world, ms. */
const every = 10_000

/** Records every request that changes something, from now on. */
function writesOf(world: World): readonly string[] {
  const list: string[] = []
  world.lab.api.disturb(({ method, path }) => {
    if (method !== 'GET') list.push(`${method} ${path}`)
    return undefined
  })
  return list
}

/**
 * Evaluates until everything is as before or the recovery budget is over. Returns the remaining
 * differences.
 */
async function comesBack(world: World, before: Verdicts, left: Kinds): Promise<Kinds> {
  const until = world.runtime.clock.now() + ms(joelclaw.budgets.recovery)
  for (;;) {
    const now = difference(before, await world.evaluate())
    if (
      JSON.stringify(Object.keys(now).toSorted()) ===
        JSON.stringify(Object.keys(left).toSorted()) ||
      world.runtime.clock.now() >= until
    )
      return now
    await world.runtime.clock.sleep(every)
  }
}

/** The verdicts that a break must change, by name. */
const expected = (each: Break, before: Verdicts): Kinds => ({
  ...inFull(each.also ?? {}, before),
  ...Object.fromEntries(Object.keys(each.findings).map(name => [name, 'violated' as const])),
})

async function broken(each: Break): Promise<{ world: World; before: Verdicts; after: Verdicts }> {
  const world = boot()
  const before = await world.evaluate()
  expect([...before].filter(([, { kind }]) => kind !== 'holds' && kind !== 'waived')).toEqual([])
  await each.harm?.(world)
  world.policy = each.policy?.(world.policy) ?? world.policy
  if (each.wait !== undefined) await world.runtime.clock.sleep(ms(each.wait))
  return { world, before, after: await world.evaluate() }
}

/** One test for each break: all changed verdicts, the findings in full, and the results of heal. */
export function prove(section: string, breaks: readonly Break[]): void {
  describe(`breaks of ${section}`, () => {
    test.for(breaks.map(each => [each.name, each] as const))('%s', async ([, each]) => {
      const { world, before, after } = await broken(each)
      expect(difference(before, after)).toEqual(expected(each, before))
      expect(
        Object.fromEntries(
          Object.keys(each.findings).map(name => [name, findingsIn(world, after.get(name))]),
        ),
      ).toEqual(each.findings)

      const writes = writesOf(world)
      expect(deeds(await world.heal())).toEqual(each.healedBy)
      const untouchable = each.healedBy.length === 0
      expect(untouchable ? writes : await comesBack(world, before, each.left ?? {})).toEqual(
        untouchable ? [] : (each.left ?? {}),
      )
    })
  })
}
