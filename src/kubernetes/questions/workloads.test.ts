// Workloads and their pods, tolerations and troubles, in the words of Kubernetes.
import { describe, expect, test } from 'vitest'
import { ago, known, now, podOf, seen } from '#tests/model/seen.ts'
import type { ContainerStatus, Taint, Toleration, WorkloadObject } from '#src/model/index.ts'
import { daemonSets, deployments, statefulSets } from './lists.ts'
import {
  availableOf,
  finished,
  isReady,
  replicasOf,
  selects,
  toleratesAny,
  trouble,
  troubleOf,
  unreadySince,
  workloadObject,
  workloadsIn,
} from './workloads.ts'

const object = (
  kind: string,
  name: string,
  change: Partial<WorkloadObject> = {},
  namespace = 'default',
): WorkloadObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace },
  spec: { selector: { matchLabels: { app: name } }, template: { spec: { containers: [] } } },
  ...change,
})

describe('a workload', () => {
  const answers = seen(
    known(deployments, [object('Deployment', 'web'), object('Deployment', 'web', {}, 'other')]),
    known(statefulSets, [object('StatefulSet', 'web')]),
    known(daemonSets, []),
  )

  test('is found by kind, namespace and name', () => {
    expect(workloadObject(answers, 'StatefulSet', 'default', 'web')?.kind).toBe('StatefulSet')
    expect([
      workloadObject(answers, 'DaemonSet', 'default', 'web'),
      workloadObject(answers, 'Deployment', 'nowhere', 'web'),
    ]).toEqual([undefined, undefined])
    expect(
      workloadsIn(answers, 'default').map(
        ({ kind, object: found }) => `${kind} ${found.metadata.namespace}`,
      ),
    ).toEqual(['Deployment default', 'StatefulSet default'])
  })

  test('selects pods of its namespace that carry all of its labels; none without labels', () => {
    const web = object('Deployment', 'web', {
      spec: {
        selector: { matchLabels: { app: 'web', tier: 'front' } },
        template: { spec: { containers: [] } },
      },
    })
    const labels = { app: 'web', tier: 'front', extra: 'x' }
    expect(
      [
        podOf('a', { metadata: { labels } }),
        podOf('a', { metadata: { labels: { app: 'web' } } }),
        podOf('a', { metadata: { labels, namespace: 'other' } }),
      ].map(pod => selects(web, pod)),
    ).toEqual([true, false, false])
    expect(
      selects(
        object('Deployment', 'x', {
          spec: { selector: {}, template: { spec: { containers: [] } } },
        }),
        podOf('a'),
      ),
    ).toBe(false)
  })

  test('wants one replica by default; a DaemonSet as many as there are matching nodes', () => {
    const spec = object('Deployment', 'web').spec
    expect([
      replicasOf(object('Deployment', 'web')),
      replicasOf(object('StatefulSet', 'web', { spec: { ...spec, replicas: 0 } })),
      replicasOf(object('DaemonSet', 'web', { status: { desiredNumberScheduled: 3 } })),
      replicasOf(object('DaemonSet', 'web')),
    ]).toEqual([1, 0, 3, undefined])
  })

  test('has as many available as its controller counts, whichever word it has for it', () => {
    expect(
      [{ availableReplicas: 2 }, { numberAvailable: 3 }, {}].map(status =>
        availableOf(object('Deployment', 'web', { status })),
      ),
    ).toEqual([2, 3, 0])
  })
})

describe('a toleration', () => {
  const taint: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }
  test.for<[description: string, toleration: Toleration, does: boolean]>([
    ['of the key, with Exists', { key: taint.key, operator: 'Exists' }, true],
    ['of the key, with the same (empty) value', { key: taint.key }, true],
    ['of everything', { operator: 'Exists' }, true],
    ['of another value', { key: taint.key, operator: 'Equal', value: 'x' }, false],
    ['of another effect', { key: taint.key, operator: 'Exists', effect: 'NoExecute' }, false],
    ['of the same effect', { key: taint.key, operator: 'Exists', effect: 'NoSchedule' }, true],
    ['of an empty effect: any', { key: taint.key, operator: 'Exists', effect: '' }, true],
    ['of another key', { key: 'x', operator: 'Exists' }, false],
    ['of no key without Exists', {}, false],
  ])('%s', ([, toleration, does]) => {
    expect(toleratesAny([{ key: 'unrelated' }, toleration], taint)).toBe(does)
  })

  test('none tolerates nothing', () => {
    expect(toleratesAny(undefined, taint)).toBe(false)
  })
})

describe('a pod', () => {
  const status = (change: Partial<ContainerStatus>): ContainerStatus => ({
    name: 'main',
    ready: false,
    restartCount: 0,
    ...change,
  })

  test('is in the trouble of its containers, in the words of kubectl', () => {
    expect(
      [
        status({ ready: true, state: { running: {} } }),
        status({ state: { running: {} } }),
        status({ state: { waiting: { reason: 'CrashLoopBackOff' } } }),
        status({ state: { waiting: {} } }),
        status({ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
        status({ state: { terminated: { exitCode: 1 } } }),
      ].map(trouble),
    ).toEqual([
      undefined,
      'not ready',
      'CrashLoopBackOff',
      'Waiting',
      'OOMKilled (exit 137)',
      'Terminated (exit 1)',
    ])
  })

  test('that cannot be placed says why', () => {
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available',
      },
    ]
    expect(troubleOf(podOf('a', { status: { phase: 'Pending', conditions } }))).toBe(
      'Pending, Unschedulable: 0/1 nodes are available',
    )
    expect(
      troubleOf(
        podOf('a', {
          status: {
            containerStatuses: [status({ state: { waiting: { reason: 'ImagePullBackOff' } } })],
          },
        }),
      ),
    ).toBe('Running, main ImagePullBackOff')
    expect(troubleOf(podOf('a'))).toBe('Running')
  })

  test('is ready by its condition only; unready since that changed, or since its creation', () => {
    const unready = podOf('a', {
      status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(5_000) }] },
    })
    const young = podOf('a', {
      metadata: { creationTimestamp: ago(9_000) },
      status: { conditions: [] },
    })
    expect([podOf('a'), unready, young].map(isReady)).toEqual([true, false, false])
    expect([unready, young].map(unreadySince)).toEqual([now - 5_000, now - 9_000])
  })

  test('that has done its work is finished', () => {
    expect(
      [
        podOf('a', { status: { phase: 'Succeeded' } }),
        podOf('a', { status: { phase: 'Failed' } }),
      ].map(finished),
    ).toEqual([true, false])
  })
})
