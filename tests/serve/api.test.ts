// The API of a served lab as clients see it: authentication, tables, watches, bodies, and commands
// in containers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Agent, WebSocket, type Response } from 'undici'
import { parse } from 'yaml'
import { z } from 'zod'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ServedLab } from '#lab/serve/index.ts'
import { ask, send, servedLab } from './stage.ts'

let served: ServedLab
beforeAll(async () => {
  served = await servedLab()
})
afterAll(() => served.stop())

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const unauthorized = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
}

describe('authentication', () => {
  test.each([
    ['no token', undefined],
    ['another token', 'a'.repeat(64)],
    ['the beginning of the token', 'a'],
  ])('with %s nobody: 401 with the Status of a real server', async (_name, token) => {
    const answer = await send(served, '/api/v1/pods', token === undefined ? {} : { token })
    expect([answer.status, await answer.json()]).toEqual([401, unauthorized])
  })

  test('health and version need no credentials', async () => {
    const paths = ['/readyz', '/livez', '/healthz', '/version']
    expect(await Promise.all(paths.map(async path => (await send(served, path)).status))).toEqual([
      200, 200, 200, 200,
    ])
  })

  test('accepts a token, and the certificate of the host’s own kubeconfig', async () => {
    expect((await ask(served, '/api/v1/namespaces/default')).status).toBe(200)
    const shape = z.object({
      users: z.array(z.object({ name: z.string(), user: z.record(z.string(), z.string()) })),
    })
    const { users } = shape.parse(parse(readFileSync(join(served.home, '.kube', 'config'), 'utf8')))
    const user = users.find(({ name }) => name === 'admin@joelclaw-1')?.user ?? {}
    const pem = (key: string): string => Buffer.from(user[key] ?? '', 'base64').toString()
    const certificate = { cert: pem('client-certificate-data'), key: pem('client-key-data') }
    expect((await send(served, '/api/v1/namespaces/default', { certificate })).status).toBe(200)
  })

  test('only the loopback, with a certificate, and a kubeconfig for its user only', () => {
    expect(new URL(served.url).hostname).toBe('127.0.0.1')
    expect(
      [served.folder, served.kubeconfig, join(served.home, '.kube', 'config')].map(path =>
        (statSync(path).mode & 0o777).toString(8),
      ),
    ).toEqual(['700', '600', '600'])
    expect(readFileSync(served.kubeconfig, 'utf8')).toContain(`token: ${served.token}`)
  })
})

const table = z.object({
  kind: z.literal('Table'),
  apiVersion: z.literal('meta.k8s.io/v1'),
  columnDefinitions: z.array(
    z.object({ name: z.string(), type: z.string(), priority: z.number() }),
  ),
  rows: z.array(
    z.object({
      cells: z.array(z.unknown()),
      object: z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) }),
    }),
  ),
})
const heads = (
  { columnDefinitions }: z.output<typeof table>,
  priority: number,
): readonly string[] =>
  columnDefinitions.filter(one => one.priority <= priority).map(({ name }) => name.toUpperCase())

describe('tables', () => {
  test('pods have the columns of kubectl and a status', async () => {
    const made = table.parse(
      (
        await ask(
          served,
          '/api/v1/namespaces/joelclaw/pods?fieldSelector=metadata.name%3Dredis-0',
          { accept: asTable },
        )
      ).body,
    )
    expect(heads(made, 1)).toEqual([
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ])
    expect(made.rows.map(({ cells }) => cells)).toEqual([
      [
        'redis-0',
        '1/1',
        'Running',
        '0',
        expect.stringMatching(/^1(19|20)m$/),
        expect.stringMatching(/^10\.244\.0\.\d+$/),
        'joelclaw-controlplane-1',
        '<none>',
        '<none>',
      ],
    ])
    expect(made.rows[0]?.object).toMatchObject({
      kind: 'PartialObjectMetadata',
      metadata: { name: 'redis-0' },
    })
  })

  test.each([
    ['/api/v1/nodes', ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION']],
    ['/api/v1/services', ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE']],
    ['/apis/apps/v1/deployments', ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE']],
    ['/apis/apps/v1/replicasets', ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE']],
    ['/apis/apps/v1/statefulsets', ['NAME', 'READY', 'AGE']],
    [
      '/apis/apps/v1/daemonsets',
      ['NAME', 'DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR', 'AGE'],
    ],
    ['/apis/batch/v1/jobs', ['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE']],
    ['/api/v1/events', ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']],
    ['/api/v1/namespaces', ['NAME', 'STATUS', 'AGE']],
    [
      '/api/v1/persistentvolumeclaims',
      [
        'NAME',
        'STATUS',
        'VOLUME',
        'CAPACITY',
        'ACCESS MODES',
        'STORAGECLASS',
        'VOLUMEATTRIBUTESCLASS',
        'AGE',
      ],
    ],
    [
      '/api/v1/persistentvolumes',
      [
        'NAME',
        'CAPACITY',
        'ACCESS MODES',
        'RECLAIM POLICY',
        'STATUS',
        'CLAIM',
        'STORAGECLASS',
        'VOLUMEATTRIBUTESCLASS',
        'REASON',
        'AGE',
      ],
    ],
    ['/api/v1/configmaps', ['NAME', 'DATA', 'AGE']],
    ['/api/v1/secrets', ['NAME', 'TYPE', 'DATA', 'AGE']],
    [
      '/apis/discovery.k8s.io/v1/endpointslices',
      ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
    ],
    ['/apis/coordination.k8s.io/v1/leases', ['NAME', 'HOLDER', 'AGE']],
    [
      '/apis/storage.k8s.io/v1/storageclasses',
      ['NAME', 'PROVISIONER', 'RECLAIMPOLICY', 'VOLUMEBINDINGMODE', 'ALLOWVOLUMEEXPANSION', 'AGE'],
    ],
  ])('%s', async (path, expected) => {
    const made = table.parse((await ask(served, path, { accept: asTable })).body)
    expect(heads(made, 0)).toEqual(expected)
    expect(made.rows.filter(({ cells }) => cells.length !== made.columnDefinitions.length)).toEqual(
      [],
    )
  })

  test('a missing object is a Status, not a table', async () => {
    expect(
      await ask(served, '/api/v1/namespaces/joelclaw/pods/nope', { accept: asTable }),
    ).toMatchObject({ status: 404, body: { kind: 'Status', message: 'pods "nope" not found' } })
  })
})

/** Reads the lines of a watch one by one. */
async function* lines(answer: Response): AsyncGenerator {
  let held = ''
  if (answer.body === null) return
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    held += chunk
    for (let end = held.indexOf('\n'); end !== -1; end = held.indexOf('\n')) {
      const line: unknown = JSON.parse(held.slice(0, end))
      yield line
      held = held.slice(end + 1)
    }
  }
}

describe('watches', () => {
  test('send each change over HTTP as it happens', async () => {
    const path = '/api/v1/namespaces/default/configmaps'
    const reading = lines(await send(served, `${path}?watch=true`, { token: served.token }))
    const next = async (): Promise<unknown> => (await reading.next()).value
    await ask(served, path, {
      method: 'POST',
      body: JSON.stringify({ metadata: { name: 'seen' }, data: { a: '1' } }),
    })
    expect(await next()).toMatchObject({
      type: 'ADDED',
      object: { kind: 'ConfigMap', metadata: { name: 'seen' }, data: { a: '1' } },
    })
    await ask(served, `${path}/seen`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: '{"data":{"a":"2"}}',
    })
    expect(await next()).toMatchObject({ type: 'MODIFIED', object: { data: { a: '2' } } })
    await ask(served, `${path}/seen`, { method: 'DELETE' })
    expect(await next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'seen' } } })
    await reading.return(undefined)
  })

  test('as tables name their columns once', async () => {
    const reading = lines(
      await send(served, '/api/v1/namespaces?watch=true', { token: served.token, accept: asTable }),
    )
    const event = z.object({ type: z.string(), object: table })
    const [first, second] = [
      event.parse((await reading.next()).value),
      event.parse((await reading.next()).value),
    ]
    await reading.return(undefined)
    expect(
      [first, second].map(({ type, object }) => [
        type,
        object.columnDefinitions.length,
        object.rows.length,
      ]),
    ).toEqual([
      ['ADDED', 3, 1],
      ['ADDED', 0, 1],
    ])
  })

  test('end with their client, and the server goes on', async () => {
    const answer = await send(served, '/api/v1/pods?watch=true', { token: served.token })
    await answer.body?.cancel()
    expect((await ask(served, '/api/v1/namespaces/default')).status).toBe(200)
  })
})

/** A field of a protobuf message that contains bytes. */
const field = (number: number, body: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, Buffer.byteLength(body)]), Buffer.from(body)])

describe('bodies', () => {
  test('in protobuf, as typed clients send them, are read', async () => {
    const type = Buffer.concat([
      field(1, 'authorization.k8s.io/v1'),
      field(2, 'SelfSubjectAccessReview'),
    ])
    const attributes = Buffer.concat([
      field(1, 'joelclaw'),
      field(2, 'delete'),
      field(3, ''),
      field(5, 'pods'),
    ])
    const review = Buffer.concat([field(1, ''), field(2, field(1, attributes))])
    const body = Buffer.concat([
      Buffer.from('k8s\0'),
      field(1, type),
      field(2, review),
      field(3, ''),
    ])
    expect(
      await ask(served, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        method: 'POST',
        type: 'application/vnd.kubernetes.protobuf',
        body,
      }),
    ).toMatchObject({
      status: 201,
      body: {
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { namespace: 'joelclaw', verb: 'delete', resource: 'pods' } },
        status: { allowed: true },
      },
    })
  })

  test.each([
    ['protobuf that is none', 'application/vnd.kubernetes.protobuf', 'k8s?', 400],
    ['protobuf that ends early', 'application/vnd.kubernetes.protobuf', 'k8s\0\n\u007f', 400],
    ['half a JSON', 'application/json', '{"metadata":', 400],
    ['more than three megabytes', 'application/json', ' '.repeat(3 * 2 ** 20 + 1), 413],
  ])('%s: %s, %#', async (_name, type, body, status) => {
    const answer = await ask(served, '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      type,
      body,
    })
    expect(answer).toMatchObject({ status, body: { kind: 'Status', code: status } })
  })

  test('with an unknown field are refused if the client asks for validation', async () => {
    const body = JSON.stringify({
      metadata: { name: 'typo' },
      spec: {
        replica: 2,
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'a', image: 'b', port: [] }] },
        },
      },
    })
    expect(
      await ask(
        served,
        '/apis/apps/v1/namespaces/default/deployments?fieldValidation=Strict&dryRun=All',
        { method: 'POST', body },
      ),
    ).toMatchObject({
      status: 400,
      body: {
        message:
          'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ' +
          'unknown field "spec.replica", unknown field "spec.template.spec.containers[0].port"',
      },
    })
    expect(
      (
        await ask(
          served,
          '/apis/apps/v1/namespaces/default/deployments?fieldValidation=Ignore&dryRun=All',
          { method: 'POST', body },
        )
      ).status,
    ).toBe(201)
  })
})

/** The output of a command in a container by channel, and how the connection ends. */
function exec(path: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    const socket = new WebSocket(`${served.url.replace('https', 'wss')}${path}`, {
      protocols: ['v5.channel.k8s.io'],
      headers: { authorization: `Bearer ${served.token}` },
      dispatcher: new Agent({ connect: { ca: served.ca } }),
    })
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', event => {
      const bytes = Buffer.from(event.data as ArrayBuffer)
      said.push(`${bytes[0]} ${bytes.subarray(1).toString()}`)
    })
    socket.addEventListener('close', () => resolve(said))
    socket.addEventListener('error', () => reject(new Error(`no WebSocket at ${path}`)))
  })
}

describe('commands in containers', () => {
  const pod = '/api/v1/namespaces/joelclaw/pods/redis-0/exec?stdout=true&stderr=true'

  test('run and report their exit code', async () => {
    expect(await exec(`${pod}&command=redis-cli&command=ping`)).toEqual([
      '1 PONG\n',
      '3 {"metadata":{},"status":"Success"}',
    ])
    expect((await exec(`${pod}&command=false`)).map(line => line.slice(0, 200))).toEqual([
      expect.stringContaining('"reason":"NonZeroExitCode"'),
    ])
  })

  test.each([
    ['a pod that is not there', pod.replace('redis-0', 'nope')],
    ['a container that is not there', `${pod}&container=nope&command=true`],
    ['a forwarded port', '/api/v1/namespaces/joelclaw/pods/redis-0/portforward?ports=6379'],
  ])('%s: the upgrade is refused', async (_name, path) => {
    await expect(exec(path)).rejects.toThrow('no WebSocket')
  })

  test.each([
    ['nope/log', 404, 'pods "nope" not found'],
    ['redis-0/log?container=nope', 400, 'container nope is not valid for pod redis-0'],
    [
      'redis-0/log?previous=true',
      400,
      'previous terminated container "redis" in pod "redis-0" not found',
    ],
    [
      'redis-0/log?tailLines=x',
      400,
      'tailLines: Invalid value: "x": must be a non-negative integer',
    ],
    [
      'redis-0/portforward',
      403,
      'pods "redis-0" is forbidden: User "kubernetes-admin" cannot create resource ' +
        '"pods/portforward" in API group "" in the namespace "joelclaw"',
    ],
  ])('%s says %i %s', async (path, status, message) => {
    expect(await ask(served, `/api/v1/namespaces/joelclaw/pods/${path}`)).toMatchObject({
      status,
      body: { message },
    })
  })
})
