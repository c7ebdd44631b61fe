// A lease that this process holds: renewed in the background until it is given back or lost.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Lease } from '#src/model/kube.ts'
import type { Clock } from '#src/model/runtime.ts'
import { isConflict, isGone, milestones } from './names.ts'
import {
  giveBack,
  microTime,
  takenBy,
  type Holder,
  type LeaseName,
  type Taken,
} from './lease-object.ts'

/**
 * Between renewals, ms; each of them also reads a request to stop. @source Kubernetes default,
 * leader election: retryPeriod 2 s
 */
export const renewEvery = 2_000

export interface HeldLease {
  /**
   * Aborts when another process took the lease, when it was deleted, or when its holder shall stop.
   * The reason says which.
   */
  readonly lost: AbortSignal
  /** The previous holder, if it never gave the lease back. */
  readonly tookOver: Taken | undefined
  /** Gives it back. Never rejects: without an API the lease simply expires. */
  release(): Promise<void>
}

export interface LeaseContext {
  kube(): Promise<Kube>
  clock: Clock
  /** Whether a holder is known to be dead, so that nothing waits for it. */
  isDead?(identity: string): boolean
  signal?: AbortSignal
}

/** How a holder lost its lease; undefined: it still holds it. */
function lossOf(at: LeaseName, holder: Holder, found: Lease | undefined): string | undefined {
  const lease = `the lease ${at.namespace}/${at.name}`
  if (found === undefined) return `${lease} was deleted: another holdfast may begin`
  const by = takenBy(found).holder
  if (by === holder.identity) return undefined
  return by === '' ? `${lease} was given back by another process` : `${lease} was taken by ${by}`
}

/** The lease from its holder's view: its version, whether it is lost, and requests to stop. */
function ownLease(at: LeaseName, holder: Holder, first: Lease, { kube, clock }: LeaseContext) {
  const lost = new AbortController()
  const asked = new AbortController()
  let version = first.metadata.resourceVersion

  /** Reads the lease. Undefined: this holder has lost it, and `lost` aborts. */
  async function read(): Promise<Lease | undefined> {
    const found = await (await kube()).get<Lease>(resources.leases, at.name, at.namespace)
    const loss = lossOf(at, holder, found)
    if (loss === undefined) return found
    lost.abort(new Error(loss))
    return undefined
  }

  /** After a conflict: someone took the lease, or left a request to stop. */
  async function readConflict(): Promise<void> {
    const found = await read()
    version = found?.metadata.resourceVersion
    const stopper = found?.metadata.annotations?.[milestones.stop]
    if (stopper !== undefined) asked.abort(new Error(`stopped by ${stopper}`))
  }

  async function renew(): Promise<void> {
    try {
      const renewed = await (
        await kube()
      ).patch<Lease>(resources.leases, at.name, at.namespace, 'merge', {
        metadata: { resourceVersion: version },
        spec: { renewTime: microTime(clock.now()) },
      })
      version = renewed.metadata.resourceVersion
    } catch (error) {
      if (isConflict(error) || isGone(error)) await readConflict()
      else throw error
    }
  }

  return { lost: lost.signal, asked: asked.signal, read, renew }
}

/** Starts to renew a lease that was just taken. */
export function held(
  at: LeaseName,
  holder: Holder,
  first: Lease,
  tookOver: Taken | undefined,
  context: LeaseContext,
): HeldLease {
  const { kube, clock } = context
  const over = new AbortController()
  const { lost, asked, read, renew } = ownLease(at, holder, first, context)

  const renewing = (async () => {
    while (!over.signal.aborted && !lost.aborted) {
      await clock.sleep(renewEvery, over.signal).catch(() => {})
      if (over.signal.aborted) return
      // Without an API nothing is lost: a drill may have stopped it, and meanwhile no other process
      // can take the lease.
      await renew().catch(() => {})
    }
  })()

  return {
    lost: AbortSignal.any([lost, asked]),
    tookOver,
    async release() {
      if (over.signal.aborted) return
      over.abort(new Error('given back'))
      await renewing
      if (lost.aborted) return
      try {
        const found = await read()
        if (found !== undefined) await giveBack(await kube(), at, found, clock.now())
      } catch {
        // Without an API the lease expires, and the next holder waits until then.
      }
    },
  }
}
