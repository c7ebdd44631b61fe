// The lab's Deployment and ReplicaSet controllers: roll-outs, scaling, status.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/control/fixture.ts'
import { deployment } from '#lab/control/fixture-objects.ts'
import type { ControlFixture } from '#lab/control/fixture.ts'
import type { Deployment, FullPod, ReplicaSet } from '#lab/control/objects.ts'
import { inDeletionOrder } from '#lab/control/workloads/deletion-order.ts'
import { rollingBounds } from './scale.ts'

const started = (replicas: number, change: (made: Deployment) => void = () => {}) => {
  const world = createFixture()
  world.context.store.create(deployment('worker', replicas, change))
  world.pass(5000)
  return world
}
const edit = ({ context }: ControlFixture, change: (draft: Deployment) => void) =>
  context.store.update<Deployment>('Deployment', 'demo', 'worker', change)
const read = ({ context }: ControlFixture): Deployment =>
  context.store.get<Deployment>('Deployment', 'demo', 'worker')!
const restart = (world: ControlFixture) =>
  edit(world, draft => {
    draft.spec.template.metadata = {
      ...draft.spec.template.metadata,
      annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' },
    }
  })
const sizes = ({ context }: ControlFixture) =>
  context.store.list<ReplicaSet>('ReplicaSet', 'demo').map(set => set.spec.replicas)

describe('a Deployment', () => {
  test("starts with upstream's steps, reasons and messages", () => {
    const world = started(1)
    const status = read(world).status
    expect(world.messages('worker')).toEqual([
      expect.stringMatching(
        /^ScalingReplicaSet: Scaled up replica set worker-[a-z0-9]+ from 0 to 1$/,
      ),
    ])
    expect(status).toMatchInlineSnapshot(`
      {
        "availableReplicas": 1,
        "conditions": [
          {
            "lastTransitionTime": "2026-11-21T07:00:02Z",
            "lastUpdateTime": "2026-11-21T07:00:02Z",
            "message": "Deployment has minimum availability.",
            "reason": "MinimumReplicasAvailable",
            "status": "True",
            "type": "Available",
          },
          {
            "lastTransitionTime": "2026-11-21T07:00:00Z",
            "lastUpdateTime": "2026-11-21T07:00:02Z",
            "message": "ReplicaSet "worker-d5d94964d" has successfully progressed.",
            "reason": "NewReplicaSetAvailable",
            "status": "True",
            "type": "Progressing",
          },
        ],
        "observedGeneration": 1,
        "readyReplicas": 1,
        "replicas": 1,
        "terminatingReplicas": 0,
        "updatedReplicas": 1,
      }
    `)
    expect(read(world).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
  })

  test('replaces a deleted pod at once, and counts in the recorded order', () => {
    const world = started(1)
    const from = world.events.length
    world.deletePod(world.pods()[0]!.metadata.name)
    world.pass(300)
    expect(
      world.events
        .slice(from)
        .filter(
          event =>
            event.object.kind === 'ReplicaSet' ||
            (event.object.kind === 'Pod' && (event.object as FullPod).spec.nodeName === undefined),
        )
        .map(({ type, object }) => {
          const status: unknown = Reflect.get(object, 'status')
          const numbers =
            object.kind === 'Pod'
              ? {}
              : {
                  replicas: Reflect.get(Object(status), 'replicas') ?? 0,
                  terminating: Reflect.get(Object(status), 'terminatingReplicas'),
                }
          return [type, object.kind, numbers]
        }),
    ).toEqual([
      ['ADDED', 'Pod', {}],
      ['MODIFIED', 'ReplicaSet', { replicas: 0, terminating: 1 }],
      ['MODIFIED', 'ReplicaSet', { replicas: 1, terminating: 1 }],
    ])
    const { conditions, ...numbers } = read(world).status ?? {}
    expect([
      numbers,
      conditions?.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
    ]).toEqual([
      {
        observedGeneration: 1,
        replicas: 1,
        updatedReplicas: 1,
        unavailableReplicas: 1,
        terminatingReplicas: 1,
      },
      [
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: expect.stringMatching(
            /^ReplicaSet "worker-[a-z0-9]+" has successfully progressed\.$/,
          ),
        },
        {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
      ],
    ])
  })

  test('rolls by quarters: never fewer than 3 of 4 pods ready, never more than 5 desired', () => {
    const world = started(4)
    const seen: [number, number][] = []
    const unsubscribe = world.context.store.subscribe(() => {
      const live = world.pods().filter(pod => pod.metadata.deletionTimestamp === undefined)
      seen.push([
        sizes(world).reduce((sum: number, size) => sum + (size ?? 0), 0),
        live.filter(pod =>
          pod.status?.conditions?.some(one => one.type === 'Ready' && one.status === 'True'),
        ).length,
      ])
    })
    restart(world)
    world.pass(30_000)
    unsubscribe()
    expect({
      most: Math.max(...seen.map(([all]) => all)),
      least: Math.min(...seen.map(([, ready]) => ready)),
      sizes: sizes(world),
      revision: read(world).metadata.annotations?.['deployment.kubernetes.io/revision'],
    }).toEqual({ most: 5, least: 3, sizes: [0, 4], revision: '2' })
    expect(read(world).status?.conditions?.find(one => one.type === 'Progressing')?.reason).toBe(
      'NewReplicaSetAvailable',
    )
  })

  test('stops a rollout to pods that never become ready, and times out', () => {
    const world = started(4, made => Object.assign(made.spec, { progressDeadlineSeconds: 60 }))
    world.fate = () => 'running'
    restart(world)
    world.pass(90_000)
    // One old pod given up, one of surge added: the other three keep serving.
    expect(sizes(world)).toEqual([3, 2])
    const { reason, status, message } =
      read(world).status?.conditions?.find(one => one.type === 'Progressing') ?? {}
    expect({ reason, status, message }).toEqual({
      reason: 'ProgressDeadlineExceeded',
      status: 'False',
      message: expect.stringMatching(/^ReplicaSet "worker-[a-z0-9]+" has timed out progressing\.$/),
    })
  })

  test('reuses the old ReplicaSet of an earlier template', () => {
    const world = started(2)
    restart(world)
    world.pass(20_000)
    edit(world, draft => {
      delete draft.spec.template.metadata?.annotations
    })
    world.pass(20_000)
    expect({
      sizes: sizes(world),
      revision: read(world).metadata.annotations?.['deployment.kubernetes.io/revision'],
    }).toEqual({ sizes: [2, 0], revision: '3' })
  })

  test('with Recreate starts nothing before the last old pod is gone', () => {
    const world = started(2, made => Object.assign(made.spec, { strategy: { type: 'Recreate' } }))
    const old = new Set(world.pods().map(pod => pod.metadata.uid))
    let together = false
    world.context.store.subscribe(() => {
      const uids = world
        .pods()
        .filter(pod => pod.status?.phase !== 'Failed')
        .map(pod => old.has(pod.metadata.uid))
      together ||= uids.includes(true) && uids.includes(false)
    })
    restart(world)
    world.pass(20_000)
    expect({ together, sizes: sizes(world), ready: read(world).status?.readyReplicas }).toEqual({
      together: false,
      sizes: [0, 2],
      ready: 2,
    })
  })

  test('scales to zero and back', () => {
    const world = started(2)
    edit(world, draft => Object.assign(draft.spec, { replicas: 0 }))
    world.pass(5000)
    const zero = [
      world.pods().length,
      read(world).status?.conditions?.find(one => one.type === 'Available')?.status,
    ]
    edit(world, draft => Object.assign(draft.spec, { replicas: 3 }))
    world.pass(5000)
    expect([zero, world.pods().length, read(world).status?.availableReplicas]).toEqual([
      [0, 'True'],
      3,
      3,
    ])
  })

  test('does not roll while it is paused', () => {
    const world = started(1, made => Object.assign(made.spec, { paused: false }))
    edit(world, draft => Object.assign(draft.spec, { paused: true }))
    world.pass(1000)
    restart(world)
    world.pass(20_000)
    expect([
      sizes(world),
      read(world).status?.conditions?.find(one => one.type === 'Progressing')?.reason,
    ]).toEqual([[1], 'DeploymentPaused'])
    edit(world, draft => Object.assign(draft.spec, { paused: false }))
    world.pass(20_000)
    expect([
      sizes(world),
      read(world).status?.conditions?.find(one => one.type === 'Progressing')?.reason,
    ]).toEqual([[0, 1], 'NewReplicaSetAvailable'])
  })

  test('counts a pod as available only after minReadySeconds', () => {
    const world = createFixture()
    world.context.store.create(
      deployment('worker', 1, made => Object.assign(made.spec, { minReadySeconds: 10 })),
    )
    world.pass(8000)
    const early = [read(world).status?.readyReplicas, read(world).status?.availableReplicas]
    world.pass(8000)
    expect([early, read(world).status?.availableReplicas]).toEqual([[1, undefined], 1])
  })

  test.each([
    [1, { surge: 1, unavailable: 0 }],
    [4, { surge: 1, unavailable: 1 }],
    [10, { surge: 3, unavailable: 2 }],
  ])('of %i replicas rounds the surge up and the unavailability down', (replicas, bounds) => {
    expect(rollingBounds(deployment('worker', replicas))).toEqual(bounds)
  })

  test('allows one unavailable pod if both limits round to nothing', () => {
    const none = deployment('worker', 3, made =>
      Object.assign(made.spec, {
        strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '10%' } },
      }),
    )
    expect(rollingBounds(none)).toEqual({ surge: 0, unavailable: 1 })
  })
})

describe('a ReplicaSet', () => {
  test('deletes first a pod without a node, then pending, unready, restarted, newest', () => {
    const pod = (
      name: string,
      node: string | undefined,
      phase: string,
      ready: boolean,
      restartCount = 0,
    ): FullPod => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, creationTimestamp: '2026-11-21T06:00:00Z' },
      spec: { containers: [], ...(node !== undefined && { nodeName: node }) },
      status: {
        phase,
        conditions: [
          {
            type: 'Ready',
            status: ready ? 'True' : 'False',
            lastTransitionTime: '2026-11-21T06:00:10Z',
          },
        ],
        containerStatuses: [{ name: 'worker', ready, restartCount }],
      },
    })
    const pods = [
      pod('well', 'n', 'Running', true),
      pod('restarted', 'n', 'Running', true, 3),
      pod('unready', 'n', 'Running', false),
      pod('pending', 'n', 'Pending', false),
      pod('placeless', undefined, 'Pending', false),
    ]
    expect(
      inDeletionOrder(pods, Date.parse('2026-11-21T07:00:00Z')).map(one => one.metadata.name),
    ).toEqual(['placeless', 'pending', 'unready', 'restarted', 'well'])
  })

  test('releases a pod whose labels no longer match, and creates another', () => {
    const world = started(1)
    const [pod] = world.pods()
    world.context.store.update('Pod', 'demo', pod!.metadata.name, draft =>
      Object.assign(draft.metadata, { labels: { app: 'debug' } }),
    )
    world.pass(3000)
    expect(
      world
        .pods()
        .map(one => [one.metadata.labels?.['app'], one.metadata.ownerReferences?.length ?? 0]),
    ).toEqual([
      ['debug', 0],
      ['worker', 1],
    ])
  })

  test('replaces a pod that has failed', () => {
    const world = started(1)
    const [pod] = world.pods()
    world.context.store.update<FullPod>('Pod', 'demo', pod!.metadata.name, draft =>
      Object.assign(draft.status!, { phase: 'Failed', reason: 'Evicted' }),
    )
    world.pass(5000)
    expect(world.pods().map(one => one.status?.phase)).toEqual(['Failed', 'Running'])
  })
})
