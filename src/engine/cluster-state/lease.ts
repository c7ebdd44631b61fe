// Taking a lease: one holder at a time. Another process takes it over once its holder has not
// renewed it for the promised time.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Lease } from '#src/model/kube.ts'
import { isConflict, milestones } from './names.ts'
import { held, type HeldLease, type LeaseContext } from './held-lease.ts'
import {
  clusterLease,
  holderOf,
  leaseSeconds,
  makeLease,
  takeLease,
  takenBy,
  wasOvertaken,
  whoHas,
  type Holder,
  type LeaseName,
  type Taken,
} from './lease-object.ts'

/** Between reads of a lease that another process holds, ms. @source half of its renewal period */
const readEvery = 1_000
/**
 * The longest wait for a renewal, s: beyond it a person has to decide.
 * @source medik8s, node maintenance: leases of 3600 s are renewed only at their end
 */
const longestWait = 60
/** Conflicts before holdfast gives up. @source Kubernetes, client-go retry: 5 steps */
const attempts = 5

/** For the process that wins every race and has left the lease when it is read. */
const unknownHolder: Taken = {
  holder: 'a process that keeps taking and leaving it',
  doing: undefined,
  since: undefined,
}

/** A lease of another process as it was first read. A change since then proves that it lives. */
interface FirstRead {
  readonly version: string | undefined
  readonly holder: string
  /** ms since the epoch, by our clock. */
  readonly at: number
}

/** Whether the holder of a lease has to be waited for. */
const isOccupied = ({ holder }: Taken, own: Holder, { isDead }: LeaseContext): boolean =>
  holder !== '' && holder !== own.identity && isDead?.(holder) !== true

const hasChanged = (first: FirstRead, found: Lease): boolean =>
  first.version !== found.metadata.resourceVersion || first.holder !== takenBy(found).holder

/** How long a holder may take to renew its lease, ms. */
const patienceFor = ({ spec }: Lease): number =>
  Math.min(spec?.leaseDurationSeconds ?? leaseSeconds, longestWait) * 1_000

/** Takes a lease that is free, expired or already ours. */
async function takeOver(
  kube: Kube,
  at: LeaseName,
  holder: Holder,
  found: Lease,
  context: LeaseContext,
): Promise<HeldLease> {
  const before = holderOf(found)
  const changed = await takeLease(kube, at, holder, found, context.clock.now())
  const tookOver = before?.holder === holder.identity ? undefined : before
  return held(at, holder, changed, tookOver, context)
}

/**
 * Takes a lease, or resolves with its holder. Waits for a renewal as long as the holder promised,
 * by our own clock: the times in the lease come from another one. Rejects as the API does.
 */
export async function acquireLease(
  at: LeaseName,
  holder: Holder,
  context: LeaseContext,
): Promise<HeldLease | Taken> {
  const { clock, signal } = context
  const kube = await context.kube()
  let first: FirstRead | undefined
  for (let overtaken = 0; overtaken < attempts;) {
    const found = await kube.get<Lease>(resources.leases, at.name, at.namespace)
    const now = clock.now()
    try {
      if (found === undefined)
        return held(at, holder, await makeLease(kube, at, holder, now), undefined, context)
      const taken = takenBy(found)
      if (isOccupied(taken, holder, context)) {
        if (first !== undefined && hasChanged(first, found)) return taken
        first ??= { version: found.metadata.resourceVersion, holder: taken.holder, at: now }
        if (now - first.at < patienceFor(found)) {
          await clock.sleep(readEvery, signal)
          continue
        }
      }
      return await takeOver(kube, at, holder, found, context)
    } catch (error) {
      if (!wasOvertaken(error, found)) throw error
      overtaken += 1
    }
  }
  return (await whoHas(kube, at)) ?? unknownHolder
}

/** Whether the lease was taken, or belongs to another process. */
export const isHeld = (result: HeldLease | Taken): result is HeldLease => 'release' in result

/**
 * Asks the holder of a lease to undo and leave. Resolves with the holder; undefined: the lease has
 * none. Rejects as the API does.
 */
export async function askToStop(
  kube: Kube,
  by: string,
  at: LeaseName = clusterLease,
): Promise<Taken | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await kube.get<Lease>(resources.leases, at.name, at.namespace)
    if (found === undefined || holderOf(found) === undefined) return undefined
    try {
      await kube.patch<Lease>(resources.leases, at.name, at.namespace, 'merge', {
        metadata: {
          resourceVersion: found.metadata.resourceVersion,
          annotations: { [milestones.stop]: by },
        },
      })
      return takenBy(found)
    } catch (error) {
      if (attempt >= attempts || !isConflict(error)) throw error
    }
  }
}
