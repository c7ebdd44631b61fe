// Reads: selectors, pages, errors, and other forms of the same objects.
import { describe, expect, test } from 'vitest'
import { at, textAt } from '#lab/kube/patch/json.ts'
import { pod, podsPath, testbed } from '#lab/kube/testbed.ts'

function three() {
  const bed = testbed()
  bed.ask('POST', podsPath, pod('a', { app: 'web', tier: 'front' }, { nodeName: 'n1' }))
  bed.ask('POST', podsPath, pod('b', { app: 'web', tier: 'back' }))
  bed.ask('POST', podsPath, pod('c', { app: 'db' }, { nodeName: 'n1' }))
  return bed
}

describe('label selectors', () => {
  test.each([
    ['app=web', ['a', 'b']],
    ['app==web,tier!=back', ['a']],
    ['tier!=back', ['a', 'c']],
    ['tier in (front, back)', ['a', 'b']],
    ['tier notin (front)', ['b', 'c']],
    ['tier', ['a', 'b']],
    ['!tier', ['c']],
    ['app in (db),!tier', ['c']],
    ['app=', []],
    ['', ['a', 'b', 'c']],
  ])('%s', (selector, names) => {
    expect(three().names(`${podsPath}?labelSelector=${encodeURIComponent(selector)}`)).toEqual(
      names,
    )
  })

  test('any other text is refused', () => {
    expect(
      three().ask('GET', `${podsPath}?labelSelector=${encodeURIComponent('app=(web')}`),
    ).toMatchObject({
      status: 400,
      body: {
        reason: 'BadRequest',
        message:
          "unable to parse requirement: found 'app=(web', expected: a label selector such as " +
          'key=value, key in (a,b) or !key',
      },
    })
  })
})

describe('field selectors', () => {
  test.each([
    ['spec.nodeName=n1', ['a', 'c']],
    ['spec.nodeName=', ['b']],
    ['status.phase=Pending,metadata.name!=b', ['a', 'c']],
    ['metadata.namespace=other', []],
  ])('%s', (selector, names) => {
    expect(three().names(`/api/v1/pods?fieldSelector=${selector}`)).toEqual(names)
  })

  test('an unknown field is refused by its name', () => {
    expect(three().message('GET', `${podsPath}?fieldSelector=spec.foo=1`)).toBe(
      'field label not supported: spec.foo',
    )
  })

  test('find events by their subject, in both their forms', () => {
    const bed = testbed()
    bed.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'a' },
      reason: 'Killing',
      message: 'Stopping',
      type: 'Normal',
    })
    expect(
      bed.names('/api/v1/events?fieldSelector=involvedObject.name=a,reason=Killing,type=Normal'),
    ).toEqual(['e'])
    expect(bed.names('/api/v1/events?fieldSelector=involvedObject.name=b')).toEqual([])
    expect(bed.ask('GET', '/apis/events.k8s.io/v1/namespaces/default/events/e').body).toMatchObject(
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        regarding: { kind: 'Pod', name: 'a' },
        note: 'Stopping',
        reason: 'Killing',
      },
    )
  })
})

describe('lists', () => {
  test('have a kind and a version, and their items have none', () => {
    const { body } = three().ask('GET', '/api/v1/pods?limit=1')
    expect(body).toMatchObject({
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '1005', remainingItemCount: 2 },
    })
    expect(Object.keys(at(body, 'items', 0) as object)).toEqual(['metadata', 'spec', 'status'])
  })

  test('have pages of one version, whatever changes between them', () => {
    const bed = three()
    const first = bed.ask('GET', `${podsPath}?limit=2`).body
    bed.ask('DELETE', `${podsPath}/b`)
    bed.ask('POST', podsPath, pod('bb'))
    bed.ask('POST', podsPath, pod('d'))
    const token = textAt(first, 'metadata', 'continue')
    expect(bed.names(`${podsPath}?limit=2&continue=${token}`)).toEqual(['c'])
    expect(at(bed.ask('GET', `${podsPath}?limit=2&continue=${token}`).body, 'metadata')).toEqual({
      resourceVersion: '1005',
    })
    expect(bed.names(podsPath)).toEqual(['a', 'bb', 'c', 'd'])
  })

  test('answer 410 for a page whose version is gone', () => {
    const bed = three()
    const token = textAt(bed.ask('GET', `${podsPath}?limit=1`).body, 'metadata', 'continue')
    bed.ask('POST', podsPath, pod('d'))
    bed.context.store.compact()
    expect(bed.ask('GET', `${podsPath}?limit=1&continue=${token}`)).toMatchObject({
      status: 410,
      body: { reason: 'Expired', code: 410 },
    })
  })

  test('answer 504 for a version in the future', () => {
    expect(three().ask('GET', `${podsPath}?resourceVersion=9999`).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Too large resource version: 9999, current: 1005',
      reason: 'Timeout',
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
      code: 504,
    })
  })
})

describe('something missing', () => {
  test('is named if it is an object', () => {
    expect(testbed().ask('GET', `${podsPath}/x`)).toEqual({
      status: 404,
      headers: {
        date: 'Thu, 01 Jan 2026 00:00:00 GMT',
        'cache-control': 'no-cache, private',
        'content-type': 'application/json',
      },
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'pods "x" not found',
        reason: 'NotFound',
        details: { name: 'x', kind: 'pods' },
        code: 404,
      },
    })
  })

  test('is named with its group', () => {
    expect(testbed().message('GET', '/apis/apps/v1/namespaces/default/deployments/x')).toBe(
      'deployments.apps "x" not found',
    )
  })

  test.each([
    '/nothing',
    '/apis/nope/v1',
    '/api/v1/unicorns',
    '/apis/apps/v1/pods',
    '/api/v1/pods/x',
    '/api/v1/namespaces/default/nodes',
  ])('is a 404 in plain text if it is a path: %s', path => {
    expect(testbed().ask('GET', path)).toMatchObject({
      status: 404,
      body: '404 page not found\n',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    })
  })

  test('is a 405 if it is a method', () => {
    expect(testbed().ask('PUT', podsPath, {}).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'the server does not allow this method on the requested resource',
      reason: 'MethodNotAllowed',
      details: {},
      code: 405,
    })
  })
})

test('a CustomResourceDefinition adds a kind', () => {
  const bed = testbed()
  expect(bed.ask('GET', '/apis/lab.dev/v1/namespaces/default/widgets').status).toBe(404)
  bed.put({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.lab.dev' },
    spec: {
      group: 'lab.dev',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true }],
    },
  })
  bed.ask('POST', '/apis/lab.dev/v1/namespaces/default/widgets', {
    apiVersion: 'lab.dev/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { size: 3 },
  })
  expect(bed.ask('GET', '/apis/lab.dev/v1/widgets').body).toMatchObject({
    kind: 'WidgetList',
    items: [
      { apiVersion: 'lab.dev/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 3 } },
    ],
  })
  expect(
    bed.ask(
      'PATCH',
      '/apis/lab.dev/v1/namespaces/default/widgets/w',
      { spec: { size: 4 } },
      'application/strategic-merge-patch+json',
    ).status,
  ).toBe(415)
})
