// The Lease object in the cluster: how holdfast reads it, takes it and gives it back.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Lease } from '#src/model/kube.ts'
import { createOwn, existsAlready, isConflict, isGone, milestones, ownNamespace } from './names.ts'

/**
 * How long others wait for a renewal before they take over, s. @source Kubernetes default, leader
 * election: leaseDuration 15 s
 */
export const leaseSeconds = 15

export interface LeaseName {
  namespace: string
  name: string
}

/** The lease of a cluster: its holder drills or heals. */
export const clusterLease: LeaseName = { namespace: ownNamespace, name: 'holdfast' }

export interface Holder {
  /** Readable, and unique for each process and run: `joel@panda (pid 4711) 1f6e09ab`. */
  identity: string
  /** The task, e.g. `drill node-container-paused`. */
  doing: string
}

/**
 * A lease that somebody holds. `since` is by the holder's clock: never compare it with another.
 */
export interface Taken {
  holder: string
  doing: string | undefined
  since: string | undefined
}

/** @source Kubernetes API, MicroTime: RFC 3339 with six digits */
export const microTime = (now: number): string => new Date(now).toISOString().replace('Z', '000Z')

export const takenBy = ({ spec, metadata }: Lease): Taken => ({
  holder: spec?.holderIdentity ?? '',
  doing: metadata.annotations?.[milestones.doing],
  since: spec?.acquireTime,
})

/** The holder of a lease; undefined: it has none. */
export const holderOf = (lease: Lease | undefined): Taken | undefined =>
  lease === undefined || (lease.spec?.holderIdentity ?? '') === '' ? undefined : takenBy(lease)

/** Reads who holds a lease; undefined: it has no holder. Rejects as the API does. */
export async function whoHas(
  kube: Kube,
  { namespace, name }: LeaseName = clusterLease,
): Promise<Taken | undefined> {
  return holderOf(await kube.get<Lease>(resources.leases, name, namespace))
}

/** The members that a holder writes when it takes the lease. */
const written = (
  holder: Holder,
  now: number,
): Pick<Lease, 'spec'> & { metadata: { annotations: Record<string, string | null> } } => ({
  metadata: { annotations: { [milestones.doing]: holder.doing, [milestones.stop]: null } },
  spec: {
    holderIdentity: holder.identity,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: microTime(now),
    renewTime: microTime(now),
  },
})

/** Creates the lease, with its first holder. */
export function makeLease(kube: Kube, at: LeaseName, holder: Holder, now: number): Promise<Lease> {
  const { metadata, spec } = written(holder, now)
  return createOwn(kube, () =>
    kube.create<Lease>(resources.leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: at.name,
        namespace: at.namespace,
        labels: { ...milestones.managedBy },
        annotations: { [milestones.doing]: metadata.annotations[milestones.doing] ?? '' },
      },
      spec: { ...spec, leaseTransitions: 0 },
    }),
  )
}

/** Takes an existing lease. Rejects with a conflict if it has changed since `found` was read. */
export function takeLease(
  kube: Kube,
  at: LeaseName,
  holder: Holder,
  found: Lease,
  now: number,
): Promise<Lease> {
  const { metadata, spec } = written(holder, now)
  const more = takenBy(found).holder === holder.identity ? 0 : 1
  return kube.patch<Lease>(resources.leases, at.name, at.namespace, 'merge', {
    metadata: { ...metadata, resourceVersion: found.metadata.resourceVersion },
    spec: { ...spec, leaseTransitions: (found.spec?.leaseTransitions ?? 0) + more },
  })
}

/** Gives a lease back. Rejects with a conflict if it has changed since `found` was read. */
export const giveBack = (kube: Kube, at: LeaseName, found: Lease, now: number): Promise<Lease> =>
  kube.patch<Lease>(resources.leases, at.name, at.namespace, 'merge', {
    metadata: {
      resourceVersion: found.metadata.resourceVersion,
      annotations: { [milestones.stop]: null, [milestones.doing]: null },
    },
    spec: { holderIdentity: null, renewTime: microTime(now) },
  })

/** Whether a request failed because another client was faster. */
export const wasOvertaken = (error: unknown, found: Lease | undefined): boolean =>
  isConflict(error) || existsAlready(error) || (found !== undefined && isGone(error))
