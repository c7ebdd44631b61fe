// The node lifecycle: what happens to a node and its pods when its kubelet is silent.
import { describe, expect, test } from 'vitest'
import { createFixture } from './fixture.ts'
import { deployment } from './fixture-objects.ts'
import type { ControlFixture } from './fixture.ts'
import type { FullNode, Node } from './objects.ts'
import { zoneState } from './nodes/zones.ts'

const read = ({ context }: ControlFixture, name: string) =>
  context.store.get<FullNode>('Node', undefined, name)!
const taints = (world: ControlFixture, name: string) =>
  (read(world, name).spec.taints ?? []).map(taint => `${taint.key}:${taint.effect}`)
const ready = (world: ControlFixture, name: string) =>
  read(world, name).status?.conditions?.find(condition => condition.type === 'Ready')?.status
const setCondition = (world: ControlFixture, name: string, type: string, status: string) =>
  world.context.store.update<Node>('Node', undefined, name, draft => {
    const condition = draft.status?.conditions?.find(one => one.type === type)
    if (condition !== undefined)
      Object.assign(condition, { status, lastHeartbeatTime: world.context.store.timestamp() })
  })

/** Two nodes, one pod on each; then the second node's kubelet stops. */
const lost = () => {
  const world = createFixture(1, ['node-1', 'node-2'])
  world.context.store.create(deployment('worker', 2))
  world.pass(10_000)
  world.kubelets.delete('node-2')
  return world
}

describe('a node whose kubelet has gone silent', () => {
  test("is Unknown after the grace period, with upstream's messages", () => {
    const world = lost()
    world.pass(49_000)
    const early = ready(world, 'node-2')
    world.pass(7000)
    expect([
      early,
      read(world, 'node-2').status?.conditions?.map(({ type, status, reason, message }) => [
        type,
        status,
        reason,
        message,
      ]),
    ]).toEqual([
      'True',
      ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map(type => [
        type,
        'Unknown',
        'NodeStatusUnknown',
        'Kubelet stopped posting node status.',
      ]),
    ])
    expect(
      world
        .recorded('NodeNotReady')
        .map(event => [event.type, event.involvedObject.kind, event.message]),
    ).toEqual([
      ['Normal', 'Node', 'Node node-2 status is now: NodeNotReady'],
      ['Warning', 'Pod', 'Node is not ready'],
    ])
  })

  test('is tainted, and its pods count as not ready', () => {
    const world = lost()
    world.pass(60_000)
    const pods = world
      .pods()
      .map(pod => [
        pod.spec.nodeName,
        pod.status?.conditions?.find(condition => condition.type === 'Ready')?.status,
      ])
    expect([taints(world, 'node-2'), pods]).toEqual([
      ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
      expect.arrayContaining([
        ['node-1', 'True'],
        ['node-2', 'False'],
      ]),
    ])
  })

  test('loses its pods 300 s after the taint, and they are replaced', () => {
    const world = lost()
    const victim = world.pods().find(pod => pod.spec.nodeName === 'node-2')!
    world.pass(350_000)
    const early = world.pod(victim.metadata.name).metadata.deletionTimestamp
    world.pass(10_000)
    const { metadata, status } = world.pod(victim.metadata.name)
    expect([
      early,
      metadata.deletionGracePeriodSeconds,
      status?.conditions?.find(condition => condition.type === 'DisruptionTarget')?.reason,
    ]).toEqual([undefined, 30, 'DeletionByTaintManager'])
    expect(world.recorded('TaintManagerEviction').map(event => event.message)).toEqual([
      `Marking for deletion Pod demo/${victim.metadata.name}`,
    ])
    expect(
      world
        .pods()
        .filter(pod => pod.metadata.deletionTimestamp === undefined)
        .map(pod => pod.spec.nodeName),
    ).toEqual(['node-1', 'node-1'])
  })

  test('that comes back in time keeps its pods and loses its taints', () => {
    const world = lost()
    world.pass(100_000)
    world.kubelets.add('node-2')
    world.pass(400_000)
    expect([
      taints(world, 'node-2'),
      ready(world, 'node-2'),
      world.pods().map(pod => pod.metadata.deletionTimestamp),
    ]).toEqual([[], 'True', [undefined, undefined]])
    expect(world.recorded('TaintManagerEviction').map(event => event.message)).toEqual([
      expect.stringMatching(/^Cancelling deletion of Pod demo\/worker-/),
    ])
  })

  test('is not emptied if no node is ready: the control plane is cut off', () => {
    const world = createFixture()
    world.context.store.create(deployment('worker', 1))
    world.pass(10_000)
    world.kubelets.delete('node-1')
    world.pass(600_000)
    expect([
      taints(world, 'node-1'),
      ready(world, 'node-1'),
      world.pods().map(pod => pod.metadata.deletionTimestamp),
    ]).toEqual([['node.kubernetes.io/unreachable:NoSchedule'], 'Unknown', [undefined]])
  })
})

describe('a node', () => {
  test.each([
    [
      'Ready',
      'False',
      ['node.kubernetes.io/not-ready:NoSchedule', 'node.kubernetes.io/not-ready:NoExecute'],
    ],
    ['DiskPressure', 'True', ['node.kubernetes.io/disk-pressure:NoSchedule']],
    ['MemoryPressure', 'True', ['node.kubernetes.io/memory-pressure:NoSchedule']],
    ['PIDPressure', 'True', ['node.kubernetes.io/pid-pressure:NoSchedule']],
  ])('with %s=%s is tainted, and again not when that is over', (type, status, expected) => {
    const world = createFixture(1, ['node-1', 'node-2'])
    setCondition(world, 'node-2', type, status)
    world.pass(6000)
    const during = taints(world, 'node-2')
    setCondition(world, 'node-2', type, type === 'Ready' ? 'True' : 'False')
    world.pass(6000)
    expect([during, taints(world, 'node-2')]).toEqual([expected, []])
  })

  test('keeps the taints of other components through a cordon', () => {
    const world = createFixture()
    const edit = (change: (spec: FullNode['spec']) => void) =>
      world.context.store.update<FullNode>('Node', undefined, 'node-1', draft => change(draft.spec))
    edit(spec =>
      Object.assign(spec, { taints: [{ key: 'mine', effect: 'NoSchedule' }], unschedulable: true }),
    )
    world.pass(100)
    const during = taints(world, 'node-1')
    edit(spec => {
      delete spec.unschedulable
    })
    world.pass(100)
    expect([during, taints(world, 'node-1')]).toEqual([
      ['mine:NoSchedule', 'node.kubernetes.io/unschedulable:NoSchedule'],
      ['mine:NoSchedule'],
    ])
  })

  test.each([
    [1, 0, 'normal'],
    [0, 1, 'full'],
    [3, 2, 'normal'],
    [2, 3, 'partial'],
    [5, 3, 'normal'],
  ])('zone with %i ready and %i not: %s', (up, down, state) => {
    expect(zoneState(up, down)).toBe(state)
  })
})
