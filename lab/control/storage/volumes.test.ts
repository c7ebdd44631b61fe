// Claims and volumes: bound, kept, released.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/control/fixture.ts'
import { deployment, localPathClass } from '#lab/control/fixture-objects.ts'
import type { ControlFixture } from '#lab/control/fixture.ts'
import type { Claim, FullVolume } from '#lab/control/objects.ts'
import { quantity } from '#lab/control/quantity.ts'

const claim = (change: (made: Claim) => void = () => {}): Claim => {
  const made: Claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'demo' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  change(made)
  return made
}
const nfs = (change: (made: FullVolume) => void = () => {}): FullVolume => {
  const made: FullVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'nas' },
    spec: {
      capacity: { storage: '1500Gi' },
      accessModes: ['ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
      nfs: { server: '192.168.1.163', path: '/volume2/data' },
    },
  }
  change(made)
  return made
}
const user = (name = 'worker') =>
  deployment(name, 1, made =>
    Object.assign(made.spec.template.spec, {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    }),
  )
const read = ({ context }: ControlFixture) =>
  context.store.get<Claim>('PersistentVolumeClaim', 'demo', 'data')
const volumes = ({ context }: ControlFixture) => context.store.list<FullVolume>('PersistentVolume')
const remove = ({ context }: ControlFixture) =>
  context.store.update<Claim>('PersistentVolumeClaim', 'demo', 'data', draft => {
    draft.metadata.deletionTimestamp = context.store.timestamp()
  })

describe('a claim of local-path', () => {
  const used = (reclaimPolicy = 'Delete') => {
    const world = createFixture(1, ['node-1', 'node-2'])
    world.context.store.create(localPathClass(made => Object.assign(made, { reclaimPolicy })))
    world.context.store.create(claim())
    world.pass(60_000)
    return world
  }

  test('waits for its first consumer', () => {
    const world = used()
    expect([
      read(world)?.status?.phase,
      read(world)?.spec.storageClassName,
      world.messages('data'),
    ]).toEqual([
      'Pending',
      'local-path',
      ['WaitForFirstConsumer: waiting for first consumer to be created before binding'],
    ])
  })

  test('gets a folder on the node of its pod, and the pod is bound once the claim is', () => {
    const world = used()
    const from = world.events.length
    world.context.store.create(user())
    world.pass(8000)
    const [volume] = volumes(world)
    const node = world.pods()[0]?.spec.nodeName
    expect([
      volume?.metadata.name,
      volume?.spec.hostPath?.path,
      volume?.spec.persistentVolumeReclaimPolicy,
      volume?.status?.phase,
      volume?.spec.nodeAffinity,
    ]).toEqual([
      `pvc-${read(world)?.metadata.uid}`,
      `/opt/local-path-provisioner/pvc-${read(world)?.metadata.uid}_demo_data`,
      'Delete',
      'Bound',
      {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }],
            },
          ],
        },
      },
    ])
    expect(
      world
        .messages('data')
        .slice(1)
        .map(text => text.slice(0, text.indexOf(':'))),
    ).toEqual(['ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded'])
    const order = world.events.slice(from).flatMap(({ object, before }) => {
      if (
        object.kind === 'PersistentVolumeClaim' &&
        (object as Claim).status?.phase === 'Bound' &&
        (before as Claim | undefined)?.status?.phase !== 'Bound'
      )
        return ['claim bound']
      return object.kind === 'Event' && Reflect.get(object, 'reason') === 'Scheduled'
        ? ['pod scheduled']
        : []
    })
    expect(order).toEqual(['claim bound', 'pod scheduled'])
  })

  test('keeps later pods on its node', () => {
    const world = used()
    world.context.store.create(user())
    world.pass(8000)
    const node = world.pods()[0]!.spec.nodeName!
    world.context.store.update('Node', undefined, node, draft =>
      Object.assign(Reflect.get(draft, 'spec'), { unschedulable: true }),
    )
    world.deletePod(world.pods()[0]!.metadata.name)
    world.pass(8000)
    expect(world.recorded('FailedScheduling').map(event => event.message)).toEqual([
      "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, " +
        '1 node(s) were unschedulable. no new claims to deallocate, preemption: ' +
        '0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ])
  })

  test.each([
    ['Delete', []],
    ['Retain', ['Released']],
  ])('stays while a pod has it; then its volume meets reclaim policy %s', (policy, left) => {
    const world = used(policy)
    world.context.store.create(user())
    world.pass(8000)
    remove(world)
    world.pass(60_000)
    const during = [
      read(world)?.status?.phase,
      read(world)?.metadata.deletionTimestamp !== undefined,
    ]
    world.context.store.update('Deployment', 'demo', 'worker', draft =>
      Object.assign(Reflect.get(draft, 'spec'), { replicas: 0 }),
    )
    world.pass(10_000)
    expect([during, read(world), volumes(world).map(volume => volume.status?.phase)]).toEqual([
      ['Bound', true],
      undefined,
      left,
    ])
  })

  test('waits while the provisioner does not run', () => {
    const world = createFixture()
    world.fate = pod => (pod.metadata.name.startsWith('local-path') ? 'running' : 'ready')
    world.context.store.create(deployment('local-path-provisioner', 1))
    world.context.store.create(localPathClass())
    world.context.store.create(claim())
    world.context.store.create(user())
    world.pass(60_000)
    const before = [
      read(world)?.status?.phase,
      world
        .pods()
        .filter(pod => pod.metadata.name.startsWith('worker'))
        .map(pod => pod.spec.nodeName),
    ]
    world.fate = () => 'ready'
    world.deletePod(
      world.pods().find(pod => pod.metadata.name.startsWith('local-path'))!.metadata.name,
    )
    world.pass(20_000)
    expect([before, read(world)?.status?.phase]).toEqual([['Pending', [undefined]], 'Bound'])
  })
})

describe('a manually created volume', () => {
  const share = (change: (made: Claim) => void = () => {}) =>
    claim(made => {
      Object.assign(made.spec, { accessModes: ['ReadWriteMany'], storageClassName: '' })
      change(made)
    })

  test('is bound by class, size and access mode', () => {
    const world = createFixture()
    world.context.store.create(nfs())
    world.context.store.create(share())
    world.pass(1000)
    expect([
      read(world)?.spec.volumeName,
      read(world)?.status,
      volumes(world)[0]?.status?.phase,
    ]).toEqual([
      'nas',
      { phase: 'Bound', accessModes: ['ReadWriteMany'], capacity: { storage: '1500Gi' } },
      'Bound',
    ])
  })

  test('waits for the claim that it names', () => {
    const world = createFixture()
    world.context.store.create(
      nfs(made => Object.assign(made.spec, { claimRef: { namespace: 'demo', name: 'data' } })),
    )
    world.context.store.create(share(made => Object.assign(made.metadata, { name: 'other' })))
    world.pass(1000)
    const before = volumes(world)[0]?.status?.phase
    world.context.store.create(share())
    world.pass(1000)
    expect([
      before,
      world.context.store
        .list<Claim>('PersistentVolumeClaim')
        .map(one => [one.metadata.name, one.status?.phase]),
    ]).toEqual([
      'Available',
      [
        ['other', 'Pending'],
        ['data', 'Bound'],
      ],
    ])
  })

  test('stays Released after its claim is gone, and is not bound to another', () => {
    const world = createFixture()
    world.context.store.create(nfs())
    world.context.store.create(share())
    world.pass(1000)
    remove(world)
    world.pass(5000)
    world.context.store.create(share())
    world.pass(5000)
    expect([
      volumes(world)[0]?.status?.phase,
      read(world)?.status?.phase,
      world.messages('data'),
    ]).toEqual([
      'Released',
      'Pending',
      ['FailedBinding: no persistent volumes available for this claim and no storage class is set'],
    ])
  })

  test('stays while its claim exists if deleted; without the volume the claim is Lost', () => {
    const world = createFixture()
    world.context.store.create(nfs())
    world.context.store.create(share())
    world.pass(1000)
    world.context.store.update('PersistentVolume', undefined, 'nas', draft =>
      Object.assign(draft.metadata, { deletionTimestamp: '2026-11-21T07:00:01Z' }),
    )
    world.pass(5000)
    const kept = volumes(world).length
    world.context.store.remove('PersistentVolume', undefined, 'nas')
    world.pass(1000)
    expect([kept, read(world)?.status?.phase, world.recorded('ClaimLost').length]).toEqual([
      1,
      'Lost',
      1,
    ])
  })
})

test.each([
  ['250m', 0.25],
  ['2', 2],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['1e3', 1000],
  ['20G', 20e9],
  ['much', undefined],
])('quantity %s', (text, value) => {
  expect(quantity(text)).toBe(value)
})
