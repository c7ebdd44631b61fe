// A small cluster for the tests of this folder: two namespaces, an API server, and short functions
// that send requests.
import type { KubeObject } from '#src/model/kube.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import { Store } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { ApiOptions, ApiRequest, ApiResponse, ApiServer } from './api-server.ts'
import { createApiServer } from './api-server.ts'
import type { Json } from './patch/json.ts'
import { at, numberAt, textAt } from './patch/json.ts'

export interface Answered {
  status: number
  headers: Record<string, string>
  /** Parsed JSON, or the text of any other body. */
  body: Json
}

export interface Watched {
  /** Its events in order: `ADDED default/x @1003`. */
  lines: string[]
  ended: boolean
  stop(): void
}

export interface Testbed {
  context: LabContext
  api: ApiServer
  ask(method: string, path: string, body?: unknown, contentType?: string): Answered
  /** Sends a merge patch. */
  mergePatch(path: string, body: unknown): Answered
  /** The message of the Status in the answer. */
  message(method: string, path: string, body?: unknown, contentType?: string): string
  /** The names of the items in a list. */
  names(path: string): string[]
  watch(path: string): Watched
  /** Stores an object without the API server: without defaults and validation. */
  put(object: KubeObject & Record<string, unknown>): void
}

/** 2026-01-01T00:00:00Z. */
export const beginning = Date.UTC(2026, 0, 1)

export const mergePatchType = 'application/merge-patch+json'

/** A request for a path with a query. The body may be a text or any value for JSON. */
export const request = (
  method: string,
  path: string,
  body?: unknown,
  contentType = 'application/json',
): ApiRequest => {
  const url = new URL(path, 'https://lab')
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: { 'content-type': contentType },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  }
}

const read = (response: ApiResponse): Answered => {
  if (response.kind !== 'whole') throw new Error(`expected a whole response, got ${response.kind}`)
  const json = response.headers['content-type'] === 'application/json'
  const body: unknown = json ? JSON.parse(response.body) : response.body
  return { status: response.status, headers: response.headers, body: body as Json }
}

/** A watch event as one line: `ADDED default/x @1003`, or `ERROR 410 …`. */
function lineOf(event: Json): string {
  const part = (...path: string[]): string => textAt(event, 'object', ...path) ?? ''
  const type = textAt(event, 'type') ?? ''
  if (type === 'ERROR') return `ERROR ${numberAt(event, 'object', 'code') ?? ''} ${part('message')}`
  const name = [part('metadata', 'namespace'), part('metadata', 'name')]
    .filter(text => text !== '')
    .join('/')
  return `${type} ${name} @${part('metadata', 'resourceVersion')}`
}

function startWatch(api: ApiServer, path: string): Watched {
  const response = api.handle(request('GET', path))
  if (response.kind !== 'stream')
    throw new Error(`expected a stream, got ${JSON.stringify(response)}`)
  const watched: Watched = { lines: [], ended: false, stop: () => undefined }
  watched.stop = response.start(
    line => watched.lines.push(lineOf(JSON.parse(line) as Json)),
    () => {
      watched.ended = true
    },
  )
  return watched
}

/** A fresh cluster with the namespaces `default` and `other`. */
export function testbed(options: ApiOptions = {}, seed = 1): Testbed {
  const clock = new VirtualClock(beginning)
  const random = new SeededRandom(seed)
  const store = new Store(clock, random.fork('store'))
  const context: LabContext = { seed, clock, random, store }
  const api = createApiServer(context, options)
  for (const name of ['default', 'other'])
    store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const ask: Testbed['ask'] = (method, path, body, contentType) =>
    read(api.handle(request(method, path, body, contentType)))
  return {
    context,
    api,
    ask,
    mergePatch: (path, body) => ask('PATCH', path, body, mergePatchType),
    message: (...asked) => textAt(ask(...asked).body, 'message') ?? '',
    names: path => {
      const items = at(ask('GET', path).body, 'items')
      return Array.isArray(items) ? items.map(item => textAt(item, 'metadata', 'name') ?? '') : []
    },
    watch: path => startWatch(api, path),
    put: object => {
      store.create(object)
    },
  }
}

/** The shortest pod that the API server accepts. */
export const pod = (
  name: string,
  labels: Record<string, string> = { app: name },
  spec: Record<string, unknown> = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels },
  spec: { containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }], ...spec },
})

export const deployment = (name: string, replicas = 1) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: pod(name).spec },
  },
})

export const service = (name: string, spec: Record<string, unknown> = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
})

export const podsPath = '/api/v1/namespaces/default/pods'
export const deploymentsPath = '/apis/apps/v1/namespaces/default/deployments'
export const servicesPath = '/api/v1/namespaces/default/services'
