// What makes pods, as it was written: by kind, with the places of its containers, and which
// namespaces are whose.
import { describe, expect, test } from 'vitest'
import { known, podOf, seen } from '#tests/model/seen.ts'
import { policyWith } from '#tests/model/policy.ts'
import type { CronJob, Job, KubeObject, PodSpec, WorkloadObject } from '#src/model/index.ts'
import {
  cronJobs,
  daemonSets,
  deployments,
  inNamespace,
  jobs,
  pods,
  statefulSets,
} from './questions.ts'
import {
  barePods,
  containersOf,
  mainContainer,
  ownNamespaces,
  podTemplates,
  workloadTemplates,
  matches,
} from './templates.ts'

const at = { name: 'web', namespace: 'default' }
const spec: PodSpec = {
  containers: [
    { name: 'app', image: 'x:1' },
    { name: 'side', image: 'x:1' },
  ],
  initContainers: [
    { name: 'first', image: 'x:1' },
    { name: 'logs', image: 'x:1', restartPolicy: 'Always' },
  ],
}
const deployment = (template: unknown, metadata = at): WorkloadObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: { selector: {}, template } as WorkloadObject['spec'],
})
const job = (metadata: KubeObject['metadata']): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata,
  spec: { template: { spec } },
})
const cron: CronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { ...at, name: 'nightly' },
  spec: { jobTemplate: { spec: { template: { spec } } } },
}
const owned = {
  ownerReferences: [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'u', controller: true },
  ],
}

const answers = seen(
  known(deployments, [
    deployment({ metadata: { labels: { app: 'web' } }, spec }),
    deployment({ spec }, { name: 'far', namespace: 'other' }),
  ]),
  known(statefulSets, []),
  known(daemonSets, []),
  known(jobs, [job({ ...at, name: 'once' }), job({ ...at, name: 'nightly-1', ...owned })]),
  known(cronJobs, [cron]),
  known(pods, [
    podOf('alone'),
    podOf('ended', { spec: { restartPolicy: 'Never' } }),
    podOf('web-1-a', { metadata: owned }),
  ]),
)

describe('what makes pods', () => {
  test('is found in its namespace by its own object; a controller owns its pods', () => {
    expect(
      podTemplates(answers, 'default').map(
        ({ id, path, stays }) => `${id} ${path.join('.')} ${stays ? 'stays' : 'ends'}`,
      ),
    ).toEqual([
      'Deployment/web spec.template.spec stays',
      'Job/once spec.template.spec ends',
      'CronJob/nightly spec.jobTemplate.spec.template.spec ends',
      'Pod/alone spec stays',
      'Pod/ended spec ends',
    ])
    expect([
      workloadTemplates(answers, 'other').map(({ id }) => id),
      barePods(answers, 'other'),
    ]).toEqual([['Deployment/far'], []])
  })

  test('has containers in their places and parts', () => {
    const [web] = workloadTemplates(answers, 'default')
    expect(
      containersOf(web!).map(({ id, role, path }) => `${role} ${id} ${path.slice(3).join('.')}`),
    ).toEqual([
      'app Deployment/web/app containers.0',
      'app Deployment/web/side containers.1',
      'init Deployment/web/first initContainers.0',
      'sidecar Deployment/web/logs initContainers.1',
    ])
    expect(mainContainer(web!)?.container.name).toBe('app')
  })

  test('is there for the container that its annotation names', () => {
    const named = seen(
      known(deployments, [
        deployment({
          metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'side' } },
          spec,
        }),
      ]),
      known(statefulSets, []),
      known(daemonSets, []),
    )
    expect(mainContainer(workloadTemplates(named, 'default')[0]!)?.container.name).toBe('side')
  })

  test.each([
    undefined,
    null,
    'text',
    { spec: null },
    { spec: { containers: 'none' } },
    { spec: { containers: [null, 7] } },
  ])('is left out as far as it cannot be read: %j', template => {
    const broken = seen(
      known(deployments, [deployment(template)]),
      known(statefulSets, []),
      known(daemonSets, []),
    )
    expect(workloadTemplates(broken, 'default').flatMap(containersOf)).toEqual([])
  })
})

test('a list is sorted out by namespace; another list of the same objects is another one', () => {
  const list = [podOf('a'), podOf('b', { metadata: { namespace: 'other' } })]
  expect([
    inNamespace(list, 'default'),
    inNamespace(list, 'other'),
    inNamespace(list, 'nowhere'),
    inNamespace([...list, podOf('c')], 'default').length,
  ]).toEqual([[list[0]], [list[1]], [], 2])
})

describe('a selector', () => {
  const labels = { app: 'web', tier: 'front' }
  test.each([
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'wbe' } }, false],
    [{ matchLabels: { app: 'web', zone: 'a' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'Near' }] }, false],
  ])('%j: %s', (selector, does) => {
    expect(matches(selector, labels)).toBe(does)
  })
})

test('a namespace belongs to the platform if no workload of the policy there needs probes', () => {
  const workload = (namespace: string, name: string, probes: boolean) => ({
    namespace,
    kind: 'Deployment' as const,
    name,
    replicas: 1,
    probes,
    warmUp: '60 s' as const,
  })
  const policy = policyWith({
    namespaces: ['own', 'mixed', 'platform', 'unnamed'],
    workloads: [
      workload('own', 'a', true),
      workload('mixed', 'b', true),
      workload('mixed', 'c', false),
      workload('platform', 'd', false),
    ],
  })
  expect(ownNamespaces(policy).map(({ namespace }) => namespace)).toEqual([
    'own',
    'mixed',
    'unnamed',
  ])
})
