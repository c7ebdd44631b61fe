// The lab's Endpoints and EndpointSlices: the pods behind a Service.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/control/fixture.ts'
import { deployment, service } from '#lab/control/fixture-objects.ts'
import type { ControlFixture } from '#lab/control/fixture.ts'
import type { FullService, KubeObject } from '#lab/control/objects.ts'
import type { EndpointSlice } from '#src/model/kube.ts'

const started = (
  replicas = 1,
  change: (made: FullService) => void = () => {},
  fate: ControlFixture['fate'] = () => 'ready',
) => {
  const world = createFixture()
  world.fate = fate
  world.context.store.create(deployment('worker', replicas))
  world.context.store.create(service('worker', change))
  world.pass(5000)
  return world
}
const slices = ({ context }: ControlFixture) =>
  context.store.list<EndpointSlice>('EndpointSlice', 'demo')
const conditions = (world: ControlFixture) =>
  slices(world).map(slice => slice.endpoints?.map(endpoint => endpoint.conditions))
const subsets = ({ context }: ControlFixture): unknown =>
  Reflect.get(context.store.get<KubeObject>('Endpoints', 'demo', 'worker') ?? {}, 'subsets')

describe('an EndpointSlice', () => {
  test('has the fields of a real one', () => {
    const world = started()
    const [pod] = world.pods()
    const [slice] = slices(world)
    expect(slice?.metadata.name).toMatch(/^worker-[a-z0-9]{5}$/)
    expect({
      ...slice,
      metadata: {
        labels: slice?.metadata.labels,
        owners: slice?.metadata.ownerReferences?.map(owner => owner.kind),
      },
    }).toEqual({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      metadata: {
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': 'worker',
        },
        owners: ['Service'],
      },
      endpoints: [
        {
          addresses: [pod?.status?.podIP],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'node-1',
          targetRef: {
            kind: 'Pod',
            namespace: 'demo',
            name: pod?.metadata.name,
            uid: pod?.metadata.uid,
          },
        },
      ],
      ports: [{ name: '', port: 3111, protocol: 'TCP' }],
    })
  })

  test('follows a pod through its deletion and its replacement as recorded', () => {
    const world = started()
    const from = world.events.length
    world.deletePod(world.pods()[0]!.metadata.name)
    world.pass(5000)
    expect(
      world.events
        .slice(from)
        .flatMap(({ object }) =>
          object.kind === 'EndpointSlice'
            ? [(object as EndpointSlice).endpoints?.map(endpoint => endpoint.conditions) ?? null]
            : [],
        ),
    ).toEqual([
      [{ ready: false, serving: true, terminating: true }],
      null,
      [{ ready: false, serving: false, terminating: false }],
      [{ ready: true, serving: true, terminating: false }],
    ])
  })

  test('without pods has null endpoints and ports, as the API serves it', () => {
    const world = createFixture()
    world.context.store.create(service('worker'))
    world.pass(1000)
    expect(slices(world).map(slice => [slice.endpoints, slice.ports])).toEqual([[null, null]])
  })

  test('lists unready pods as not ready unless the Service publishes them', () => {
    const plain = started(
      1,
      () => {},
      () => 'running',
    )
    const published = started(
      1,
      made => Object.assign(made.spec, { publishNotReadyAddresses: true }),
      () => 'running',
    )
    expect([conditions(plain), conditions(published)]).toEqual([
      [[{ ready: false, serving: false, terminating: false }]],
      [[{ ready: true, serving: false, terminating: false }]],
    ])
  })

  test.each([
    [8080, [{ name: '', port: 8080, protocol: 'TCP' }]],
    ['http', [{ name: '', port: 3111, protocol: 'TCP' }]],
    ['none', []],
  ])('finds target port %s', (targetPort, ports) => {
    const world = started(1, made =>
      Object.assign(made.spec, { ports: [{ port: 80, targetPort }] }),
    )
    expect(slices(world)[0]?.ports).toEqual(ports)
  })

  test('is deleted with its Service, as are the Endpoints', () => {
    const world = started()
    world.context.store.remove('Service', 'demo', 'worker')
    world.pass(1000)
    expect([slices(world), subsets(world)]).toEqual([[], undefined])
  })

  test('is not created for a Service without a selector', () => {
    const world = started(1, made => {
      delete made.spec.selector
    })
    expect(slices(world)).toEqual([])
  })
})

describe('Endpoints', () => {
  test('list ready and unready addresses, but not those of terminating pods', () => {
    const world = started(1)
    const [pod] = world.pods()
    const address = {
      ip: pod?.status?.podIP,
      nodeName: 'node-1',
      targetRef: {
        kind: 'Pod',
        namespace: 'demo',
        name: pod?.metadata.name,
        uid: pod?.metadata.uid,
      },
    }
    const before = subsets(world)
    world.deletePod(pod!.metadata.name)
    world.pass(100)
    expect([before, subsets(world)]).toEqual([
      [{ addresses: [address], ports: [{ port: 3111, protocol: 'TCP' }] }],
      undefined,
    ])
  })
})
