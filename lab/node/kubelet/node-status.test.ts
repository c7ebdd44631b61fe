// A node as its kubelet reports it: registration, heartbeats, delayed cordons, pressures.
import { describe, expect, test } from 'vitest'
import type { Lease, Node } from '#src/model/kube.ts'
import { createFixture } from '#lab/node/fixture.ts'

const nodeOf = (world: ReturnType<typeof createFixture>): Node =>
  world.context.store.get<Node>('Node', undefined, 'node-1')!

describe('a kubelet', () => {
  test('registers its node and keeps its conditions', () => {
    const world = createFixture()
    world.start()
    world.seconds(60)
    const { metadata, spec, status } = nodeOf(world)
    expect([metadata.labels, spec, status?.addresses]).toEqual([
      {
        'beta.kubernetes.io/arch': 'arm64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'arm64',
        'kubernetes.io/hostname': 'node-1',
        'kubernetes.io/os': 'linux',
        'node-role.kubernetes.io/control-plane': '',
      },
      { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
      [
        { type: 'InternalIP', address: '10.5.0.2' },
        { type: 'Hostname', address: 'node-1' },
      ],
    ])
    expect(status?.conditions?.map(each => `${each.type}=${each.status}:${each.reason}`)).toEqual([
      'NetworkUnavailable=False:FlannelIsUp',
      'MemoryPressure=False:KubeletHasSufficientMemory',
      'DiskPressure=False:KubeletHasNoDiskPressure',
      'PIDPressure=False:KubeletHasSufficientPID',
      'Ready=True:KubeletReady',
    ])
  })

  test('renews its Lease every 10 s while its machine runs', () => {
    const world = createFixture()
    world.start()
    world.seconds(60)
    const renewed = (): number =>
      Date.parse(
        world.context.store.get<Lease>('Lease', 'kube-node-lease', 'node-1')?.spec?.renewTime ?? '',
      )
    const first = renewed()
    world.seconds(30)
    expect([
      renewed() - first,
      world.context.store.get<Lease>('Lease', 'kube-node-lease', 'node-1')?.spec
        ?.leaseDurationSeconds,
    ]).toEqual([30_000, 40])
    world.stop()
    const last = renewed()
    world.seconds(60)
    expect(renewed()).toBe(last)
  })

  test('reports a cordon and its end within 10 s, by its status loop', () => {
    const world = createFixture()
    world.start()
    world.seconds(60)
    world.resetHistory()
    for (const unschedulable of [true, false]) {
      world.context.store.update<Node>('Node', undefined, 'node-1', node => {
        node.spec = { ...node.spec, unschedulable }
      })
      world.seconds(10)
    }
    const events = world.history.filter(line => line.includes('Event'))
    const added = (reason: string) =>
      `ADDED Event Normal ${reason} x1 [Node/node-1] Node node-1 status is now: ${reason}`
    expect(events.map(line => line.replace(/^\S+ /, ''))).toEqual([
      added('NodeNotSchedulable'),
      added('NodeSchedulable'),
    ])
  })

  test('reports a pressure, and its end, at once', () => {
    const world = createFixture()
    world.start()
    world.seconds(60)
    world.resetHistory()
    world.nodeApi.pressure('node-1', 'DiskPressure', true)
    expect(
      nodeOf(world).status?.conditions?.find(each => each.type === 'DiskPressure'),
    ).toMatchObject({
      status: 'True',
      reason: 'KubeletHasDiskPressure',
      message: 'kubelet has disk pressure',
    })
    world.nodeApi.pressure('node-1', 'DiskPressure', false)
    expect(
      world.history
        .filter(line => line.includes('Event'))
        .map(line => line.split(' status is now: ')[1]),
    ).toEqual(['NodeHasDiskPressure', 'NodeHasNoDiskPressure'])
  })
})
