// The control plane as a whole, and its garbage collector.
import { describe, expect, test } from 'vitest'
import { createFixture } from './fixture.ts'
import { deployment, localPathClass, service } from './fixture-objects.ts'
import type { ControlFixture } from './fixture.ts'
import type { Deployment, KubeObject } from './objects.ts'

const names = ({ context }: ControlFixture, kind: string) =>
  context.store.list(kind, 'demo').map(object => object.metadata.name)
const terminate = ({ context }: ControlFixture, kind: string, name: string, finalizers: string[]) =>
  context.store.update(kind, 'demo', name, draft => {
    draft.metadata.deletionTimestamp = context.store.timestamp()
    draft.metadata.finalizers = finalizers
  })
const running = (replicas = 1) => {
  const world = createFixture()
  world.context.store.create(deployment('worker', replicas))
  world.context.store.create(service('worker'))
  world.pass(5000)
  return world
}

describe('the garbage collector', () => {
  test('deletes the dependents of a deleted owner in the background', () => {
    const world = running()
    world.context.store.remove('Deployment', 'demo', 'worker')
    world.pass(5000)
    expect([names(world, 'ReplicaSet'), names(world, 'Pod')]).toEqual([[], []])
  })

  test('keeps an owner that is deleted in the foreground until its dependents are gone', () => {
    const world = running(2)
    const from = world.events.length
    terminate(world, 'Deployment', 'worker', ['foregroundDeletion'])
    world.pass(5000)
    expect(
      world.events
        .slice(from)
        .flatMap(({ type, object }) =>
          type === 'DELETED' && ['Pod', 'ReplicaSet', 'Deployment'].includes(object.kind)
            ? [object.kind]
            : [],
        ),
    ).toEqual(['Pod', 'Pod', 'ReplicaSet', 'Deployment'])
  })

  test('leaves orphans, which a new Deployment of the same selector adopts', () => {
    const world = running()
    const [set] = names(world, 'ReplicaSet')
    terminate(world, 'Deployment', 'worker', ['orphan'])
    world.pass(1000)
    const orphaned = world.context.store
      .list('ReplicaSet', 'demo')
      .map(object => [object.metadata.name, object.metadata.ownerReferences])
    world.context.store.create(deployment('worker', 1))
    world.pass(1000)
    expect([
      orphaned,
      world.context.store
        .list('ReplicaSet', 'demo')
        .map(object => [object.metadata.name, object.metadata.ownerReferences?.[0]?.kind]),
      names(world, 'Pod').length,
    ]).toEqual([[[set, undefined]], [[set, 'Deployment']], 1])
  })

  test('deletes an object whose owner never existed', () => {
    const world = createFixture()
    const stray: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'stray',
        namespace: 'demo',
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker', uid: 'gone' },
        ],
      },
    }
    world.context.store.create(stray)
    world.pass(1000)
    expect(names(world, 'ConfigMap')).toEqual([])
  })
})

test('a deleted namespace is emptied, refuses new pods, and is removed', () => {
  const world = running(2)
  world.context.store.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'demo' },
  })
  const from = world.events.length
  world.context.store.update('Namespace', undefined, 'demo', draft => {
    draft.metadata.deletionTimestamp = world.context.store.timestamp()
  })
  world.pass(100)
  const during = Reflect.get(
    world.context.store.get('Namespace', undefined, 'demo') ?? {},
    'status',
  )
  world.pass(10_000)
  expect([
    during,
    world.context.store.get('Namespace', undefined, 'demo'),
    names(world, 'Pod'),
  ]).toEqual([{ phase: 'Terminating' }, undefined, []])
  expect(
    world.events
      .slice(from)
      .filter(({ type, object }) => type === 'ADDED' && object.kind === 'Pod'),
  ).toEqual([])
})

describe('the control plane', () => {
  test('does nothing while the API is down, and resumes about two seconds after it is back', () => {
    const world = running()
    world.api.serving = false
    world.pass(100)
    const from = world.events.length
    world.context.store.update<Deployment>('Deployment', 'demo', 'worker', draft =>
      Object.assign(draft.spec, { replicas: 3 }),
    )
    world.context.store.remove('Pod', 'demo', world.pods()[0]!.metadata.name)
    world.pass(60_000)
    const silent = world.events.slice(from).map(({ type, object }) => `${type} ${object.kind}`)
    world.api.serving = true
    world.api.resync()
    const back = world.now()
    let first = 0
    world.context.store.subscribe(({ object }) => {
      if (first === 0 && Reflect.get(object, 'reason') === 'RegisteredNode')
        first = world.now() - back
    })
    world.pass(10_000)
    expect([silent, world.pods().map(pod => pod.status?.phase)]).toEqual([
      ['MODIFIED Deployment', 'DELETED Pod'],
      ['Running', 'Running', 'Running'],
    ])
    expect(first).toBeGreaterThanOrEqual(2000)
    expect(first).toBeLessThanOrEqual(2600)
  })

  test('registers its nodes again after a restart, each with its full grace period', () => {
    const world = createFixture()
    world.pass(1000)
    world.api.serving = false
    world.pass(300_000)
    world.api.serving = true
    world.api.resync()
    world.pass(20_000)
    const reasons = world.recorded('RegisteredNode').map(event => [event.count, event.message])
    expect([reasons, world.recorded('NodeNotReady')]).toEqual([
      [
        [1, 'Node node-1 event: Registered Node node-1 in Controller'],
        [1, 'Node node-1 event: Registered Node node-1 in Controller'],
      ],
      [],
    ])
  })

  test('starts at once if the API serves from the start', () => {
    const world = createFixture(1, ['node-1'])
    expect(world.recorded('RegisteredNode')).toHaveLength(1)
  })

  test('comes to rest: without a cause only heartbeats are written', () => {
    const world = running(2)
    world.context.store.create(localPathClass())
    world.pass(60_000)
    const from = world.events.length
    world.pass(600_000)
    expect(new Set(world.events.slice(from).map(({ object }) => object.kind))).toEqual(
      new Set(['Lease']),
    )
  })

  test('has the same history for the same seed, and another for another seed', () => {
    const history = (seed: number) => {
      const world = createFixture(seed, ['node-1', 'node-2'])
      world.context.store.create(localPathClass())
      world.context.store.create(deployment('worker', 3))
      world.context.store.create(service('worker'))
      world.pass(20_000)
      world.kubelets.delete('node-2')
      world.pass(400_000)
      return world.events
    }
    expect(history(7)).toEqual(history(7))
    expect(history(8)).not.toEqual(history(7))
  })
})
