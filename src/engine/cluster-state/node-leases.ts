// Leases of nodes as medik8s' operators take them: who remediates or maintains a node is not
// disturbed, and does not disturb.
import { resources } from '#src/kubernetes/client.ts'
import { isHeld, acquireLease } from './lease.ts'
import { type HeldLease, type LeaseContext } from './held-lease.ts'
import { type Holder, type Taken } from './lease-object.ts'

/** @source medik8s, common, lease: namespace and names of node leases */
export const nodeLeases = 'medik8s-leases'
const leaseOf = (node: string): { namespace: string; name: string } => ({
  namespace: nodeLeases,
  name: `node-${node}`,
})

/** Somebody else works on a node. */
export interface NodeTaken extends Taken {
  node: string
}

/**
 * Takes the lease of each node, where the cluster has such leases; none where it has not. Resolves
 * with who has one of them
 * when somebody has: then none is held. Rejects as the API does.
 */
export async function takeNodes(
  nodes: readonly string[],
  holder: Holder,
  context: LeaseContext,
): Promise<readonly HeldLease[] | NodeTaken> {
  const kube = await context.kube()
  if (nodes.length === 0 || (await kube.get(resources.namespaces, nodeLeases)) === undefined)
    return []
  const all: HeldLease[] = []
  const giveBack = async (): Promise<void> =>
    void (await Promise.all(all.map(lease => lease.release())))
  for (const node of nodes) {
    try {
      const result = await acquireLease(leaseOf(node), holder, context)
      if (isHeld(result)) {
        all.push(result)
        continue
      }
      await giveBack()
      return { node, ...result }
    } catch (error) {
      await giveBack()
      throw error
    }
  }
  return all
}
