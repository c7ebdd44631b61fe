// Paths below an object: binding, eviction, scale, finalize.
import { copyOf } from '#lab/kernel/data.ts'
import { evictPod } from './api/disruption.ts'
import { mayGo } from './delete.ts'
import type { Json, JsonObject } from './patch/json.ts'
import {
  asJson,
  at,
  isObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from './patch/json.ts'
import type { Kind } from './api/kinds.ts'
import { mediaType, patched, readBody } from './patch/patch.ts'
import { getObject } from './read.ts'
import type { ApiRequest } from './request.ts'
import type { Server, Writing } from './server.ts'
import { badRequest, conflict, field, invalid, methodNotAllowed } from './messages/status.ts'
import { changeObject } from './write.ts'

/** What a subresource answers. */
export interface Answer {
  status: number
  body: JsonObject
}

const success: Answer = {
  status: 201,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
}

const objectBody = (request: ApiRequest): JsonObject => {
  const body: Json = readBody(request)
  if (!isObject(body)) throw badRequest('the object provided is unrecognized (must be an object)')
  return body
}

/** POST pods/x/binding: the scheduler's word. 409 when the pod has a node. */
function bind(
  server: Server,
  kind: Kind,
  namespace: string,
  name: string,
  request: ApiRequest,
  writing: Writing,
): Answer {
  const { store } = server.context
  const pod = getObject(store, kind, namespace, name)
  const node = textAt(objectBody(request), 'target', 'name') ?? ''
  const binding = { ...kind, plural: 'pods/binding' }
  if (node === '')
    throw invalid({ ...kind, kind: 'Binding' }, name, [field.required('target.name')])
  const has = textAt(pod, 'spec', 'nodeName') ?? ''
  if (has !== '') throw conflict(binding, name, `pod ${name} is already assigned to node "${has}"`)
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== undefined)
    throw conflict(binding, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (writing.dryRun) return success
  const others = listAt(pod, 'status', 'conditions').filter(
    entry => entry['type'] !== 'PodScheduled',
  )
  const conditions = [
    ...others,
    {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: store.timestamp(),
    },
  ]
  store.update(kind.kind, namespace, name, draft => {
    Object.assign(
      draft,
      copyOf({
        spec: { ...objectAt(pod, 'spec'), nodeName: node },
        status: { ...objectAt(pod, 'status'), conditions },
      }),
    )
  })
  return success
}

function selectorText(selector: Json | undefined): string {
  const labels = Object.entries(mapAt(selector, 'matchLabels')).map(
    ([key, value]) => `${key}=${value}`,
  )
  const expressions = listAt(selector, 'matchExpressions').map(entry => {
    const key = textAt(entry, 'key') ?? ''
    const operator = textAt(entry, 'operator') ?? ''
    if (operator === 'Exists') return key
    return operator === 'DoesNotExist'
      ? `!${key}`
      : `${key} ${operator.toLowerCase()} (${textsAt(entry, 'values').join(',')})`
  })
  return [...labels, ...expressions].toSorted().join(',')
}

const scaleOf = (object: JsonObject): JsonObject => {
  const meta = objectAt(object, 'metadata')
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: Object.fromEntries(
      ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp'].flatMap(key =>
        meta[key] === undefined ? [] : [[key, meta[key]]],
      ),
    ),
    spec: { replicas: numberAt(object, 'spec', 'replicas') ?? 1 },
    status: {
      replicas: numberAt(object, 'status', 'replicas') ?? 0,
      selector: selectorText(at(object, 'spec', 'selector')),
    },
  }
}

function scale(
  server: Server,
  kind: Kind,
  namespace: string,
  name: string,
  request: ApiRequest,
  writing: Writing,
): Answer {
  const current = getObject(server.context.store, kind, namespace, name)
  if (request.method === 'GET') return { status: 200, body: scaleOf(current) }
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw methodNotAllowed()
  const wanted =
    request.method === 'PUT'
      ? objectBody(request)
      : patched(kind, mediaType(request), scaleOf(current), readBody(request))
  const replicas = numberAt(wanted, 'spec', 'replicas') ?? 0
  if (replicas < 0)
    throw invalid({ ...kind, kind: 'Scale', group: 'autoscaling' }, name, [
      field.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  const version = textAt(wanted, 'metadata', 'resourceVersion') ?? ''
  const next: JsonObject = {
    ...current,
    metadata: {
      ...objectAt(current, 'metadata'),
      ...(version === '' ? {} : { resourceVersion: version }),
    },
    spec: { ...objectAt(current, 'spec'), replicas },
  }
  return { status: 200, body: scaleOf(changeObject(server, kind, current, next, 'main', writing)) }
}

/** PUT namespaces/x/finalize: the namespace controller's word that nothing is left. */
function finalize(
  server: Server,
  kind: Kind,
  name: string,
  request: ApiRequest,
  writing: Writing,
): Answer {
  const { store } = server.context
  const current = getObject(store, kind, undefined, name)
  const finalizers = at(objectBody(request), 'spec', 'finalizers') ?? []
  const next: JsonObject = { ...current, spec: { ...objectAt(current, 'spec'), finalizers } }
  if (writing.dryRun) return { status: 200, body: next }
  const made = store.update(kind.kind, undefined, name, draft => {
    Object.assign(draft, { spec: copyOf(next['spec']) })
  })
  const body = asJson(made!)
  if (mayGo(body)) store.remove(kind.kind, undefined, name)
  return { status: 200, body }
}

/**
 * Answers a request below an object, or undefined where the kind has no such path. `status` is not
 * among them.
 */
export function subresource(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  sub: string,
  request: ApiRequest,
  writing: Writing,
): Answer | undefined {
  if (kind.kind === 'Pod' && (sub === 'binding' || sub === 'eviction')) {
    if (request.method !== 'POST') throw methodNotAllowed()
    if (sub === 'binding') return bind(server, kind, namespace!, name, request, writing)
    evictPod(
      server.context.store,
      server.context.clock.now(),
      namespace!,
      name,
      objectBody(request),
      request.query,
    )
    return success
  }
  if (kind.scale && sub === 'scale') return scale(server, kind, namespace!, name, request, writing)
  if (kind.kind === 'Namespace' && sub === 'finalize') {
    if (request.method !== 'PUT') throw methodNotAllowed()
    return finalize(server, kind, name, request, writing)
  }
  return undefined
}
