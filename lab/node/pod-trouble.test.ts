// Pods that wait for missing objects, stay behind in phase Unknown, or are evicted.
import { describe, expect, test } from 'vitest'
import { wrapped } from './fixture-history.ts'
import { createFixture } from './fixture.ts'
import { workerSpec } from './fixture-specs.ts'

const order = (history: readonly string[]): string[] =>
  history
    .map(line => line.replace(/^\d+\.\d+ /, ''))
    .filter(line => !line.includes(' Node node-1 '))

describe('a pod', () => {
  test('waits for its claim, then starts within the next retry', () => {
    const world = createFixture()
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'demo' },
      spec: {},
      status: { phase: 'Pending' },
    }
    world.context.store.create(claim)
    world.start()
    world.seconds(30)
    world.resetHistory()
    world.bind('worker-a', {
      ...workerSpec,
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    })
    world.seconds(20)
    const events = order(world.history).filter(line => line.includes('Event'))
    expect(wrapped(events)).toMatchInlineSnapshot(`
      [
        "ADDED Event Warning FailedMount x1 [Pod/worker-a] Unable to attach or mount volumes: ",
        "unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: ",
        "error processing PVC demo/data: PVC is not bound",
        "MODIFIED Event Warning FailedMount x2 [Pod/worker-a] Unable to attach or mount ",
        "volumes: unmounted volumes=[data], unattached volumes=[], failed to process ",
        "volumes=[data]: error processing PVC demo/data: PVC is not bound",
      ]
    `)
    world.context.store.update<typeof claim & { spec: { volumeName?: string } }>(
      'PersistentVolumeClaim',
      'demo',
      'data',
      draft => {
        draft.spec.volumeName = 'pvc-1'
        draft.status.phase = 'Bound'
      },
    )
    world.seconds(20)
    expect(world.pod('demo', 'worker-a').status?.phase).toBe('Running')
  })

  test('whose Secret is missing is not configured, and starts once the Secret exists', () => {
    const world = createFixture()
    world.start()
    world.seconds(40)
    const container = {
      ...workerSpec.containers[0]!,
      env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'docs-api-env', key: 'key' } } }],
    }
    world.bind('worker-a', { containers: [container] })
    world.bind('worker-b', {
      ...workerSpec,
      volumes: [{ name: 'config', configMap: { name: 'settings' } }],
    })
    world.seconds(5)
    expect(world.pod('demo', 'worker-a').status?.containerStatuses?.[0]?.state).toEqual({
      waiting: { reason: 'CreateContainerConfigError', message: 'secret "docs-api-env" not found' },
    })
    expect(world.history.find(line => line.includes('FailedMount'))?.split('] ')[1]).toBe(
      'MountVolume.SetUp failed for volume "config" : configmap "settings" not found',
    )
    for (const [kind, name] of [
      ['Secret', 'docs-api-env'],
      ['ConfigMap', 'settings'],
    ] as const)
      world.context.store.create({ apiVersion: 'v1', kind, metadata: { name, namespace: 'demo' } })
    world.seconds(25)
    expect(['worker-a', 'worker-b'].map(name => world.pod('demo', name).status?.phase)).toEqual([
      'Running',
      'Running',
    ])
  })

  test('in phase Unknown stays so through a restart until it is deleted', () => {
    const world = createFixture()
    world.bind('worker-a', workerSpec)
    world.start()
    world.seconds(40)
    world.nodeApi.leaveUnknown('demo', 'worker-a')
    world.seconds(600)
    world.stop()
    world.start()
    world.seconds(600)
    expect(world.pod('demo', 'worker-a').status).toMatchObject({
      phase: 'Unknown',
      reason: 'NodeLost',
    })
    expect(world.nodeApi.app('demo', 'worker-a')).toBeUndefined()
    world.remove('demo', 'worker-a')
    world.seconds(2)
    expect(world.context.store.get('Pod', 'demo', 'worker-a')).toBeUndefined()
  })

  test('that is evicted is Failed with the reason, without containers', () => {
    const world = createFixture()
    world.bind('worker-a', workerSpec)
    world.start()
    world.seconds(40)
    world.nodeApi.evict('demo', 'worker-a', 'The node was low on resource: ephemeral-storage.')
    world.seconds(5)
    expect(world.pod('demo', 'worker-a').status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: ephemeral-storage.',
    })
    expect(world.nodeApi.app('demo', 'worker-a')).toBeUndefined()
  })
})
