// Judges the same healthy world by another policy.
import type { Finding, Policy } from '#src/model/index.ts'
import { boot, difference, findingsIn, joelclaw, type Kinds, type World } from './world.ts'

/** joelclaw's policy with one part replaced. */
export const changed = (change: Partial<Policy>): Policy => ({ ...joelclaw, ...change })

/** All verdicts that change under another policy, with their findings. */
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

/**
 * Findings about ports that the policy does not list: mappings and NodePorts beyond the port table.
 */
export const strangers = 'port-table-agrees · unlisted ports'
