// Subresources: eviction with its budgets, binding and scale.
import { describe, expect, test } from 'vitest'
import { at } from '#lab/kube/patch/json.ts'
import { deployment, deploymentsPath, pod, podsPath, testbed } from '#lab/kube/testbed.ts'

/** The pods of one app on a node, each ready or not, with one budget. */
function evictable(ready: Record<string, boolean>, budget: Record<string, unknown>) {
  const bed = testbed()
  for (const [name, isReady] of Object.entries(ready)) {
    bed.ask('POST', podsPath, pod(name, { app: 'web' }, { nodeName: 'n1' }))
    const status = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    }
    bed.mergePatch(`${podsPath}/${name}/status`, { status })
  }
  bed.ask('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...budget },
  })
  return {
    bed,
    evict: (name: string, body: object = {}) =>
      bed.ask('POST', `${podsPath}/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name },
        ...body,
      }),
  }
}

const success = {
  status: 201,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
}

describe('eviction', () => {
  test('begins the deletion of a pod that the budget can spare', () => {
    const { bed, evict } = evictable({ a: true, b: true }, { minAvailable: 1 })
    expect(evict('a')).toMatchObject(success)
    expect(at(bed.ask('GET', `${podsPath}/a`).body, 'metadata', 'deletionTimestamp')).toBe(
      '2026-01-01T00:00:30Z',
    )
  })

  test('of one more pod is refused', () => {
    const { evict } = evictable({ a: true, b: true }, { minAvailable: 1 })
    evict('a')
    expect(evict('b')).toMatchObject({
      status: 429,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        reason: 'TooManyRequests',
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget web needs 1 healthy pods and has 1 currently',
            },
          ],
        },
        code: 429,
      },
    })
  })

  test.each([
    [{ maxUnavailable: 0 }, 429],
    [{ maxUnavailable: 1 }, 201],
    [{ minAvailable: '50%' }, 201],
    [{ minAvailable: '51%' }, 429],
    [{ minAvailable: '100%' }, 429],
  ])('with %j of two pods answers %i', (budget, status) => {
    expect(evictable({ a: true, b: true }, budget).evict('a').status).toBe(status)
  })

  test('of an unready pod needs enough ready ones, or a budget that allows it', () => {
    expect(evictable({ a: true, b: false }, { minAvailable: 1 }).evict('b').status).toBe(201)
    expect(evictable({ a: false, b: false }, { minAvailable: 1 }).evict('b').status).toBe(429)
    expect(
      evictable(
        { a: false, b: false },
        { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      ).evict('b').status,
    ).toBe(201)
  })

  test('answers 404 for a missing pod and 500 for one with two budgets', () => {
    const { bed, evict } = evictable({ a: true }, { minAvailable: 0 })
    expect(evict('nope').status).toBe(404)
    bed.ask('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
      metadata: { name: 'second' },
      spec: { selector: {}, minAvailable: 0 },
    })
    expect(evict('a')).toMatchObject({
      status: 500,
      body: {
        message:
          'This pod has more than one PodDisruptionBudget, which the eviction subresource does ' +
          'not support.',
      },
    })
  })

  test('accepts the options of a deletion', () => {
    const { bed, evict } = evictable({ a: true }, { minAvailable: 0 })
    evict('a', { deleteOptions: { dryRun: ['All'] } })
    expect(
      at(bed.ask('GET', `${podsPath}/a`).body, 'metadata', 'deletionTimestamp'),
    ).toBeUndefined()
    evict('a', { deleteOptions: { gracePeriodSeconds: 0 } })
    expect(bed.names(podsPath)).toEqual([])
  })
})

describe('binding', () => {
  test('gives a pod its node once', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const bind = (node: string) =>
      bed.ask('POST', `${podsPath}/x/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'x' },
        target: { kind: 'Node', name: node },
      })
    expect(bind('n1')).toMatchObject(success)
    expect(bed.ask('GET', `${podsPath}/x`).body).toMatchObject({
      spec: { nodeName: 'n1' },
      status: {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
        ],
      },
    })
    expect(bind('n2')).toMatchObject({
      status: 409,
      body: {
        message:
          'Operation cannot be fulfilled on pods/binding "x": pod x is already assigned to ' +
          'node "n1"',
      },
    })
  })
})

describe('scale', () => {
  test('can be read, replaced and patched', () => {
    const bed = testbed()
    bed.ask('POST', deploymentsPath, deployment('x', 2))
    const path = `${deploymentsPath}/x/scale`
    const scale = bed.ask('GET', path).body
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'x', namespace: 'default', resourceVersion: '1003' },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=x' },
    })
    expect(
      bed.ask('PATCH', path, { spec: { replicas: 0 } }, 'application/merge-patch+json').body,
    ).toMatchObject({ spec: { replicas: 0 } })
    expect(bed.ask('PUT', path, scale)).toMatchObject({ status: 409, body: { reason: 'Conflict' } })
    expect(bed.ask('PUT', path, { metadata: { name: 'x' }, spec: { replicas: 3 } }).status).toBe(
      200,
    )
    expect(at(bed.ask('GET', `${deploymentsPath}/x`).body, 'spec', 'replicas')).toBe(3)
    expect(bed.message('PUT', path, { spec: { replicas: -1 } })).toBe(
      'Scale.autoscaling "x" is invalid: spec.replicas: Invalid value: -1: must be greater ' +
        'than or equal to 0',
    )
  })

  test('does not exist for kinds without replicas', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    expect(bed.ask('GET', `${podsPath}/x/scale`)).toMatchObject({
      status: 404,
      body: {
        reason: 'NotFound',
        message: 'the server could not find the requested resource',
        details: {},
      },
    })
  })
})
