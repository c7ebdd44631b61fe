// The lab's Kubernetes API server: HTTP semantics over the store.
import type { LabContext } from '#lab/kernel/world.ts'
import { attributesOf, forbidden, isReview, isWatch, review, verbOf } from './api/access.ts'
import { deleteObject, readDeleteOptions } from './delete.ts'
import { aggregated, discover, health } from './api/discovery.ts'
import { presented, taken } from './messages/events-form.ts'
import { checkFields, warning } from './admission/field-checks.ts'
import { pruned } from './admission/field-validation.ts'
import type { JsonObject } from './patch/json.ts'
import { asJson, isObject, textAt } from './patch/json.ts'
import { builtinKind, type Kind } from './api/kinds.ts'
import { mediaType, patchObject, readBody } from './patch/patch.ts'
import { openApi, openApiProtobuf } from './api/openapi.ts'
import { podAccess } from './api/pod-access.ts'
import { getObject, listObjects, listOf } from './read.ts'
import type { ApiRequest, ApiResponse, ResourceRequest } from './request.ts'
import { readPath } from './request.ts'
import type { Attributes, Kubelets, Server } from './server.ts'
import { badRequest, methodNotAllowed, Refusal } from './messages/status.ts'
import { subresource } from './subresources.ts'
import { asTable, tablesOf, wantsTable } from './tables/table.ts'
import { watchObjects } from './watch.ts'
import type { Part } from './write.ts'
import { changeObject, createObject } from './write.ts'

export type { ApiRequest, ApiResponse } from './request.ts'
export type { Attributes } from './server.ts'

export interface ApiOptions {
  /** Default `v1.35.0`. */
  version?: string
  /** Both ends belong to it. Default 30000-32767. */
  nodePorts?: { from: number; to: number }
  /** First 16 bits of the service addresses. Default `10.96`. */
  servicePrefix?: string
  /** Who may do what. Default: everybody everything. */
  allows?: (attributes: Attributes) => boolean
}

/** A request as it came in. */
export interface Logged {
  /** ms since the epoch. */
  at: number
  method: string
  path: string
  /** Without the question mark; empty where there is none. */
  query: string
}

/**
 * Answers instead of the server: a response, `hang` for none ever, undefined to let the server
 * answer.
 */
export type Disturbance = (request: ApiRequest) => ApiResponse | 'hang' | undefined

export interface ApiServer {
  /** Answers at once, in virtual time; never throws for what a request can say. */
  handle(request: ApiRequest): ApiResponse
  /**
   * Lets `fn` answer in the server's place; the last one asked first. Returns the way to take it
   * back.
   */
  disturb(fn: Disturbance): () => void
  /**
   * From now on only what `allows` says is allowed, e.g. what the stored roles do (`rbac`). Returns
   * the way to take it back.
   */
  restrict(allows: (attributes: Attributes) => boolean): () => void
  /**
   * Lets the server reach the kubelets, as logs and commands in containers need. Without, it says
   * that it cannot.
   */
  reachKubelets(kubelets: Kubelets): void
  /** The latest requests, oldest first. */
  readonly log: readonly Logged[]
}

/** How many requests the log keeps. */
const logLength = 5000

interface Reply {
  status: number
  body: JsonObject | string
  headers?: Record<string, string>
}

/** The answer of the server itself, a refusal among them. */
function answered(server: Server, request: ApiRequest): ApiResponse {
  try {
    const reply = answer(server, request)
    return 'kind' in reply ? reply : whole(reply)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return whole({ status: error.code, body: error.status, headers: error.headers })
  }
}

function serverOf(context: LabContext, options: ApiOptions): Server {
  return {
    context,
    version: options.version ?? 'v1.35.0',
    // @source Kubernetes default, --service-node-port-range
    network: {
      nodePorts: options.nodePorts ?? { from: 30_000, to: 32_767 },
      prefix: options.servicePrefix ?? '10.96',
    },
    random: context.random.fork('api-server'),
    dryRandom: context.random.fork('api-server-dry-run'),
    watchRandom: context.random.fork('api-server-watches'),
    allows: options.allows ?? (() => true),
  }
}

/** An API server over the context's store. Several may share one store. */
export function createApiServer(context: LabContext, options: ApiOptions = {}): ApiServer {
  const server = serverOf(context, options)
  const disturbances: Disturbance[] = []
  const log: Logged[] = []

  return {
    log,
    restrict(allows) {
      const before = server.allows
      server.allows = allows
      return () => {
        server.allows = before
      }
    },
    reachKubelets(kubelets) {
      server.kubelets = kubelets
    },
    disturb(fn) {
      disturbances.push(fn)
      return () => {
        const index = disturbances.indexOf(fn)
        if (index !== -1) disturbances.splice(index, 1)
      }
    },
    handle(request) {
      log.push({
        at: context.clock.now(),
        method: request.method,
        path: request.path,
        query: request.query.toString(),
      })
      if (log.length > logLength) log.splice(0, log.length - logLength)
      for (const disturbance of disturbances.toReversed()) {
        const instead = disturbance(request)
        if (instead !== undefined)
          return instead === 'hang' ? { kind: 'hang' } : dated(server, instead)
      }
      return dated(server, answered(server, request))
    },
  }
}

const texts = new WeakMap<object, string>()

/** JSON of an item of a list; items are made once for each stored object, so is their text. */
function textOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return JSON.stringify(item)
  const text = texts.get(item) ?? JSON.stringify(item)
  texts.set(item, text)
  return text
}

function jsonOf(body: JsonObject): string {
  const { items, ...head } = body
  if (!Array.isArray(items)) return JSON.stringify(body)
  const list = texts.get(items) ?? `[${items.map(textOf).join(',')}]`
  texts.set(items, list)
  return `${JSON.stringify(head).slice(0, -1)},"items":${list}}`
}

function whole(reply: Reply): ApiResponse {
  const text = typeof reply.body === 'string'
  return {
    kind: 'whole',
    status: reply.status,
    headers: {
      'cache-control': 'no-cache, private',
      'content-type': text ? 'text/plain; charset=utf-8' : 'application/json',
      ...reply.headers,
    },
    body: typeof reply.body === 'string' ? reply.body : `${jsonOf(reply.body)}\n`,
  }
}

function dated(server: Server, response: ApiResponse): ApiResponse {
  if (response.kind === 'hang') return response
  return {
    ...response,
    headers: { date: new Date(server.context.clock.now()).toUTCString(), ...response.headers },
  }
}

/** A path below an object that its kind does not have. @source measured on a v1.35 node */
const noSuchPath = (): never => {
  throw new Refusal(404, 'NotFound', 'the server could not find the requested resource', {})
}

const nothingThere: Reply = { status: 404, body: '404 page not found\n' }

function answer(server: Server, request: ApiRequest): Reply | ApiResponse {
  const { store } = server.context
  const resource = readPath(store, request.path)
  const healthy = health(request.path, request.query)
  const who = attributesOf(request, resource)
  // Health and versions are everybody's business. @source Kubernetes v1.35,
  // system:public-info-viewer
  // So is what one may do oneself. @source Kubernetes v1.35, system:basic-user
  const ofSelf =
    resource?.kind !== undefined &&
    isReview(resource.kind) &&
    resource.kind.kind.startsWith('SelfSubject')
  const open = healthy !== undefined || request.path === '/version' || ofSelf
  if (!open && !server.allows(who)) throw forbidden(who)
  if (healthy !== undefined)
    return { status: 200, body: healthy, headers: { 'x-content-type-options': 'nosniff' } }
  if (resource === undefined) {
    const whole = aggregated(store, request)
    if (whole !== undefined)
      return { status: 200, body: whole.body, headers: { 'content-type': whole.type } }
    const small = openApiProtobuf(request)
    if (small !== undefined) return small
    const found = discover(store, request.path, server.version) ?? openApi(store, request.path)
    return found === undefined ? nothingThere : { status: 200, body: found }
  }
  if (resource.kind === undefined) return nothingThere
  return warned(resource.kind, object(server, request, resource, resource.kind))
}

/** The answer with the warning that a kind's age brings. */
function warned(kind: Kind, reply: Reply | ApiResponse): Reply | ApiResponse {
  const text = deprecated[kind.kind]
  return text === undefined || ('kind' in reply && reply.kind === 'hang')
    ? reply
    : { ...reply, headers: { ...reply.headers, warning: warning(text) } }
}

/** The form in which a client wants to read: objects, or tables. */
function shapeOf(
  server: Server,
  request: ApiRequest,
  kind: Kind,
): { whole(body: JsonObject): JsonObject; event(object: JsonObject): JsonObject } {
  if (!wantsTable(request)) return { whole: body => body, event: object => object }
  const { store, clock } = server.context
  const definition = kind.custom
    ? store.get('CustomResourceDefinition', undefined, `${kind.plural}.${kind.group}`)
    : undefined
  const shown = {
    kind,
    definition: definition && asJson(definition),
    include: request.query.get('includeObject') ?? 'Metadata',
    get now() {
      return clock.now()
    },
  }
  return { whole: body => asTable(body, shown), event: tablesOf(shown) }
}

/**
 * A collection takes GET, POST and DELETE; an object GET, PUT, PATCH and DELETE; `/status` the same
 * without DELETE.
 */
function object(
  server: Server,
  request: ApiRequest,
  resource: ResourceRequest,
  kind: Kind,
): Reply | ApiResponse {
  const { namespace, name, subresource: sub } = resource
  if (isReview(kind)) {
    if (request.method !== 'POST' || name !== undefined) throw methodNotAllowed()
    return { status: 201, body: review(server, kind, request, body(request)) }
  }
  if (name === undefined) return collection(server, request, resource, kind)
  const writing = { dryRun: dryRun(request) }
  if (sub !== undefined && !(sub === 'status' && kind.status)) {
    return (
      podAccess(server, kind, namespace, name, sub, request) ??
      subresource(server, kind, namespace, name, sub, request, writing) ??
      noSuchPath()
    )
  }
  const shape = shapeOf(server, request, kind)
  const part: Part = sub === 'status' ? 'status' : 'main'
  const target: Target = { kind, namespace, name, part, writing }
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      if (sub === undefined && isWatch(request))
        return watchObjects(server, kind, namespace, name, request.query, shape.event)
      return { status: 200, body: shape.whole(presented(kind, stored(server, target))) }
    case 'PUT':
      return replaceOne(server, request, target)
    case 'PATCH':
      return patchOne(server, request, target)
    case 'DELETE':
      if (sub !== undefined) throw methodNotAllowed()
      return deleteOne(server, request, target)
    default:
      throw methodNotAllowed()
  }
}

/** The object, or its status, that a request writes. */
interface Target {
  kind: Kind
  namespace: string | undefined
  name: string
  part: Part
  writing: { dryRun: boolean }
}

const stored = (server: Server, { kind, namespace, name }: Target): ReturnType<typeof getObject> =>
  getObject(server.context.store, kind, namespace, name)

function replaceOne(server: Server, request: ApiRequest, target: Target): Reply {
  const { kind, part, writing } = target
  const headers = checkFields(kind, request, body(request))
  const next = taken(kind, pruned(kind, body(request)))
  const old = stored(server, target)
  const changed = changeObject(server, next.kind, old, next.object, part, writing)
  return { status: 200, headers, body: presented(kind, changed) }
}

function patchOne(server: Server, request: ApiRequest, target: Target): Reply {
  const { kind, namespace, name, part, writing } = target
  const headers = mediaType(request).includes('json-patch')
    ? {}
    : checkFields(kind, request, body(request))
  const made = patchObject(server, kind, namespace, name, request, part, writing)
  return { status: made.created ? 201 : 200, headers, body: presented(kind, made.object) }
}

const deleteOptions = (request: ApiRequest): ReturnType<typeof readDeleteOptions> =>
  readDeleteOptions(
    request.body === undefined || request.body === '' ? undefined : readBody(request),
    request.query,
  )

function deleteOne(server: Server, request: ApiRequest, target: Target): Reply {
  const { kind, namespace, name } = target
  const { store, clock } = server.context
  const uid = textAt(stored(server, target), 'metadata', 'uid') ?? ''
  const done = deleteObject(store, clock.now(), kind, namespace, name, deleteOptions(request))
  // Only pods are answered with what was deleted. @source Kubernetes v1.35, registry Store:
  // ReturnDeletedObject
  if (!done.gone || kind.kind === 'Pod') return { status: 200, body: presented(kind, done.object) }
  const details = {
    name,
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
    uid,
  }
  return {
    status: 200,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
  }
}

function createOne(
  server: Server,
  request: ApiRequest,
  kind: Kind,
  namespace: string | undefined,
): Reply {
  const writing = { dryRun: dryRun(request) }
  // The older way to bind a pod: nothing of it is kept.
  const pods = kind.kind === 'Binding' ? builtinKind('Pod') : undefined
  if (pods !== undefined) {
    const name = textAt(body(request), 'metadata', 'name') ?? ''
    return subresource(server, pods, namespace, name, 'binding', request, writing) ?? nothingThere
  }
  const headers = checkFields(kind, request, body(request))
  const wanted = taken(kind, pruned(kind, body(request)))
  const made = createObject(server, wanted.kind, namespace, wanted.object, writing)
  return { status: 201, headers, body: presented(kind, made) }
}

function deleteAll(
  server: Server,
  request: ApiRequest,
  kind: Kind,
  namespace: string | undefined,
): Reply {
  const { store, clock } = server.context
  const options = deleteOptions(request)
  const list = listObjects(store, { ...kind, custom: true }, namespace, request.query)
  const items = Array.isArray(list['items']) ? list['items'].filter(isObject) : []
  const gone = items.map(item => {
    const place = textAt(item, 'metadata', 'namespace')
    const name = textAt(item, 'metadata', 'name') ?? ''
    return deleteObject(store, clock.now(), kind, place, name, options).object
  })
  return { status: 200, body: listOf(kind, gone, { resourceVersion: String(store.version) }) }
}

function collection(
  server: Server,
  request: ApiRequest,
  resource: ResourceRequest,
  kind: Kind,
): Reply | ApiResponse {
  const { store } = server.context
  const { namespace } = resource
  const verb = verbOf(request, resource)
  if (!kind.verbs.includes(verb)) throw methodNotAllowed()
  const shape = shapeOf(server, request, kind)
  switch (verb) {
    case 'watch':
      return watchObjects(server, kind, namespace, undefined, request.query, shape.event)
    case 'list':
      return { status: 200, body: shape.whole(listObjects(store, kind, namespace, request.query)) }
    case 'create':
      if (kind.namespaced && namespace === undefined) throw methodNotAllowed()
      return createOne(server, request, kind, namespace)
    case 'deletecollection':
      if (kind.namespaced && namespace === undefined) throw methodNotAllowed()
      return deleteAll(server, request, kind, namespace)
    default:
      throw methodNotAllowed()
  }
}

/** @source Kubernetes v1.35, deprecation warnings of served versions; measured on a v1.35 node */
const deprecated: Readonly<Record<string, string>> = {
  Endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
}

function dryRun(request: ApiRequest): boolean {
  const asked = request.query.get('dryRun')
  if (asked !== null && asked !== 'All')
    throw badRequest(`dryRun: Unsupported value: "${asked}": supported values: "All"`)
  return asked === 'All'
}

function body(request: ApiRequest): JsonObject {
  const read = readBody(request)
  if (!isObject(read))
    throw badRequest(
      'the object provided is unrecognized (must be an object with kind and apiVersion)',
    )
  return read
}
