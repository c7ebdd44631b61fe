// The scheduler of the lab: where it places pods, and why it does not.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/control/fixture.ts'
import { deployment } from '#lab/control/fixture-objects.ts'
import type { ControlFixture } from '#lab/control/fixture.ts'
import type { FullNode, FullPod } from '#lab/control/objects.ts'
import { tolerates } from './filters.ts'
import { failureText } from './messages.ts'

const helpless =
  'no new claims to deallocate, preemption: 0/1 nodes are available: ' +
  '1 Preemption is not helpful for scheduling.'
const worker = (world: ControlFixture, change: (pod: FullPod['spec']) => void = () => {}) =>
  world.context.store.create(deployment('worker', 1, made => change(made.spec.template.spec)))
const node = (world: ControlFixture, change: (spec: FullNode['spec']) => void, name = 'node-1') =>
  world.context.store.update<FullNode>('Node', undefined, name, draft => change(draft.spec))
const why = (world: ControlFixture) =>
  world.pods()[0]?.status?.conditions?.find(condition => condition.type === 'PodScheduled')
const failures = (world: ControlFixture) =>
  world.recorded('FailedScheduling').map(event => event.message)

describe('the scheduler', () => {
  test('binds a pod to a node, with a condition and an Event', () => {
    const world = createFixture()
    worker(world)
    world.pass(1000)
    const [pod] = world.pods()
    expect([pod?.spec.nodeName, why(world), world.messages(pod?.metadata.name)]).toEqual([
      'node-1',
      {
        type: 'PodScheduled',
        status: 'True',
        lastProbeTime: null,
        observedGeneration: 1,
        lastTransitionTime: '2026-11-21T07:00:00Z',
      },
      [`Scheduled: Successfully assigned demo/${pod?.metadata.name} to node-1`],
    ])
  })

  test('reports a tainted node once, and binds 4 to 6 ms after the taint is gone', () => {
    const world = createFixture()
    node(world, spec =>
      Object.assign(spec, {
        taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      }),
    )
    worker(world)
    world.pass(26_000)
    expect(failures(world)).toEqual([
      `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${helpless}`,
    ])
    expect(why(world)).toEqual({
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      observedGeneration: 1,
      reason: 'Unschedulable',
      message: failures(world)[0],
      lastTransitionTime: '2026-11-21T07:00:00Z',
    })
    node(world, spec => Object.assign(spec, { taints: [] }))
    world.pass(3)
    const before = world.pods()[0]?.spec.nodeName
    world.pass(3)
    expect([before, world.pods()[0]?.spec.nodeName]).toEqual([undefined, 'node-1'])
  })

  test('follows an uncordon as recorded: unschedulable, then the taint, then bound', () => {
    const world = createFixture()
    node(world, spec => Object.assign(spec, { unschedulable: true }))
    world.pass(1)
    const taints = world.context.store.get<FullNode>('Node', undefined, 'node-1')?.spec.taints
    worker(world)
    world.pass(20_000)
    const uncordoned = world.now()
    const from = world.events.length
    node(world, spec => {
      delete spec.unschedulable
    })
    let bound = 0
    world.context.store.subscribe(({ object }) => {
      if (object.kind === 'Pod' && bound === 0 && (object as FullPod).spec.nodeName !== undefined)
        bound = world.now() - uncordoned
    })
    world.pass(1000)
    expect(taints).toEqual([
      {
        key: 'node.kubernetes.io/unschedulable',
        effect: 'NoSchedule',
        timeAdded: '2026-11-21T07:00:00Z',
      },
    ])
    expect(failures(world)).toEqual([
      `0/1 nodes are available: 1 node(s) were unschedulable. ${helpless}`,
      `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${helpless}`,
    ])
    expect(
      world.events
        .slice(from)
        .map(({ type, object }) => `${type} ${object.kind}`)
        .slice(0, 5),
    ).toEqual(['MODIFIED Node', 'MODIFIED Pod', 'ADDED Event', 'MODIFIED Node', 'MODIFIED Pod'])
    expect(bound).toBeGreaterThanOrEqual(21)
    expect(bound).toBeLessThanOrEqual(23)
  })

  test('retries a pod after five minutes without a change', () => {
    const world = createFixture()
    worker(world, spec => Object.assign(spec, { nodeSelector: { disk: 'fast' } }))
    world.pass(299_000)
    const counts = () => world.recorded('FailedScheduling').map(event => event.count)
    const before = counts()
    world.pass(2000)
    expect([before, counts()]).toEqual([[1], [2]])
  })

  test('binds a pod to a tainted node that it tolerates', () => {
    const world = createFixture()
    node(world, spec =>
      Object.assign(spec, { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }),
    )
    worker(world, spec =>
      Object.assign(spec, {
        tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' }],
      }),
    )
    world.pass(1000)
    expect(world.pods()[0]?.spec.nodeName).toBe('node-1')
  })

  test('compares requests with the allocatable resources, and retries when a pod is gone', () => {
    const world = createFixture()
    const asks = (spec: FullPod['spec']) =>
      Object.assign(spec.containers[0]!, {
        resources: { requests: { cpu: '1500m', memory: '1Gi' } },
      })
    worker(world, asks)
    world.pass(5000)
    world.context.store.create(deployment('second', 1, made => asks(made.spec.template.spec)))
    world.pass(5000)
    expect(failures(world)).toEqual([
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: ' +
        '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ])
    world.context.store.update('Deployment', 'demo', 'worker', draft =>
      Object.assign(Reflect.get(draft, 'spec'), { replicas: 0 }),
    )
    world.pass(2000)
    expect(world.pods().map(pod => [pod.metadata.labels?.['app'], pod.spec.nodeName])).toEqual([
      ['second', 'node-1'],
    ])
  })

  test('prefers the emptier node', () => {
    const world = createFixture(1, ['node-1', 'node-2'])
    world.context.store.create(
      deployment('worker', 4, made =>
        Object.assign(made.spec.template.spec.containers[0]!, {
          resources: { requests: { cpu: '200m', memory: '64Mi' } },
        }),
      ),
    )
    world.pass(1000)
    expect(
      world
        .pods()
        .map(pod => pod.spec.nodeName ?? '')
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['node-1', 'node-1', 'node-2', 'node-2'])
  })

  test.each<[string, (pod: FullPod['spec']) => void, string]>([
    [
      'nodeSelector',
      spec => Object.assign(spec, { nodeSelector: { disk: 'fast' } }),
      `1 node(s) didn't match Pod's node affinity/selector. ${helpless}`,
    ],
    [
      'a request beyond the node',
      spec => Object.assign(spec.containers[0]!, { resources: { requests: { memory: '8Gi' } } }),
      `1 Insufficient memory. ${helpless}`,
    ],
    [
      'a missing claim',
      spec =>
        Object.assign(spec, {
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'nowhere' } }],
        }),
      `persistentvolumeclaim "nowhere" not found. ${helpless}`,
    ],
  ])('reports why no node fits: %s', (_, change, text) => {
    const world = createFixture()
    worker(world, change)
    world.pass(1000)
    expect(failures(world)).toEqual([`0/1 nodes are available: ${text}`])
  })

  test('reports that there are no nodes, and binds the pod when one is added', () => {
    const world = createFixture(1, [])
    worker(world)
    world.pass(1000)
    world.addNode('node-9')
    world.pass(10)
    expect([failures(world), world.pods()[0]?.spec.nodeName]).toEqual([
      ['no nodes available to schedule pods'],
      'node-9',
    ])
  })

  test('counts reasons over the nodes in alphabetical order', () => {
    const taint = {
      reason: 'taint' as const,
      texts: ['node(s) had untolerated taint(s)'],
      helpless: true,
    }
    const full = {
      reason: 'resources' as const,
      texts: ['Insufficient cpu', 'Insufficient memory'],
      helpless: false,
    }
    expect(failureText(3, [taint, full, full])).toBe(
      '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu, ' +
        '2 Insufficient memory. no new claims to deallocate, preemption: ' +
        '0/3 nodes are available: ' +
        '1 Preemption is not helpful for scheduling, ' +
        '2 No preemption victims found for incoming pod.',
    )
  })

  test.each([
    [{ operator: 'Exists' }, true],
    [{ key: 'a', operator: 'Exists' }, true],
    [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'a', value: 'x' }, true],
    [{ key: 'a', value: 'y' }, false],
    [{ key: 'b', operator: 'Exists' }, false],
  ])('toleration %o of a=x:NoSchedule: %s', (toleration, yes) => {
    expect(tolerates([toleration], { key: 'a', value: 'x', effect: 'NoSchedule' })).toBe(yes)
  })
})
