// Whether the holder of a lease lives: its renewals are observed by our own clock, because the
// times in the lease come from another one.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Lease } from '#src/model/kube.ts'
import type { Clock } from '#src/model/runtime.ts'
import { renewEvery } from './held-lease.ts'
import { clusterLease, holderOf, type LeaseName, type Taken } from './lease-object.ts'

/**
 * How long a renewal is awaited, ms: two periods and a margin. @source
 * src/engine/cluster-state/held-lease.ts, renewEvery
 */
const patience = 2 * renewEvery + 500
/** Between reads, ms. */
const every = 500

/**
 * The holder of a lease, if it renews the lease while holdfast watches. Undefined: it has no
 * holder, or one that does not renew it, for which the next process waits. Reads only. Rejects as
 * the API does.
 */
export async function whoLives(
  kube: Kube,
  clock: Clock,
  isDead: (identity: string) => boolean,
  at: LeaseName = clusterLease,
): Promise<Taken | undefined> {
  const read = (): Promise<Lease | undefined> =>
    kube.get<Lease>(resources.leases, at.name, at.namespace)
  const first = await read()
  const holder = holderOf(first)
  if (holder === undefined || isDead(holder.holder)) return undefined
  for (const until = clock.now() + patience; clock.now() < until;) {
    await clock.sleep(every)
    const now = await read()
    if (now?.metadata.resourceVersion !== first?.metadata.resourceVersion) return holderOf(now)
  }
  return undefined
}
