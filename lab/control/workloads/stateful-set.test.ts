// The lab's StatefulSet controller: ordered pods, their claims and their roll-outs.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/control/fixture.ts'
import { localPathClass, template } from '#lab/control/fixture-objects.ts'
import type { ControlFixture } from '#lab/control/fixture.ts'
import type { Claim, FullPod, FullVolume, StatefulSet } from '#lab/control/objects.ts'

const redis = (replicas: number, change: (made: StatefulSet) => void = () => {}): StatefulSet => {
  const made: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'redis', namespace: 'demo' },
    spec: {
      replicas,
      serviceName: 'redis',
      selector: { matchLabels: { app: 'redis' } },
      template: template('redis'),
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  }
  change(made)
  return made
}

const started = (
  replicas: number,
  nodes = ['node-1'],
  change: (made: StatefulSet) => void = () => {},
) => {
  const world = createFixture(1, nodes)
  world.context.store.create(localPathClass())
  world.context.store.create(redis(replicas, change))
  world.pass(replicas * 6000)
  return world
}
const read = ({ context }: ControlFixture) =>
  context.store.get<StatefulSet>('StatefulSet', 'demo', 'redis')!
const steps = (world: ControlFixture, from: number) =>
  world.events.slice(from).flatMap(({ type, object, before }) => {
    if (object.kind !== 'Pod') return []
    const ready = (one: object | undefined) =>
      (one as FullPod | undefined)?.status?.conditions?.some(
        condition => condition.type === 'Ready' && condition.status === 'True',
      ) === true
    if (type !== 'MODIFIED') return [`${type} ${object.metadata.name}`]
    return ready(object) && !ready(before) ? [`READY ${object.metadata.name}`] : []
  })

describe('a StatefulSet', () => {
  test('creates each pod with its own claim, once the previous pod is ready', () => {
    const world = started(3)
    expect(steps(world, 0)).toEqual([
      'ADDED redis-0',
      'READY redis-0',
      'ADDED redis-1',
      'READY redis-1',
      'ADDED redis-2',
      'READY redis-2',
    ])
    expect(world.messages('redis').slice(0, 2)).toEqual([
      'SuccessfulCreate: Create Claim data-redis-0 Pod redis-0 in StatefulSet redis success',
      'SuccessfulCreate: Create Pod redis-0 in StatefulSet redis successful',
    ])
    expect(
      world.context.store
        .list<Claim>('PersistentVolumeClaim')
        .map(claim => [
          claim.metadata.name,
          claim.status?.phase,
          claim.metadata.labels,
          claim.metadata.ownerReferences,
        ]),
    ).toEqual(
      [0, 1, 2].map(ordinal => [`data-redis-${ordinal}`, 'Bound', { app: 'redis' }, undefined]),
    )
    const revision = expect.stringMatching(/^redis-[a-z0-9]+$/)
    expect(read(world).status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      collisionCount: 0,
      currentRevision: revision,
      updateRevision: revision,
    })
  })

  test('gives its pods stable names, claims and names in the headless Service', () => {
    const world = started(1)
    const { metadata, spec } = world.pod('redis-0')
    expect({
      labels: metadata.labels,
      hostname: spec.hostname,
      subdomain: spec.subdomain,
      volumes: spec.volumes,
    }).toEqual({
      labels: {
        app: 'redis',
        'apps.kubernetes.io/pod-index': '0',
        'controller-revision-hash': expect.stringMatching(/^redis-/),
        'statefulset.kubernetes.io/pod-name': 'redis-0',
      },
      hostname: 'redis-0',
      subdomain: 'redis',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-redis-0' } }],
    })
  })

  test('rolls from the highest ordinal down, one at a time', () => {
    const world = started(2)
    const from = world.events.length
    world.context.store.update<StatefulSet>('StatefulSet', 'demo', 'redis', draft => {
      draft.spec.template.metadata = {
        ...draft.spec.template.metadata,
        annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' },
      }
    })
    world.pass(15_000)
    expect(steps(world, from)).toEqual([
      'DELETED redis-1',
      'ADDED redis-1',
      'READY redis-1',
      'DELETED redis-0',
      'ADDED redis-0',
      'READY redis-0',
    ])
    expect(read(world).status?.currentRevision).toBe(read(world).status?.updateRevision)
  })

  test('updates only the pods from its partition on', () => {
    const world = started(2, ['node-1'], made =>
      Object.assign(made.spec, {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
      }),
    )
    const from = world.events.length
    world.context.store.update<StatefulSet>('StatefulSet', 'demo', 'redis', draft =>
      Object.assign(draft.spec.template.spec.containers[0]!, { image: 'serve:2' }),
    )
    world.pass(15_000)
    expect([
      steps(world, from),
      world.pods().map(pod => [pod.metadata.name, pod.spec.containers[0]?.image]),
    ]).toEqual([
      ['DELETED redis-1', 'ADDED redis-1', 'READY redis-1'],
      [
        ['redis-0', 'serve:1'],
        ['redis-1', 'serve:2'],
      ],
    ])
  })

  test('recreates a deleted pod with the same name, claim and volume', () => {
    const world = started(1)
    const volume = () =>
      world.context.store.get<Claim>('PersistentVolumeClaim', 'demo', 'data-redis-0')?.spec
        .volumeName
    const [before, uid] = [volume(), world.pod('redis-0').metadata.uid]
    world.deletePod('redis-0')
    world.pass(6000)
    expect([
      volume() === before,
      world.pod('redis-0').metadata.uid === uid,
      read(world).status?.readyReplicas,
    ]).toEqual([true, false, 1])
  })

  test('recreates a failed pod and reports it', () => {
    const world = started(1)
    world.context.store.update<FullPod>('Pod', 'demo', 'redis-0', draft =>
      Object.assign(draft.status!, { phase: 'Failed', reason: 'Evicted' }),
    )
    world.pass(6000)
    expect([
      world.pod('redis-0').status?.phase,
      world.recorded('RecreatingFailedPod').map(event => event.message),
    ]).toEqual(['Running', ['StatefulSet demo/redis is recreating failed Pod redis-0']])
  })

  test('keeps the claims when it is scaled down, and reuses them', () => {
    const world = started(2)
    const scale = (replicas: number) =>
      world.context.store.update<StatefulSet>('StatefulSet', 'demo', 'redis', draft =>
        Object.assign(draft.spec, { replicas }),
      )
    scale(0)
    world.pass(8000)
    const zero = [
      world.pods().length,
      world.context.store.list('PersistentVolumeClaim').length,
      world.context.store.list<FullVolume>('PersistentVolume').map(volume => volume.status?.phase),
    ]
    scale(2)
    world.pass(12_000)
    expect([
      zero,
      world.pods().length,
      world.context.store.list('PersistentVolumeClaim').length,
    ]).toEqual([[0, 2, ['Bound', 'Bound']], 2, 2])
  })

  test('does not replace a pod on a lost node until its object is force-deleted', () => {
    const world = started(1, ['node-1', 'node-2'], made =>
      Object.assign(made.spec, { volumeClaimTemplates: [] }),
    )
    const node = world.pod('redis-0').spec.nodeName!
    world.kubelets.delete(node)
    world.pass(400_000)
    const stuck = world
      .pods()
      .map(pod => [
        pod.metadata.name,
        pod.spec.nodeName,
        pod.metadata.deletionTimestamp !== undefined,
      ])
    world.context.store.remove('Pod', 'demo', 'redis-0')
    world.pass(6000)
    expect([
      stuck,
      world.pods().map(pod => [pod.metadata.name, pod.spec.nodeName === node]),
    ]).toEqual([[['redis-0', node, true]], [['redis-0', false]]])
  })
})
