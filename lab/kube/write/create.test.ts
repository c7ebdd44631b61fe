// Creations: defaults and validation.
import { describe, expect, test } from 'vitest'
import { at, objectAt } from '#lab/kube/patch/json.ts'
import {
  deployment,
  deploymentsPath,
  pod,
  podsPath,
  service,
  servicesPath,
  testbed,
} from '#lab/kube/testbed.ts'

describe('defaults', () => {
  test('of a pod: its metadata and its first status', () => {
    const { body, ...answer } = testbed().ask('POST', podsPath, pod('x'))
    expect(answer).toStrictEqual({
      headers: {
        'cache-control': 'no-cache, private',
        'content-type': 'application/json',
        date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      },
      status: 201,
    })
    const { spec: _spec, ...rest } = objectAt(body)
    expect(rest).toStrictEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        creationTimestamp: '2026-01-01T00:00:00Z',
        generation: 1,
        labels: { app: 'x' },
        name: 'x',
        namespace: 'default',
        resourceVersion: '1003',
        uid: '5858db8d-ab5e-4308-a313-6da9dad56f74',
      },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    })
  })

  test('of a pod: its spec', () => {
    const { body } = testbed().ask('POST', podsPath, pod('x'))
    const toleration = (key: string) => ({
      effect: 'NoExecute',
      key,
      operator: 'Exists',
      tolerationSeconds: 300,
    })
    expect(at(body, 'spec')).toStrictEqual({
      containers: [
        {
          image: 'registry.k8s.io/pause:3.10',
          imagePullPolicy: 'IfNotPresent',
          name: 'main',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: 'default',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
      tolerations: [
        toleration('node.kubernetes.io/not-ready'),
        toleration('node.kubernetes.io/unreachable'),
      ],
    })
  })

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.29', 'IfNotPresent'],
    ['localhost:5000/nginx', 'Always'],
    ['nginx@sha256:00', 'IfNotPresent'],
  ])('the pull policy of %s is %s', (image, policy) => {
    const { body } = testbed().ask(
      'POST',
      podsPath,
      pod('x', {}, { containers: [{ name: 'c', image }] }),
    )
    expect(at(body, 'spec', 'containers', 0, 'imagePullPolicy')).toBe(policy)
  })

  test('a pod that tolerates everything gets no more tolerations', () => {
    const tolerations = [{ operator: 'Exists' }]
    expect(
      at(
        testbed().ask('POST', podsPath, pod('x', {}, { tolerations })).body,
        'spec',
        'tolerations',
      ),
    ).toEqual(tolerations)
  })

  test('of a Deployment, without the status of the request', () => {
    const { body } = testbed().ask('POST', deploymentsPath, {
      ...deployment('x'),
      status: { readyReplicas: 7 },
    })
    expect(body).toMatchObject({
      spec: {
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
        },
      },
      status: {},
    })
    expect(at(body, 'spec', 'template', 'spec', 'terminationGracePeriodSeconds')).toBe(30)
    expect(at(body, 'spec', 'template', 'spec', 'tolerations')).toBeUndefined()
  })

  test('of a claim, which is pending and protected', () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }
    expect(
      testbed().ask('POST', '/api/v1/namespaces/default/persistentvolumeclaims', claim).body,
    ).toMatchObject({
      metadata: { finalizers: ['kubernetes.io/pvc-protection'] },
      spec: { volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    })
  })

  test('generateName gives a name with a suffix', () => {
    const bed = testbed()
    const made = bed.ask('POST', podsPath, { ...pod('x'), metadata: { generateName: 'web-' } }).body
    expect(at(made, 'metadata', 'name')).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })
})

describe('validation', () => {
  test.each<[string, string, object, string]>([
    [
      'a name in the wrong form',
      podsPath,
      pod('X_1'),
      'Pod "X_1" is invalid: metadata.name: Invalid value: "X_1": a lowercase RFC 1123 ' +
        `subdomain must consist of lower case alphanumeric characters, '-' or '.', and must ` +
        `start and end with an alphanumeric character (e.g. 'example.com', regex used for ` +
        `validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
    [
      'no name',
      podsPath,
      { ...pod('x'), metadata: {} },
      'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'no containers',
      podsPath,
      pod('x', {}, { containers: [] }),
      'Pod "x" is invalid: spec.containers: Required value',
    ],
    [
      'two errors',
      podsPath,
      pod('x', {}, { containers: [{}] }),
      'Pod "x" is invalid: [spec.containers[0].name: Required value, spec.containers[0].image: ' +
        'Required value]',
    ],
    [
      'a mount without its volume',
      podsPath,
      pod(
        'x',
        {},
        { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      ),
      'Pod "x" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      'an unknown restart policy',
      podsPath,
      pod('x', {}, { restartPolicy: 'Sometimes' }),
      'Pod "x" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": supported ' +
        'values: "Always", "OnFailure", "Never"',
    ],
    [
      'a selector that does not match its template',
      deploymentsPath,
      {
        ...deployment('x'),
        spec: { ...deployment('x').spec, selector: { matchLabels: { app: 'y' } } },
      },
      'Deployment.apps "x" is invalid: spec.template.metadata.labels: Invalid value: ' +
        '{"app":"x"}: `selector` does not match template `labels`',
    ],
    [
      'no selector',
      deploymentsPath,
      { ...deployment('x'), spec: { template: deployment('x').spec.template } },
      'Deployment.apps "x" is invalid: spec.selector: Required value',
    ],
    [
      'replicas below zero',
      deploymentsPath,
      deployment('x', -1),
      'Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1: must be greater than ' +
        'or equal to 0',
    ],
    [
      'a node port of a ClusterIP',
      servicesPath,
      service('x', { ports: [{ port: 80, nodePort: 30_001 }] }),
      'Service "x" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` ' +
        "is 'ClusterIP'",
    ],
    [
      'another namespace than the path',
      podsPath,
      { ...pod('x'), metadata: { name: 'x', namespace: 'other' } },
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'another version than the path',
      podsPath,
      { ...pod('x'), apiVersion: 'v2' },
      'the API version in the data (v2) does not match the expected API version (v1)',
    ],
    [
      'a missing namespace',
      '/api/v1/namespaces/nope/pods',
      { ...pod('x'), metadata: { name: 'x' } },
      'namespaces "nope" not found',
    ],
  ])('refuses %s', (_name, path, body, message) => {
    expect(testbed().message('POST', path, body)).toBe(message)
  })

  test('accepts a mount of a claim template', () => {
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 's' },
      spec: {
        serviceName: 's',
        selector: { matchLabels: { app: 's' } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
        template: {
          metadata: { labels: { app: 's' } },
          spec: {
            containers: [
              { name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
            ],
          },
        },
      },
    }
    expect(testbed().ask('POST', '/apis/apps/v1/namespaces/default/statefulsets', set).status).toBe(
      201,
    )
  })

  test('refuses a change of a selector', () => {
    const bed = testbed()
    bed.ask('POST', deploymentsPath, deployment('x'))
    const labels = { app: 'x', tier: 'y' }
    const patch = {
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
    }
    expect(
      bed.message('PATCH', `${deploymentsPath}/x`, patch, 'application/merge-patch+json'),
    ).toBe(
      'Deployment.apps "x" is invalid: spec.selector: Invalid value: ' +
        '{"matchLabels":{"app":"x","tier":"y"}}: field is immutable',
    )
  })

  test('accepts a change of a pod’s image, but not of its node', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const patch = (spec: object) =>
      bed.ask('PATCH', `${podsPath}/x`, { spec }, 'application/strategic-merge-patch+json')
    expect(patch({ containers: [{ name: 'main', image: 'other:1' }] }).status).toBe(200)
    expect(patch({ nodeName: 'n1' })).toMatchObject({ status: 422, body: { reason: 'Invalid' } })
  })
})
