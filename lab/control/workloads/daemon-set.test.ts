// The lab's DaemonSet controller: a pod for each node that may have one.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/control/fixture.ts'
import { template } from '#lab/control/fixture-objects.ts'
import type { ControlFixture } from '#lab/control/fixture.ts'
import type { DaemonSet, FullNode, FullPod } from '#lab/control/objects.ts'

const flannel = (change: (made: DaemonSet) => void = () => {}): DaemonSet => {
  const made: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'flannel', namespace: 'demo' },
    spec: {
      selector: { matchLabels: { app: 'flannel' } },
      template: template('flannel', one => Object.assign(one.spec, { hostNetwork: true })),
    },
  }
  change(made)
  return made
}
const started = (
  nodes = ['node-1', 'node-2'],
  prepare: (world: ControlFixture) => void = () => {},
) => {
  const world = createFixture(1, nodes)
  prepare(world)
  world.context.store.create(flannel())
  world.pass(5000)
  return world
}
const status = ({ context }: ControlFixture) =>
  context.store.get<DaemonSet>('DaemonSet', 'demo', 'flannel')?.status
const places = (world: ControlFixture) =>
  world
    .pods()
    .map(pod => pod.spec.nodeName ?? '')
    .toSorted((a, b) => a.localeCompare(b))

describe('a DaemonSet', () => {
  test('has one pod on each node, bound by the scheduler', () => {
    const world = started()
    expect(places(world)).toEqual(['node-1', 'node-2'])
    expect(status(world)).toEqual({
      currentNumberScheduled: 2,
      desiredNumberScheduled: 2,
      numberAvailable: 2,
      numberMisscheduled: 0,
      numberReady: 2,
      observedGeneration: 1,
      updatedNumberScheduled: 2,
    })
    expect(world.recorded('Scheduled')).toHaveLength(2)
  })

  test('gives its pods the tolerations of upstream', () => {
    const world = started(['node-1'])
    expect(
      world
        .pods()[0]
        ?.spec.tolerations?.map(one => `${one.key}:${one.effect}${one.tolerationSeconds ?? ''}`),
    ).toEqual([
      'node.kubernetes.io/not-ready:NoExecute',
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/disk-pressure:NoSchedule',
      'node.kubernetes.io/memory-pressure:NoSchedule',
      'node.kubernetes.io/pid-pressure:NoSchedule',
      'node.kubernetes.io/unschedulable:NoSchedule',
      'node.kubernetes.io/network-unavailable:NoSchedule',
    ])
  })

  test('starts its pod on a cordoned node, but not on one with another taint', () => {
    const world = started(['node-1', 'node-2'], ({ context }) => {
      context.store.update<FullNode>('Node', undefined, 'node-1', draft =>
        Object.assign(draft.spec, { unschedulable: true }),
      )
      context.store.update<FullNode>('Node', undefined, 'node-2', draft =>
        Object.assign(draft.spec, { taints: [{ key: 'mine', effect: 'NoSchedule' }] }),
      )
    })
    expect([places(world), status(world)?.desiredNumberScheduled]).toEqual([['node-1'], 1])
  })

  test('counts a pod on a node that no longer fits as misscheduled, and lets it run', () => {
    const world = started()
    world.context.store.update<FullNode>('Node', undefined, 'node-2', draft =>
      Object.assign(draft.spec, { taints: [{ key: 'mine', effect: 'NoSchedule' }] }),
    )
    world.pass(1000)
    expect([
      places(world),
      status(world)?.desiredNumberScheduled,
      status(world)?.numberMisscheduled,
    ]).toEqual([['node-1', 'node-2'], 1, 1])
  })

  test('adds a pod on a new node, and restarts all pods one at a time', () => {
    const world = started()
    world.addNode('node-3')
    world.pass(5000)
    const three = places(world)
    let fewest = 3
    world.context.store.subscribe(() => {
      fewest = Math.min(fewest, status(world)?.numberAvailable ?? 0)
    })
    world.context.store.update<DaemonSet>('DaemonSet', 'demo', 'flannel', draft => {
      draft.spec.template.metadata = {
        ...draft.spec.template.metadata,
        annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' },
      }
    })
    world.pass(30_000)
    expect([
      three,
      fewest,
      status(world)?.updatedNumberScheduled,
      status(world)?.numberAvailable,
    ]).toEqual([['node-1', 'node-2', 'node-3'], 2, 3, 3])
  })

  test('replaces a pod only once the old object is gone', () => {
    const world = started(['node-1'])
    const from = world.events.length
    world.deletePod(world.pods()[0]!.metadata.name)
    world.pass(5000)
    expect(
      world.events
        .slice(from)
        .flatMap(({ type, object }) =>
          object.kind === 'Pod' && type !== 'MODIFIED' ? [type] : [],
        ),
    ).toEqual(['DELETED', 'ADDED'])
  })

  test('kills a failed pod and starts another, more slowly each time', () => {
    const world = createFixture()
    world.fate = () => 'failed'
    world.context.store.create(flannel())
    world.pass(60_000)
    const kills = world.events
      .filter(({ type, object }) => object.kind === 'Pod' && type === 'DELETED')
      .map(({ object }) => Date.parse(object.metadata.creationTimestamp ?? ''))
    const pauses = kills.slice(1).map((at, index) => at - kills[index]!)
    expect([
      world.messages('flannel').filter(text => text.startsWith('FailedDaemonPod')).length > 3,
      pauses.toSorted((a, b) => a - b),
    ]).toEqual([true, pauses])
  })

  test('leaves outdated pods alone with OnDelete', () => {
    const world = createFixture()
    world.context.store.create(
      flannel(made => Object.assign(made.spec, { updateStrategy: { type: 'OnDelete' } })),
    )
    world.pass(5000)
    const uid = world.pods()[0]?.metadata.uid
    world.context.store.update<DaemonSet>('DaemonSet', 'demo', 'flannel', draft =>
      Object.assign(draft.spec.template.spec.containers[0]!, { image: 'serve:2' }),
    )
    world.pass(5000)
    expect([
      world.pods().map(pod => pod.metadata.uid),
      status(world)?.updatedNumberScheduled,
    ]).toEqual([[uid], undefined])
    const [pod] = world.pods() as [FullPod]
    world.deletePod(pod.metadata.name)
    world.pass(5000)
    expect(world.pods().map(one => one.spec.containers[0]?.image)).toEqual(['serve:2'])
  })
})
