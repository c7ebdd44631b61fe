// Additions of admission and creation: tokens, priorities, selectors of Jobs and the template
// generation of DaemonSets.
import { describe, expect, test } from 'vitest'
import { at, listAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import {
  deployment,
  deploymentsPath,
  pod,
  podsPath,
  testbed,
  type Testbed,
} from '#lab/kube/testbed.ts'

/** A namespace with the objects that its controllers create. */
function withAccount(): Testbed {
  const bed = testbed()
  bed.put({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  })
  bed.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace: 'default' },
  })
  return bed
}

const specOf = (bed: Testbed, body: unknown) => at(bed.ask('POST', podsPath, body).body, 'spec')

describe('a pod', () => {
  test('gets the token of its account, in every container', () => {
    const spec = specOf(withAccount(), pod('x'))
    const name = textAt(spec, 'volumes', 0, 'name') ?? ''
    expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/)
    expect(at(spec, 'containers', 0, 'volumeMounts')).toEqual([
      { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name, readOnly: true },
    ])
    expect(
      listAt(spec, 'volumes', 0, 'projected', 'sources').map(source => Object.keys(source)[0]),
    ).toEqual(['serviceAccountToken', 'configMap', 'downwardAPI'])
  })

  test('gets no token if it declines, or if there is no account', () => {
    expect(
      at(specOf(withAccount(), pod('x', {}, { automountServiceAccountToken: false })), 'volumes'),
    ).toBeUndefined()
    expect(at(specOf(testbed(), pod('x')), 'volumes')).toBeUndefined()
  })

  test('has the priority of its class', () => {
    const bed = testbed()
    bed.put({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
      preemptionPolicy: 'Never',
    })
    expect(objectAt(specOf(bed, pod('x', {}, { priorityClassName: 'high' })))).toMatchObject({
      priority: 1000,
      preemptionPolicy: 'Never',
    })
    expect(objectAt(specOf(bed, pod('y')))).toMatchObject({
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    })
  })

  test('requests its limits, but a template does not', () => {
    const resources = { limits: { memory: '64Mi' } }
    const containers = [{ name: 'main', image: 'busybox:1.37', resources }]
    const bed = testbed()
    expect(at(specOf(bed, pod('x', {}, { containers })), 'containers', 0, 'resources')).toEqual({
      ...resources,
      requests: { memory: '64Mi' },
    })
    const made = deployment('web')
    const body = bed.ask('POST', deploymentsPath, {
      ...made,
      spec: { ...made.spec, template: { ...made.spec.template, spec: { containers } } },
    }).body
    expect(at(body, 'spec', 'template', 'spec', 'containers', 0, 'resources')).toEqual(resources)
  })

  test('that is deleted at once first gets its deletionTimestamp', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const watched = bed.watch(`${podsPath}?watch=true`)
    bed.ask('DELETE', `${podsPath}/x?gracePeriodSeconds=0`)
    expect(watched.lines.map(line => line.split(' ')[0])).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
  })
})

test('a Job selects its pods by its own uid', () => {
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'sum', namespace: 'default' },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox:1.37' }] },
      },
    },
  }
  const { body } = testbed().ask('POST', '/apis/batch/v1/namespaces/default/jobs', job)
  const uid = textAt(body, 'metadata', 'uid') ?? ''
  expect(at(body, 'spec', 'selector')).toEqual({
    matchLabels: { 'batch.kubernetes.io/controller-uid': uid },
  })
  expect(at(body, 'spec', 'template', 'metadata', 'labels')).toEqual({
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': 'sum',
    'controller-uid': uid,
    'job-name': 'sum',
  })
})

test('a DaemonSet counts its templates', () => {
  const bed = testbed()
  const path = '/apis/apps/v1/namespaces/default/daemonsets'
  const counted = (body: ReturnType<Testbed['ask']>['body']) => at(body, 'metadata', 'annotations')
  const set = { ...deployment('agent'), kind: 'DaemonSet' }
  const { replicas: _replicas, ...spec } = set.spec
  expect(counted(bed.ask('POST', path, { ...set, spec }).body)).toEqual({
    'deprecated.daemonset.template.generation': '1',
  })
  const merge = 'application/merge-patch+json'
  expect(
    counted(bed.ask('PATCH', `${path}/agent`, { metadata: { labels: { a: 'b' } } }, merge).body),
  ).toEqual({ 'deprecated.daemonset.template.generation': '1' })
  expect(
    counted(
      bed.ask(
        'PATCH',
        `${path}/agent`,
        { spec: { template: { metadata: { annotations: { a: 'b' } } } } },
        merge,
      ).body,
    ),
  ).toEqual({ 'deprecated.daemonset.template.generation': '2' })
})
