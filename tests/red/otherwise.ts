// Another policy for the same healthy world: what it makes of it.
import type { Finding, Policy } from '#src/model/index.ts'
import { boot, difference, findingsIn, joelclaw, type Kinds, type World } from './world.ts'

/** joelclaw's policy with another part. */
export const changed = (change: Partial<Policy>): Policy => ({ ...joelclaw, ...change })

/** Everything that another policy judges otherwise, and the findings of each. */
export async function otherwise(
  policy: Policy,
): Promise<{ world: World; kinds: Kinds; findings(name: string): readonly Finding[] }> {
  const world = boot()
  const before = await world.evaluate()
  world.policy = policy
  const after = await world.evaluate()
  return {
    world,
    kinds: difference(before, after),
    findings: name => findingsIn(world, after.get(name)),
  }
}

/** What nobody listed: mappings and NodePorts beyond the port table. */
export const strangers = 'port-table-agrees · unlisted ports'
