// One drill or heal at a time: the lock of this machine, the lease in the cluster, and the node
// leases of clusters that have them.
import { KubeError } from '#src/kubernetes/client.ts'
import { isKnownDead, acquireLock, type HeldLock, type LockHolder } from '#src/engine/lock/lock.ts'
import { clusterLease, type Taken } from '#src/engine/cluster-state/lease-object.ts'
import { isHeld, acquireLease } from '#src/engine/cluster-state/lease.ts'
import { type HeldLease } from '#src/engine/cluster-state/held-lease.ts'
import { takeNodes, type NodeTaken } from '#src/engine/cluster-state/node-leases.ts'
import { errorMessage, type Drill, type Policy, type Runtime } from '#src/model/index.ts'
import { atEnd } from './ending.ts'
import { RefusedError } from './refusal.ts'
import { lockFolder, newIdentity, ownKube } from './state.ts'
import { stopped } from './stop.ts'

export interface ClusterLock {
  /**
   * Aborts when another run takes the lock, or `holdfast stop` asks this run to end: the run must
   * undo its faults.
   */
  readonly lost: AbortSignal
  /** Never rejects. */
  release(): Promise<void>
}

export interface LockRequest {
  /** What it is held for, e.g. `drill api-port-drifts`. */
  doing: string
  /** The nodes that the run works on. */
  nodes?: readonly string[]
  /** Nothing is written to the cluster, not even a lease: only the lock of this machine is held. */
  hostOnly?: boolean
  tell(message: string): void
}

/**
 * The nodes that drills work on. All of them as soon as one fault reaches beyond its workload: a
 * fault does not say which node it means.
 */
export const nodesOf = (drills: readonly Drill[], policy: Policy): readonly string[] => {
  const far = drills
    .flatMap(drill => [...(drill.setup?.(policy) ?? []), ...drill.faults(policy)])
    .some(({ blast }) => blast !== 'pod' && blast !== 'workload')
  return far ? policy.nodes.map(({ name }) => name) : []
}

/**
 * ms between checks for a `holdfast stop` on this machine. @source a stop must be noticed within 5
 * s; half of that
 */
const askedEvery = 1_000

const sinceOf = ({ since }: LockHolder | Taken): string =>
  since === undefined
    ? ''
    : ` since ${typeof since === 'number' ? new Date(since).toISOString() : since}`

/** Another run is active: its holder, its work, since when, and what to do. */
function busy(world: string, by: string, doing: string | undefined, since: string): RefusedError {
  const reason =
    `Another holdfast is at work on ${world}: ${doing ?? 'something'}, by ${by}${since}. ` +
    'Wait for its end, or have it undo and leave: holdfast stop'
  return new RefusedError(`${reason}.`, reason)
}

function nodeTaken(taken: NodeTaken): RefusedError {
  const { node, holder } = taken
  const reason =
    `Node ${node} is being worked on by ${holder}${sinceOf(taken)} ` +
    `(lease medik8s-leases/node-${node}): nothing was touched. Try again when that is done`
  return new RefusedError(`${reason}.`, reason)
}

/**
 * Takes the lock, or throws a RefusedError that names the active run. While the API does not
 * answer, it takes only the lock of this machine: work on the host goes on, and `tell` reports that
 * other machines are not kept away.
 */
export async function acquireClusterLock(
  world: string,
  runtime: Runtime,
  policy: Policy,
  { doing, nodes = [], hostOnly = false, tell }: LockRequest,
): Promise<ClusterLock> {
  const identity = newIdentity()
  const lock = acquireLock(lockFolder(), world, { identity, doing, since: runtime.clock.now() })
  if (!('release' in lock)) throw busy(world, lock.identity, lock.doing, sinceOf(lock))
  const leases: HeldLease[] = []
  const over = new AbortController()
  const asked = new AbortController()
  const release = atEnd(async () => {
    over.abort(new Error('given back'))
    await Promise.all(leases.map(lease => lease.release()))
    lock.release()
  })
  try {
    if (!hostOnly)
      leases.push(
        ...(await leasesOf(world, runtime, policy, { identity, doing }, nodes, lock, tell)),
      )
  } catch (error) {
    await release()
    throw error
  }
  void (async () => {
    while (!over.signal.aborted && !asked.signal.aborted) {
      const by = lock.stopAsked()
      if (by !== undefined) asked.abort(new Error(`stopped by ${by}`))
      await runtime.clock.sleep(askedEvery, over.signal).catch(() => {})
    }
  })()
  return { lost: AbortSignal.any([asked.signal, ...leases.map(lease => lease.lost)]), release }
}

async function leasesOf(
  world: string,
  runtime: Runtime,
  policy: Policy,
  holder: { identity: string; doing: string },
  nodes: readonly string[],
  lock: HeldLock,
  tell: (message: string) => void,
): Promise<readonly HeldLease[]> {
  const context = {
    kube: ownKube(runtime, policy),
    clock: runtime.clock,
    signal: stopped,
    // A machine knows when its own process has died, so no run waits for that lease to expire.
    isDead: (other: string) =>
      lock.tookOver?.identity === other || isKnownDead(lockFolder(), world, other),
  }
  let lease: HeldLease | undefined
  try {
    const taken = await acquireLease(clusterLease, holder, context)
    if (!isHeld(taken)) throw busy(world, taken.holder, taken.doing, sinceOf(taken))
    lease = taken
    const held = await takeNodes(nodes, holder, context)
    if ('node' in held) throw nodeTaken(held)
    return [lease, ...held]
  } catch (error) {
    // A run that waited for a lease and was told to stop has nothing to undo.
    if (stopped.aborted) {
      await lease?.release()
      throw stopped.reason
    }
    // The API refused: another run is active, or this account may not read the lease.
    if (error instanceof RefusedError || error instanceof KubeError) await lease?.release()
    if (error instanceof KubeError)
      throw new RefusedError(
        `Nobody can be kept away from ${world}: its lease ` +
          `(${clusterLease.namespace}/${clusterLease.name}) cannot be taken: ${error.message}`,
      )
    if (error instanceof RefusedError) throw error
    tell(`others are kept away on this machine only, the API is away: ${errorMessage(error)}`)
    return lease === undefined ? [] : [lease]
  }
}
