// The lease in the lab's API: one holder at a time, even if their clocks differ, and a dead holder
// blocks no other.
import { afterEach, describe, expect, test } from 'vitest'
import { manifestsOf } from '#src/runs/manifests.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { createLab, findWorld, type Lab } from '#lab/lab.ts'
import { openKube, resources, type Kube } from '#src/kubernetes/client.ts'
import type { Clock } from '#src/model/runtime.ts'
import { askToStop, isHeld, acquireLease } from './lease.ts'
import { clusterLease, whoHas, type Holder, type Taken } from './lease-object.ts'
import { type HeldLease } from './held-lease.ts'
import { nodeLeases, takeNodes } from './node-leases.ts'

const policy = await loadPolicy('joelclaw')
const world = await findWorld('joelclaw')
if (world === undefined) throw new Error('the lab has no world for joelclaw')
const manifests = manifestsOf('joelclaw')

const labs: Lab[] = []
// A lease that nobody gives back is renewed for ever: its world would turn beside the tests that
// follow.
afterEach(() => {
  for (const { context } of labs.splice(0)) context.clock.end()
})

/** A lab, and the ways into it of several holders, each with a clock that is wrong by so much. */
function stage(): { lab: Lab; kube(): Promise<Kube>; clock(skew?: number): Clock } {
  const lab = createLab(world!, { seed: 1, manifests })
  labs.push(lab)
  const { clock } = lab.context
  return {
    lab,
    kube: () =>
      openKube(
        { runtime: lab.runtime, deadline: 3_000, signal: new AbortController().signal },
        policy.identity,
      ),
    clock: (skew = 0) => ({
      now: () => clock.now() + skew,
      closest: clock.closest,
      sleep: (ms, signal) => clock.sleep(ms, signal),
    }),
  }
}

const holder = (name: string): Holder => ({ identity: name, doing: `drill of ${name}` })
const sure = (result: HeldLease | Taken): HeldLease => {
  if (!isHeld(result)) throw new Error(`taken by ${result.holder}`)
  return result
}
const hours = 3_600_000

describe('the lease of a cluster', () => {
  test('is created on first use, in its own namespace, with its holder and task', async () => {
    const { lab, kube, clock } = stage()
    const lease = sure(await acquireLease(clusterLease, holder('a'), { kube, clock: clock() }))
    expect(lease.tookOver).toBeUndefined()
    const object = lab.context.store.get('Lease', 'holdfast', 'holdfast')
    expect(object).toMatchObject({
      metadata: { annotations: { 'holdfast/doing': 'drill of a' } },
      spec: { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 },
    })
    await lease.release()
    expect(await whoHas(await kube())).toBeUndefined()
    expect(lab.context.store.get('Lease', 'holdfast', 'holdfast')).toMatchObject({
      spec: { leaseTransitions: 0 },
    })
  })

  test.for([
    ['right', 0],
    ['an hour ahead', hours],
    ['a day behind', -24 * hours],
  ] as const)(
    'is refused to a second holder while the first renews it, the clock of the second being %s',
    async ([, skew]) => {
      const { kube, clock } = stage()
      const lease = sure(await acquireLease(clusterLease, holder('a'), { kube, clock: clock() }))
      const second = await acquireLease(clusterLease, holder('b'), { kube, clock: clock(skew) })
      expect(second).toEqual({
        holder: 'a',
        doing: 'drill of a',
        since: expect.any(String) as string,
      })
      expect(lease.lost.aborted).toBe(false)
      await lease.release()
      const third = sure(
        await acquireLease(clusterLease, holder('b'), { kube, clock: clock(skew) }),
      )
      await third.release()
    },
  )

  test.for([
    ['right', 0],
    ['an hour ahead', hours],
    ['a day behind', -24 * hours],
  ] as const)(
    'whose holder no longer renews it is taken over after the promised time, by a clock that is %s',
    async ([, skew]) => {
      const { lab, kube, clock } = stage()
      // The first one is there and says nothing: it was killed.
      sure(
        await acquireLease(clusterLease, holder('a'), {
          kube,
          clock: { ...clock(), sleep: () => new Promise(() => {}) },
        }),
      )
      const began = lab.context.clock.now()
      const second = sure(
        await acquireLease(clusterLease, holder('b'), { kube, clock: clock(skew) }),
      )
      const waited = lab.context.clock.now() - began
      expect([waited >= 15_000, waited < 17_000]).toEqual([true, true])
      expect(second.tookOver?.holder).toBe('a')
      expect(lab.context.store.get('Lease', 'holdfast', 'holdfast')).toMatchObject({
        spec: { holderIdentity: 'b', leaseTransitions: 1 },
      })
      await second.release()
    },
  )

  test('of a holder that is known to be dead is taken over at once', async () => {
    const { lab, kube, clock } = stage()
    await acquireLease(clusterLease, holder('a'), {
      kube,
      clock: { ...clock(), sleep: () => new Promise(() => {}) },
    })
    const began = lab.context.clock.now()
    const second = sure(
      await acquireLease(clusterLease, holder('b'), {
        kube,
        clock: clock(),
        isDead: identity => identity === 'a',
      }),
    )
    expect([second.tookOver?.holder, lab.context.clock.now() - began < 200]).toEqual(['a', true])
    await second.release()
  })

  test('is lost when another takes or deletes it, by the next renewal', async () => {
    const { lab, kube, clock } = stage()
    const lease = sure(await acquireLease(clusterLease, holder('a'), { kube, clock: clock() }))
    const api = await kube()
    await api.patch(resources.leases, 'holdfast', 'holdfast', 'merge', {
      spec: { holderIdentity: 'b' },
    })
    await lab.context.clock.sleep(2_500)
    expect(String(lease.lost.reason)).toBe('Error: the lease holdfast/holdfast was taken by b')
    await lease.release()
    expect(await whoHas(api)).toMatchObject({ holder: 'b' })
    const next = sure(
      await acquireLease(clusterLease, holder('c'), { kube, clock: clock(), isDead: () => true }),
    )
    await api.remove(resources.leases, 'holdfast', 'holdfast')
    await lab.context.clock.sleep(2_500)
    expect(String(next.lost.reason)).toBe(
      'Error: the lease holdfast/holdfast was deleted: another holdfast may begin',
    )
  })

  test('is not lost while the API is away', async () => {
    const { lab, kube, clock } = stage()
    const lease = sure(await acquireLease(clusterLease, holder('a'), { kube, clock: clock() }))
    const restore = lab.api.disturb(() => 'hang')
    await lab.context.clock.sleep(120_000)
    restore()
    await lab.context.clock.sleep(10_000)
    expect(lease.lost.aborted).toBe(false)
    expect(await acquireLease(clusterLease, holder('b'), { kube, clock: clock() })).toMatchObject({
      holder: 'a',
    })
    await lease.release()
  })

  test('carries a request to stop: its holder sees it within 5 s and gives it back', async () => {
    const { lab, kube, clock } = stage()
    const lease = sure(await acquireLease(clusterLease, holder('a'), { kube, clock: clock() }))
    expect(await askToStop(await kube(), 'joel@panda')).toMatchObject({ holder: 'a' })
    const began = lab.context.clock.now()
    await new Promise(resolve => {
      lease.lost.addEventListener('abort', resolve)
      void lab.context.clock.sleep(20_000)
    })
    expect([String(lease.lost.reason), lab.context.clock.now() - began <= 5_000]).toEqual([
      'Error: stopped by joel@panda',
      true,
    ])
    await lease.release()
    expect(await whoHas(await kube())).toBeUndefined()
    const next = sure(await acquireLease(clusterLease, holder('b'), { kube, clock: clock() }))
    await lab.context.clock.sleep(5_000)
    expect(next.lost.aborted).toBe(false)
    await next.release()
    expect(await askToStop(await kube(), 'joel@panda')).toBeUndefined()
  })

  test('goes to exactly one of several who want it at the same moment, 30 times', async () => {
    const { kube, clock } = stage()
    const winners: number[] = []
    for (let round = 0; round < 30; round += 1) {
      const results = await Promise.all(
        ['a', 'b', 'c'].map(name =>
          acquireLease(clusterLease, holder(`${name}${round}`), { kube, clock: clock() }),
        ),
      )
      const won = results.filter(isHeld)
      winners.push(won.length)
      await Promise.all(won.map(lease => lease.release()))
    }
    expect(winners).toEqual(Array.from({ length: 30 }, () => 1))
  })
})

describe('leases of nodes', () => {
  const [node] = policy.nodes.map(({ name }) => name)

  test('are not taken where the cluster has none', async () => {
    const { lab, kube, clock } = stage()
    expect(await takeNodes([node!], holder('a'), { kube, clock: clock() })).toEqual([])
    expect(
      lab.context.store.list('Lease').filter(({ metadata }) => metadata.namespace === nodeLeases),
    ).toEqual([])
  })

  test('are taken and given back; one that another holder has is respected', async () => {
    const { lab, kube, clock } = stage()
    const api = await kube()
    await api.create(resources.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: nodeLeases },
    })
    const mine = await takeNodes([node!], holder('a'), { kube, clock: clock() })
    expect(lab.context.store.get('Lease', nodeLeases, `node-${node}`)).toMatchObject({
      spec: { holderIdentity: 'a' },
    })
    expect(await takeNodes([node!], holder('b'), { kube, clock: clock() })).toMatchObject({
      node,
      holder: 'a',
    })
    if ('node' in mine) throw new Error('taken')
    await Promise.all(mine.map(lease => lease.release()))
    const theirs = await takeNodes([node!], holder('b'), { kube, clock: clock() })
    expect('node' in theirs).toBe(false)
  })
})
