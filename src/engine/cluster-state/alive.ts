// Who holds a lease and lives: renewals that are seen, by the own clock; what a lease says of times
// is not compared.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Lease } from '#src/model/kube.ts'
import type { Clock } from '#src/model/runtime.ts'
import { clusterLease, holderOf, renewEvery, type LeaseName, type Taken } from './lease.ts'

/**
 * How long a sign of life is waited for, ms: two renewals, and a moment. @source
 * src/engine/cluster-state/lease.ts, renewEvery
 */
const patience = 2 * renewEvery + 500
/** Between looks, ms. */
const every = 500

/**
 * Who holds a lease and renews it before one's eyes; undefined: nobody, or somebody who shows no
 * sign of life, whom whoever
 * takes the lease waits for. Reads only. Rejects as the API does.
 */
export async function whoLives(
  kube: Kube,
  clock: Clock,
  isDead: (identity: string) => boolean,
  at: LeaseName = clusterLease,
): Promise<Taken | undefined> {
  const evaluate = (): Promise<Lease | undefined> =>
    kube.get<Lease>(resources.leases, at.name, at.namespace)
  const first = await evaluate()
  const holder = holderOf(first)
  if (holder === undefined || isDead(holder.holder)) return undefined
  for (const until = clock.now() + patience; clock.now() < until;) {
    await clock.sleep(every)
    const now = await evaluate()
    if (now?.metadata.resourceVersion !== first?.metadata.resourceVersion) return holderOf(now)
  }
  return undefined
}
