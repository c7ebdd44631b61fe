// A lease in the cluster: one holder at a time, renewed while it lives, taken over when nobody has
// renewed it for as long as it promised.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Lease } from '#src/model/kube.ts'
import type { Clock } from '#src/model/runtime.ts'
import { createOwn, existsAlready, isConflict, isGone, milestones, ownNamespace } from './names.ts'

/**
 * How long others wait for a sign of life before they take over, s. @source Kubernetes default,
 * leader election: leaseDuration 15 s
 */
export const leaseSeconds = 15
/**
 * Between renewals, ms: a request to stop is seen at the next one. @source Kubernetes default,
 * leader election: retryPeriod 2 s
 */
export const renewEvery = 2_000
/** Between looks at a lease of somebody else, ms. @source half of the period of its renewals */
const lookEvery = 1_000
/**
 * No lease of others is waited for longer, s: a holder that promises hours is asked for by hand.
 * @source medik8s, node maintenance: leases of 3600 s are renewed only at their end
 */
const longestWait = 60
/**
 * Times that others may come first before it is given up. @source Kubernetes, client-go retry: 5
 * steps
 */
const attempts = 5

export interface LeaseName {
  namespace: string
  name: string
}

/** The lease of a cluster: whoever holds it drills or heals. */
export const clusterLease: LeaseName = { namespace: ownNamespace, name: 'holdfast' }

export interface Holder {
  /** Unique for each process and run, and readable: `joel@panda (pid 4711) 1f6e09ab`. */
  identity: string
  /** What it does, in words. */
  doing: string
}

/** Who has a lease. Times are the holder's own words: nobody compares them with another clock. */
export interface Taken {
  holder: string
  doing: string | undefined
  since: string | undefined
}

/** A lease that is held. */
export interface HeldLease {
  /**
   * Aborts when somebody else has it, it is gone, or its holder was asked to stop; the reason says
   * which.
   */
  readonly lost: AbortSignal
  /** Who held it before and had not given it back. */
  readonly tookOver: Taken | undefined
  /** Gives it back. Never rejects: who cannot be told will see that it is no longer renewed. */
  release(): Promise<void>
}

export interface LeaseContext {
  kube(): Promise<Kube>
  clock: Clock
  /** Whether a holder is known to live no more, so that it need not be waited for. */
  isDead?(identity: string): boolean
  signal?: AbortSignal
}

/** @source Kubernetes API, MicroTime: RFC 3339 with six digits */
const microTime = (now: number): string => new Date(now).toISOString().replace('Z', '000Z')

const takenBy = ({ spec, metadata }: Lease): Taken => ({
  holder: spec?.holderIdentity ?? '',
  doing: metadata.annotations?.[milestones.doing],
  since: spec?.acquireTime,
})

/** Reads who has a lease; undefined: nobody. */
export async function whoHas(
  kube: Kube,
  { namespace, name }: LeaseName = clusterLease,
): Promise<Taken | undefined> {
  return holderOf(await kube.get<Lease>(resources.leases, name, namespace))
}

/** Who has a lease that was read; undefined: nobody. */
export const holderOf = (lease: Lease | undefined): Taken | undefined =>
  lease === undefined || (lease.spec?.holderIdentity ?? '') === '' ? undefined : takenBy(lease)

/** What a lease says while somebody holds it. */
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

/** Makes a lease that is not there, as its first holder. */
function makeLease(kube: Kube, at: LeaseName, holder: Holder, now: number): Promise<Lease> {
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

/** Takes a lease that is there, unless it has changed since. */
function takeLease(
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

/** Whether a request failed because somebody else was quicker. */
const wasOvertaken = (error: unknown, found: Lease | undefined): boolean =>
  isConflict(error) || existsAlready(error) || (found !== undefined && isGone(error))

/** Whoever wins each time, and has it no more when asked. */
const somebody: Taken = {
  holder: 'somebody who keeps taking and leaving it',
  doing: undefined,
  since: undefined,
}

/**
 * Takes a lease, or says who has it. One that is not renewed is waited for as long as it promised,
 * by the own clock: times
 * that another clock has written are not compared. Rejects as the API does.
 */
export async function acquireLease(
  at: LeaseName,
  holder: Holder,
  context: LeaseContext,
): Promise<HeldLease | Taken> {
  const { clock, signal } = context
  const kube = await context.kube()
  /** The lease as it was first seen, and when: what has changed since is a sign of life. */
  let seen: { version: string | undefined; holder: string; at: number } | undefined
  for (let lost = 0; lost < attempts;) {
    const found = await kube.get<Lease>(resources.leases, at.name, at.namespace)
    const now = clock.now()
    try {
      if (found === undefined) {
        const made = await makeLease(kube, at, holder, now)
        return held(at, holder, made, undefined, context)
      }
      const taken = takenBy(found)
      const version = found.metadata.resourceVersion
      const mine = taken.holder === holder.identity
      if (taken.holder !== '' && !mine && context.isDead?.(taken.holder) !== true) {
        if (seen !== undefined && (seen.version !== version || seen.holder !== taken.holder))
          return taken
        seen ??= { version, holder: taken.holder, at: now }
        const wait = Math.min(found.spec?.leaseDurationSeconds ?? leaseSeconds, longestWait) * 1000
        if (now - seen.at < wait) {
          await clock.sleep(lookEvery, signal)
          continue
        }
      }
      const changed = await takeLease(kube, at, holder, found, clock.now())
      return held(at, holder, changed, taken.holder === '' || mine ? undefined : taken, context)
    } catch (error) {
      if (!wasOvertaken(error, found)) throw error
      // Somebody else was quicker: look who it is.
      lost += 1
    }
  }
  return (await whoHas(kube, at)) ?? somebody
}

/** Why a lease is no longer its holder's; undefined: it still is. */
function lossOf(at: LeaseName, holder: Holder, found: Lease | undefined): string | undefined {
  const description = `the lease ${at.namespace}/${at.name}`
  if (found === undefined) return `${description} was deleted: another holdfast may begin`
  const by = takenBy(found).holder
  return by === holder.identity
    ? undefined
    : `${description} was taken by ${by || 'nobody: somebody gave it back'}`
}

/** Gives back a lease as it was seen last: what is somebody else's by now stays theirs. */
const giveBack = (kube: Kube, at: LeaseName, found: Lease, now: number): Promise<Lease> =>
  kube.patch<Lease>(resources.leases, at.name, at.namespace, 'merge', {
    metadata: {
      resourceVersion: found.metadata.resourceVersion,
      annotations: { [milestones.stop]: null, [milestones.doing]: null },
    },
    spec: { holderIdentity: null, renewTime: microTime(now) },
  })

/** The way to tell a lease that is held from the word of who holds it. */
export const isHeld = (result: HeldLease | Taken): result is HeldLease => 'release' in result

/** A lease as its holder sees it: what is known of it, and whether it still is the holder's. */
function ownLease(at: LeaseName, holder: Holder, first: Lease, { kube, clock }: LeaseContext) {
  const lost = new AbortController()
  const asked = new AbortController()
  let version = first.metadata.resourceVersion

  /** The lease as it is now; undefined and `lost` when it is no longer this holder's. */
  async function evaluate(): Promise<Lease | undefined> {
    const found = await (await kube()).get<Lease>(resources.leases, at.name, at.namespace)
    const loss = lossOf(at, holder, found)
    if (loss === undefined) return found
    lost.abort(new Error(loss))
    return undefined
  }

  /** What a renewal that met somebody else's change means. */
  async function follow(): Promise<void> {
    const found = await evaluate()
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
      if (isConflict(error) || isGone(error)) await follow()
      else throw error
    }
  }

  return { lost: lost.signal, asked: asked.signal, evaluate, renew }
}

function held(
  at: LeaseName,
  holder: Holder,
  first: Lease,
  tookOver: Taken | undefined,
  context: LeaseContext,
): HeldLease {
  const { kube, clock } = context
  const over = new AbortController()
  const { lost, asked, evaluate, renew } = ownLease(at, holder, first, context)

  const renewing = (async () => {
    while (!over.signal.aborted && !lost.aborted) {
      await clock.sleep(renewEvery, over.signal).catch(() => {})
      if (over.signal.aborted) return
      // An API that is away is no loss: drills take it away themselves, and nobody else can take
      // the lease meanwhile.
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
        const found = await evaluate()
        if (found !== undefined) await giveBack(await kube(), at, found, clock.now())
      } catch {
        // It cannot be told; the next one waits until it is stale.
      }
    },
  }
}

/**
 * Asks the holder of a lease to undo and leave. Resolves with who that is; undefined: nobody holds
 * it.
 */
export async function askToStop(
  kube: Kube,
  by: string,
  at: LeaseName = clusterLease,
): Promise<Taken | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await kube.get<Lease>(resources.leases, at.name, at.namespace)
    if (found === undefined || (found.spec?.holderIdentity ?? '') === '') return undefined
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
