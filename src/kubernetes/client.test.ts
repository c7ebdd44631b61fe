// Requests to the Kubernetes API: lists in pages, single objects, and errors.
import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { connectionError, statusError } from './errors.ts'
import { KubeError, KubeUnreachable, openKube, resources } from './client.ts'
import { closeAll, pod, send, serving } from './loopback-api.ts'
import { messageOf } from '#tests/runtime/scripted.ts'

afterEach(closeAll)

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

describe('list', () => {
  test('asks page by page, with credentials, and drops managedFields', async () => {
    const headers: unknown[] = []
    const { kube, seen } = await serving((request, response) => {
      headers.push([
        request.headers.authorization,
        request.headers.accept,
        request.headers['user-agent'],
      ])
      const more = request.url?.includes('continue=') === true
      send(response, 200, {
        kind: 'PodList',
        metadata: more ? {} : { continue: 'next/page' },
        items: [pod(more ? 'b' : 'a')],
      })
    })
    expect(
      await kube.list(resources.pods, { namespace: 'joelclaw', labelSelector: 'app=redis' }),
    ).toEqual(
      ['a', 'b'].map(name => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'joelclaw', uid: `uid-${name}` },
        spec: { containers: [] },
      })),
    )
    expect(seen).toEqual([
      'GET /api/v1/namespaces/joelclaw/pods?limit=500&labelSelector=app%3Dredis',
      'GET /api/v1/namespaces/joelclaw/pods?limit=500&continue=next%2Fpage' +
        '&labelSelector=app%3Dredis',
    ])
    expect(headers[0]).toEqual(['Bearer secret', 'application/json', 'holdfast'])
  })

  test('is complete again when its last page is the same as last time', async () => {
    const { kube } = await serving((request, response) => {
      const more = request.url?.includes('continue=') === true
      send(response, 200, {
        kind: 'PodList',
        metadata: more ? {} : { continue: 'same' },
        items: [pod(more ? 'b' : 'a')],
      })
    })
    const names = async (): Promise<readonly string[]> =>
      (await kube.list(resources.pods)).map(({ metadata }) => metadata.name)
    expect([await names(), await names()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  test('starts again without pages when the server has dropped their state', async () => {
    const { kube, seen } = await serving((request, response) => {
      if (request.url?.includes('continue=') === true)
        send(response, 410, {
          kind: 'Status',
          reason: 'Expired',
          message: 'The provided continue parameter is too old',
          code: 410,
        })
      else
        send(response, 200, {
          metadata: request.url?.includes('limit') === true ? { continue: 'x' } : {},
          items: [pod('a')],
        })
    })
    expect((await kube.list(resources.pods)).map(({ metadata }) => metadata.name)).toEqual(['a'])
    expect(seen).toEqual([
      'GET /api/v1/pods?limit=500',
      'GET /api/v1/pods?limit=500&continue=x',
      'GET /api/v1/pods',
    ])
  })

  test('kinds of other groups have their own paths', async () => {
    const { kube, seen } = await serving((_, response) => send(response, 200, { items: [] }))
    await kube.list(resources.deployments, { namespace: 'a' })
    await kube.list(resources.endpointslices)
    await kube.list(resources.nodes, {
      namespace: 'ignored',
      fieldSelector: 'spec.unschedulable=true',
    })
    expect(seen).toEqual([
      'GET /apis/apps/v1/namespaces/a/deployments?limit=500',
      'GET /apis/discovery.k8s.io/v1/endpointslices?limit=500',
      'GET /api/v1/nodes?limit=500&fieldSelector=spec.unschedulable%3Dtrue',
    ])
  })
})

describe('may', () => {
  test('asks with a review, which stores nothing, and reads the answer from it', async () => {
    const asked: unknown[] = []
    const { kube, seen } = await serving(
      (request, response) =>
        void bodyOf(request).then(body => {
          asked.push(body)
          send(response, 201, {
            kind: 'SelfSubjectAccessReview',
            status: { allowed: asked.length === 1 },
          })
        }),
    )
    expect([
      await kube.may({
        verb: 'patch',
        group: 'apps',
        resource: 'deployments/scale',
        namespace: 'a',
        name: 'web',
      }),
      await kube.may({ verb: 'list', group: '', resource: 'nodes' }),
    ]).toEqual([true, false])
    expect(seen).toEqual([
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    ])
    expect(asked).toEqual([
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: {
            verb: 'patch',
            group: 'apps',
            resource: 'deployments',
            subresource: 'scale',
            namespace: 'a',
            name: 'web',
          },
        },
      },
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', group: '', resource: 'nodes' } },
      },
    ])
  })

  test('rejects an answer without a verdict instead of reading it as “no”', async () => {
    const { kube } = await serving((_, response) =>
      send(response, 201, { kind: 'SelfSubjectAccessReview', status: {} }),
    )
    expect(await messageOf(kube.may({ verb: 'list', group: '', resource: 'nodes' }))).toMatch(
      /selfsubjectaccessreviews/,
    )
  })
})

describe('one object', () => {
  test('get resolves with the object, or with undefined if there is none', async () => {
    const { kube } = await serving((request, response) => {
      if (request.url === '/api/v1/nodes/n%2F1')
        send(response, 200, { kind: 'Node', apiVersion: 'v1', metadata: { name: 'n/1' } })
      else
        send(response, 404, {
          kind: 'Status',
          reason: 'NotFound',
          message: 'nodes "x" not found',
          code: 404,
        })
    })
    expect(await kube.get(resources.nodes, 'n/1')).toEqual({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n/1' },
    })
    expect(await kube.get(resources.nodes, 'x')).toBeUndefined()
  })

  test('create, patch and remove send the requests that Kubernetes expects', async () => {
    const bodies: unknown[] = []
    const { kube, seen } = await serving((request, response) => {
      void bodyOf(request).then(body => {
        bodies.push([request.headers['content-type'], body])
        send(response, 200, pod('a'))
      })
    })
    await kube.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'joelclaw' },
      spec: { containers: [] },
    })
    await kube.patch(resources.pods, 'a', 'joelclaw', 'json', [{ op: 'remove', path: '/spec' }])
    await kube.patch(resources.nodes, 'n', undefined, 'merge', { spec: { unschedulable: null } })
    await kube.patch(
      resources.deployments,
      'd',
      'joelclaw',
      'strategic',
      { spec: { replicas: 1 } },
      { subresource: 'scale' },
    )
    expect(
      await kube.remove(resources.pods, 'a', 'joelclaw', { gracePeriodSeconds: 0, uid: 'u' }),
    ).toBe('deleted')
    expect(seen).toEqual([
      'POST /api/v1/namespaces/joelclaw/pods',
      'PATCH /api/v1/namespaces/joelclaw/pods/a',
      'PATCH /api/v1/nodes/n',
      'PATCH /apis/apps/v1/namespaces/joelclaw/deployments/d/scale',
      'DELETE /api/v1/namespaces/joelclaw/pods/a',
    ])
    expect(bodies).toEqual([
      [
        'application/json',
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'a', namespace: 'joelclaw' },
          spec: { containers: [] },
        },
      ],
      ['application/json-patch+json', [{ op: 'remove', path: '/spec' }]],
      ['application/merge-patch+json', { spec: { unschedulable: null } }],
      ['application/strategic-merge-patch+json', { spec: { replicas: 1 } }],
      [
        'application/json',
        {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          gracePeriodSeconds: 0,
          preconditions: { uid: 'u' },
        },
      ],
    ])
  })

  test('remove resolves if the object is missing, and rejects if its uid differs', async () => {
    let status = 404
    const { kube } = await serving((_, response) =>
      send(response, status, {
        kind: 'Status',
        reason: status === 404 ? 'NotFound' : 'Conflict',
        message: 'the UID in the precondition (a) does not match the UID in record (b)',
      }),
    )
    expect(await kube.remove(resources.pods, 'a', 'x')).toBe('not found')
    status = 409
    await expect(kube.remove(resources.pods, 'a', 'x', { uid: 'a' })).rejects.toMatchObject({
      name: 'KubeError',
      status: 409,
      reason: 'Conflict',
      path: '/api/v1/namespaces/x/pods/a',
      message:
        'DELETE /api/v1/namespaces/x/pods/a: 409 Conflict: ' +
        'the UID in the precondition (a) does not match the UID in record (b)',
    })
  })
})

describe('errors', () => {
  test('only raw leaves the status to the caller', async () => {
    const { kube } = await serving((_, response) =>
      send(response, 500, '[-]etcd failed: reason withheld\nreadyz check failed'),
    )
    expect(await kube.raw('/readyz?verbose')).toMatchObject({
      status: 500,
      body: '[-]etcd failed: reason withheld\nreadyz check failed',
      headers: { 'content-type': 'application/json' },
    })
    expect(await messageOf(kube.list(resources.pods))).toBe(
      'GET /api/v1/pods: 500 Unknown: [-]etcd failed: reason withheld\nreadyz check failed',
    )
  })

  test('an answer that is not the expected JSON is garbage', async () => {
    const bodies = ['<html>It works!</html>', '{"ok":true}']
    const { kube, port } = await serving((_, response) => send(response, 200, bodies.shift()))
    const error = await kube.list(resources.pods).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(KubeError)
    expect(error).toMatchObject({
      reason: 'Garbage',
      message:
        `http://127.0.0.1:${port} answered GET /api/v1/pods with 200, ` +
        'but not as an API server does: “<html>It works!</html>”',
    })
    expect(await messageOf(kube.list(resources.pods))).toContain('“{"ok":true}”')
  })

  test('a closed port: the message has the server, the code and its meaning', async () => {
    const { kube, port, stop } = await serving(() => undefined)
    await stop()
    const error = await kube.list(resources.pods).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(KubeUnreachable)
    expect(error).toMatchObject({
      code: 'ECONNREFUSED',
      message:
        `http://127.0.0.1:${port} did not answer: ` +
        `ECONNREFUSED 127.0.0.1:${port}: nothing listens there`,
    })
  })

  test('a connection that is accepted and closed: a forwarder does that', async () => {
    const { kube } = await serving(request => request.socket.destroy())
    expect(await messageOf(kube.list(resources.pods))).toMatch(
      /: (UND_ERR_SOCKET|ECONNRESET) 127\.0\.0\.1:\d+: it accepted the connection and closed it/,
    )
  })

  test('silence ends at the deadline, which also closes the request at the server', async () => {
    const gone = Promise.withResolvers<void>()
    const { kube, port, wake } = await serving(
      (_, response) => {
        response.on('close', () => gone.resolve())
        wake()
      },
      { deadline: 3000 },
    )
    const error = await kube.list(resources.pods).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      name: 'KubeUnreachable',
      code: 'SILENT',
      message: `http://127.0.0.1:${port} did not answer within 3.0 s`,
    })
    await gone.promise
  })

  test('an aborted signal ends a request with the reason of the signal', async () => {
    const control = new AbortController()
    const { kube } = await serving(() => control.abort(new Error('the drill is over')), {
      signal: control.signal,
    })
    expect(await messageOf(kube.get(resources.nodes, 'n'))).toBe('the drill is over')
  })

  test('a forbidden request rejects as a forbidden act and is never sent', async () => {
    const { call, target, seen } = await serving((_, response) => send(response, 200, {}))
    const kube = await openKube({ ...call, runtime: guarded(call.runtime) }, target)
    await expect(
      kube.remove(resources.persistentvolumeclaims, 'data-redis-0', 'joelclaw'),
    ).rejects.toMatchObject({ name: 'ForbiddenAct', act: 'delete-claim' })
    expect(seen).toEqual([])
  })

  test.for([
    [
      'CERT_SIGNATURE_FAILURE',
      'no authority in the kubeconfig signed its certificate: another server owns the port, ' +
        'or the cluster was recreated',
    ],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'its certificate is for other names than the one in the kubeconfig',
    ],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS: another program may own the port'],
    ['SOMETHING_NEW', 'deep trouble'],
  ])('a TLS error is explained in a sentence: %s', ([code, meaning]) => {
    const error = connectionError(
      'https://127.0.0.1:6443',
      new TypeError('fetch failed', { cause: Object.assign(new Error('deep trouble'), { code }) }),
    )
    expect(error.message).toBe(
      `https://127.0.0.1:6443 did not answer: ${code} 127.0.0.1:6443: ${meaning}`,
    )
  })

  test('a status without a Status object is reported by its number', () => {
    expect(statusError('GET /x', '/x', 503, '').message).toBe('GET /x: 503 Unknown: no body')
  })
})
