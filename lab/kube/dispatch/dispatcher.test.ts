// The dispatcher, through undici's fetch and request and client-node's Watch.
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node'
import type { Dispatcher, RequestInit } from 'undici'
import { fetch } from 'undici'
import { describe, expect, test } from 'vitest'
import type { Connect, Connection } from './dispatcher.ts'
import { apiDispatcher } from './dispatcher.ts'
import {
  beginning,
  deployment,
  pod,
  podsPath,
  service,
  servicesPath,
  testbed,
} from '#lab/kube/testbed.ts'

const server = 'https://127.0.0.1:6443'

/** Sends a request with undici's fetch, and reads the JSON of the answer. */
async function send(
  dispatcher: Dispatcher,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
) {
  const init: RequestInit = { dispatcher, method }
  if (body !== undefined) {
    init.body = JSON.stringify(body)
    init.headers = { 'content-type': type }
  }
  const response = await fetch(server + path, init)
  return {
    status: response.status,
    date: response.headers.get('date'),
    type: response.headers.get('content-type'),
    body: (await response.json()) as object,
  }
}

/** A cluster behind a dispatcher. Its connection can be replaced, and its server can die. */
function connected(ms = 5) {
  const bed = testbed()
  const listeners = new Set<() => void>()
  const open: Connection = {
    kind: 'open',
    ms,
    handle: request => bed.api.handle(request),
    onBreak: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const way = { connection: open as Connection, asked: [] as Parameters<Connect>[0][] }
  const { clock } = bed.context
  const dispatcher = apiDispatcher(clock, { verify: true, ca: 'CA' }, to => {
    way.asked.push(to)
    return way.connection
  })
  return {
    bed,
    clock,
    dispatcher,
    way,
    call: (method: string, path: string, body?: unknown, type?: string) =>
      send(dispatcher, method, path, body, type),
    listeners,
    since: () => clock.now() - beginning,
    die: () => [...listeners].forEach(listener => listener()),
  }
}

async function failure(
  promise: Promise<unknown>,
): Promise<{ name: string; message: string; cause: object }> {
  try {
    await promise
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { cause } = error
    return {
      name: error.name,
      message: error.message,
      cause: cause instanceof Error ? Object.assign({}, cause, { message: cause.message }) : {},
    }
  }
  throw new Error('expected a rejection')
}

describe('fetch', () => {
  test('takes virtual time, and its answers are dated by it', async () => {
    const { call, clock, since, way } = connected(250)
    expect(await call('GET', '/api')).toMatchObject({
      status: 200,
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      type: 'application/json',
    })
    await clock.sleep(59_500)
    expect(await call('GET', '/api/v1/pods')).toMatchObject({
      status: 200,
      date: 'Thu, 01 Jan 2026 00:01:00 GMT',
      body: { kind: 'PodList' },
    })
    expect(since()).toBe(60_000)
    expect(way.asked).toEqual(
      Array.from({ length: 2 }, () => ({
        host: '127.0.0.1',
        port: 6443,
        tls: { verify: true, ca: 'CA' },
      })),
    )
  })

  test('sends bodies: create, patch, delete', async () => {
    const { call } = connected()
    expect(await call('POST', podsPath, pod('x', {}, { nodeName: 'n1' }))).toMatchObject({
      status: 201,
      body: { metadata: { name: 'x' } },
    })
    expect(
      await call(
        'PATCH',
        `${podsPath}/x`,
        [{ op: 'add', path: '/metadata/labels', value: { big: 'y'.repeat(60) } }],
        'application/json-patch+json',
      ),
    ).toMatchObject({ status: 200, body: { metadata: { labels: { big: 'y'.repeat(60) } } } })
    expect(await call('DELETE', `${podsPath}/x`, { gracePeriodSeconds: 7 })).toMatchObject({
      status: 200,
      body: { metadata: { deletionGracePeriodSeconds: 7 } },
    })
  })

  test('sends bytes and streams, also beyond the size of a buffer', async () => {
    const { bed, dispatcher } = connected()
    const data = { big: 'ü'.repeat(200_000) }
    const text = JSON.stringify({ metadata: { name: 'c' }, data })
    const path = '/api/v1/namespaces/default/configmaps'
    const bytes = new TextEncoder().encode(text)
    async function* chunks() {
      for (let from = 0; from < bytes.length; from += 1001) yield bytes.subarray(from, from + 1001)
    }
    const streamed = await fetch(`${server}${path}`, {
      dispatcher,
      method: 'POST',
      body: chunks(),
      duplex: 'half',
    })
    expect(streamed.status).toBe(201)
    const whole = await fetch(`${server}${path}/c`, { dispatcher })
    expect(await whole.json()).toMatchObject({ data })
    const replaced = await fetch(`${server}${path}/c`, {
      dispatcher,
      method: 'PUT',
      body: new TextEncoder().encode(JSON.stringify({ metadata: { name: 'c' }, data: { a: 'b' } })),
    })
    expect(replaced.status).toBe(200)
    expect(bed.ask('GET', `${path}/c`).body).toMatchObject({ data: { a: 'b' } })
  })

  test.each<[Connection, object]>([
    [
      { kind: 'refused', ms: 1 },
      {
        code: 'ECONNREFUSED',
        errno: -111,
        syscall: 'connect',
        address: '127.0.0.1',
        port: 6443,
        message: 'connect ECONNREFUSED 127.0.0.1:6443',
      },
    ],
    [
      { kind: 'reset', ms: 30 },
      { code: 'ECONNRESET', errno: -104, syscall: 'read', message: 'read ECONNRESET' },
    ],
    [
      {
        kind: 'tls',
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        message: 'self-signed certificate',
        ms: 8,
      },
      { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' },
    ],
    [
      {
        kind: 'tls',
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
        message:
          "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the " +
          "cert's list: 10.5.0.2",
        ms: 8,
      },
      {
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
        host: '127.0.0.1',
        reason: "IP: 127.0.0.1 is not in the cert's list: 10.5.0.2",
        message:
          "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the " +
          "cert's list: 10.5.0.2",
      },
    ],
    [
      {
        kind: 'tls',
        code: 'EPROTO',
        message:
          'write EPROTO 00:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error',
        ms: 8,
      },
      {
        code: 'EPROTO',
        errno: -71,
        syscall: 'write',
        message:
          'write EPROTO 00:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error',
      },
    ],
  ])('fails like undici: %j', async (connection, cause) => {
    const { call, way, since } = connected()
    way.connection = connection
    expect(await failure(call('GET', '/version'))).toEqual({
      name: 'TypeError',
      message: 'fetch failed',
      cause,
    })
    expect(since()).toBe(connection.ms)
  })

  test('waits for a silent server until its signal aborts', async () => {
    const { clock, dispatcher, way, since } = connected()
    way.connection = { kind: 'silent', ms: 0 }
    const controller = new AbortController()
    const answer = failure(fetch(`${server}/version`, { dispatcher, signal: controller.signal }))
    await clock.sleep(10_000)
    controller.abort(new DOMException('The deadline passed', 'TimeoutError'))
    expect(await answer).toMatchObject({ name: 'TimeoutError', message: 'The deadline passed' })
    expect(since()).toBe(10_000)
  })

  test('waits for a hanging server, while other requests go on', async () => {
    const { bed, call, clock, dispatcher } = connected()
    bed.api.disturb(request => (request.path === '/version' ? 'hang' : undefined))
    const controller = new AbortController()
    const hanging = failure(fetch(`${server}/version`, { dispatcher, signal: controller.signal }))
    expect(await call('GET', '/api')).toMatchObject({ status: 200 })
    await clock.sleep(1000)
    controller.abort()
    expect(await hanging).toMatchObject({ name: 'AbortError' })
  })

  test('breaks when the server dies under way', async () => {
    const { call, clock, die, since, listeners } = connected(100)
    clock.after(40, die)
    expect(await failure(call('GET', '/version'))).toMatchObject({
      message: 'fetch failed',
      cause: { code: 'UND_ERR_SOCKET', message: 'other side closed' },
    })
    expect({ at: since(), listening: listeners.size }).toEqual({ at: 40, listening: 0 })
  })

  test('does not connect if its signal has already aborted', async () => {
    const { dispatcher, way } = connected()
    expect(await failure(fetch(server, { dispatcher, signal: AbortSignal.abort() }))).toMatchObject(
      { name: 'AbortError' },
    )
    expect(way.asked).toEqual([])
  })

  test('answers concurrent requests in the order of their latency', async () => {
    const { bed, dispatcher, way } = connected()
    const order: number[] = []
    await Promise.all(
      [30, 10, 20].map(async ms => {
        way.connection = {
          kind: 'open',
          ms,
          handle: request => bed.api.handle(request),
          onBreak: () => () => undefined,
        }
        const response = await fetch(`${server}/version`, { dispatcher })
        await response.text()
        order.push(ms)
      }),
    )
    expect(order).toEqual([10, 20, 30])
  })
})

test('the request method of a dispatcher works as well', async () => {
  const { dispatcher, since } = connected()
  const made = await dispatcher.request({
    origin: server,
    path: servicesPath,
    method: 'POST',
    body: JSON.stringify(service('x')),
    headers: ['content-type', 'application/json'],
  })
  expect([made.statusCode, since()]).toEqual([201, 5])
  expect(await made.body.json()).toMatchObject({ metadata: { name: 'x' } })
  const listed = await dispatcher.request({
    origin: server,
    path: '/api/v1/services',
    method: 'GET',
    query: { labelSelector: 'none' },
  })
  expect(await listed.body.json()).toMatchObject({ items: [] })
  await dispatcher.close()
  await expect(
    dispatcher.request({ origin: server, path: '/version', method: 'GET' }),
  ).rejects.toMatchObject({ code: 'UND_ERR_CLOSED' })
})

/**
 * A kubeconfig whose requests go through a dispatcher: `createDispatcher` is private in the types
 * alone.
 */
function configOf(dispatcher: Dispatcher): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'lab', server }],
    users: [{ name: 'me' }],
    contexts: [{ name: 'lab', cluster: 'lab', user: 'me' }],
    currentContext: 'lab',
  })
  Reflect.set(config, 'createDispatcher', () => dispatcher)
  return config
}

describe("client-node's Watch", () => {
  async function watching(path = '/api/v1/pods', ms = 5) {
    const lab = connected(ms)
    const seen: string[] = []
    const stamp = (text: string) => seen.push(`${lab.since()} ${text}`)
    const controller = await new Watch(configOf(lab.dispatcher)).watch(
      path,
      { allowWatchBookmarks: true },
      (phase: string, object: { metadata: { name?: string } }) =>
        stamp(`${phase} ${object.metadata.name ?? ''}`),
      (error: unknown) =>
        stamp(
          error instanceof Error
            ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`
            : 'done',
        ),
    )
    return { ...lab, seen, controller }
  }

  test('gets each change when it happens', async () => {
    const { bed, clock, seen, controller } = await watching()
    clock.after(1000, () => bed.ask('POST', podsPath, pod('a')))
    clock.after(2500, () => bed.ask('POST', podsPath, pod('b')))
    await clock.sleep(4000)
    controller.abort()
    await clock.sleep(1)
    expect(seen).toEqual(['1005 ADDED a', '2505 ADDED b', '4005 This operation was aborted'])
  })

  test('lets its reader react before time goes on', async () => {
    const lab = connected()
    const { bed, clock, call } = lab
    const watched = new Watch(configOf(lab.dispatcher))
    await watched.watch(
      '/api/v1/pods',
      {},
      (phase: string) => {
        if (phase === 'ADDED') void call('POST', servicesPath, service('reaction'))
      },
      () => undefined,
    )
    clock.after(1000, () => bed.ask('POST', podsPath, pod('a')))
    const seen: string[][] = []
    for (const ms of [1004, 1006]) clock.after(ms, () => seen.push(bed.names(servicesPath)))
    await clock.sleep(2000)
    // The request began at 1000 with the event, and takes 5 ms.
    expect(seen).toEqual([[], ['reaction']])
  })

  test('makes no time pass by itself', async () => {
    const { since, controller } = await watching()
    for (let turn = 0; turn < 20; turn += 1) await new Promise(done => setImmediate(done))
    expect(since()).toBe(5)
    controller.abort()
  })

  test('breaks when the server dies, and leaves no listener', async () => {
    const { clock, die, seen, listeners } = await watching()
    clock.after(3000, die)
    await clock.sleep(5000)
    expect(seen).toEqual(['3005 terminated: other side closed'])
    expect(listeners.size).toBe(0)
  })

  test('ends at once if the connection is refused', async () => {
    const lab = connected()
    lab.way.connection = { kind: 'refused', ms: 2 }
    const ends: unknown[] = []
    await new Watch(configOf(lab.dispatcher)).watch(
      '/api/v1/pods',
      {},
      () => undefined,
      error => ends.push(error),
    )
    expect(ends).toEqual([
      expect.objectContaining({
        message: 'fetch failed',
        cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
      }),
    ])
  })

  test('gets the error of an expired version, and its end', async () => {
    const lab = connected()
    lab.bed.ask('POST', podsPath, pod('a'))
    lab.bed.ask('POST', podsPath, pod('b'))
    lab.bed.context.store.compact()
    const seen: unknown[] = []
    await new Watch(configOf(lab.dispatcher)).watch(
      '/api/v1/pods',
      { resourceVersion: '1003' },
      (phase: string, object: { code: number }) => seen.push([phase, object.code]),
      error => seen.push(error),
    )
    await lab.clock.sleep(1)
    expect(seen).toEqual([['ERROR', 410], null])
  })

  test('gets a thousand objects at the same time', async () => {
    const lab = connected()
    for (let index = 0; index < 1000; index += 1) lab.bed.put(pod(`p${index}`))
    const seen: number[] = []
    await new Watch(configOf(lab.dispatcher)).watch(
      '/api/v1/pods',
      {},
      () => seen.push(lab.since()),
      () => undefined,
    )
    await lab.clock.sleep(1)
    expect([seen.length, ...new Set(seen)]).toEqual([1000, 5])
  })
})

describe("client-node's clients", () => {
  test('create, patch, list and delete', async () => {
    const config = configOf(connected().dispatcher)
    const core = config.makeApiClient(CoreV1Api)
    const apps = config.makeApiClient(AppsV1Api)
    await core.createNamespacedPod({
      namespace: 'default',
      body: pod('x', { app: 'x' }, { nodeName: 'n1' }),
    })
    await apps.createNamespacedDeployment({ namespace: 'default', body: deployment('d', 2) })
    await apps.patchNamespacedDeploymentScale(
      { namespace: 'default', name: 'd', body: { spec: { replicas: 0 } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    )
    const gone = await core.deleteNamespacedPod({
      namespace: 'default',
      name: 'x',
      gracePeriodSeconds: 3,
    })
    const pods = await core.listPodForAllNamespaces({ labelSelector: 'app=x' })
    expect([
      (await apps.readNamespacedDeployment({ namespace: 'default', name: 'd' })).spec?.replicas,
      gone.metadata?.deletionGracePeriodSeconds,
      pods.items.length,
    ]).toEqual([0, 3, 1])
  })

  test('throw the Status of a refusal', async () => {
    const core = configOf(connected().dispatcher).makeApiClient(CoreV1Api)
    await expect(core.readNamespacedPod({ namespace: 'default', name: 'x' })).rejects.toMatchObject(
      { code: 404, body: expect.stringContaining('pods \\"x\\" not found') },
    )
  })
})

test('two runs over the dispatcher are the same', async () => {
  const run = async () => {
    const { call, clock, since } = connected(7)
    const history: unknown[] = []
    for (const name of ['a', 'b', 'c']) {
      history.push(since(), await call('POST', servicesPath, service(name, { type: 'NodePort' })))
      await clock.sleep(11)
    }
    return JSON.stringify([history, await call('GET', servicesPath)])
  }
  expect(await run()).toBe(await run())
})
