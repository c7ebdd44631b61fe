// Paths below an object: binding, eviction, scale and finalize.
import { copyOf } from '#lab/kernel/data.ts'
import { evictPod } from '#lab/kube/api/disruption.ts'
import { conflict, field, invalid, methodNotAllowed } from '#lab/kube/messages/status.ts'
import { mediaType, objectBody, readBody } from '#lab/kube/patch/body.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, at, listAt, numberAt, objectAt, present, textAt } from '#lab/kube/patch/json.ts'
import { patched } from '#lab/kube/patch/patch.ts'
import { requirementTexts } from '#lab/kube/read/selector-text.ts'
import { getObject } from '#lab/kube/read/read.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { Server, Target } from '#lab/kube/server.ts'
import { changeObject } from '#lab/kube/write/change.ts'
import { mayGo } from '#lab/kube/write/delete.ts'

/** The answer of a subresource. */
export interface Answer {
  status: number
  body: JsonObject
}

const success: Answer = {
  status: 201,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
}

const currentOf = (server: Server, { kind, namespace, name }: Target): JsonObject =>
  getObject(server.context.store, kind, namespace, name)

/** POST pods/x/binding: the scheduler assigns a node. 409 if the pod has one or terminates. */
function bind(server: Server, target: Target, request: ApiRequest): Answer {
  const { kind, name } = target
  const pod = currentOf(server, target)
  const node = textAt(objectBody(request), 'target', 'name') ?? ''
  const binding = { ...kind, plural: 'pods/binding' }
  if (node === '')
    throw invalid({ ...kind, kind: 'Binding' }, name, [field.required('target.name')])
  const assigned = textAt(pod, 'spec', 'nodeName') ?? ''
  if (assigned !== '')
    throw conflict(binding, name, `pod ${name} is already assigned to node "${assigned}"`)
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== undefined)
    throw conflict(binding, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (!target.writing.dryRun) assign(server, target, pod, node)
  return success
}

/** Gives a pod its node and the condition PodScheduled. */
function assign(server: Server, target: Target, pod: JsonObject, node: string): void {
  const { store } = server.context
  const { kind, namespace, name } = target
  const others = listAt(pod, 'status', 'conditions').filter(
    entry => entry['type'] !== 'PodScheduled',
  )
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: store.timestamp(),
  }
  const change = {
    spec: { ...objectAt(pod, 'spec'), nodeName: node },
    status: { ...objectAt(pod, 'status'), conditions: [...others, scheduled] },
  }
  store.update(kind.kind, namespace, name, draft => {
    Object.assign(draft, copyOf(change))
  })
}

/** The Scale of an object. @source Kubernetes v1.35, autoscaling/v1 Scale */
const scaleOf = (object: JsonObject): JsonObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = objectAt(object, 'metadata')
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: present({ name, namespace, uid, resourceVersion, creationTimestamp }),
    spec: { replicas: numberAt(object, 'spec', 'replicas') ?? 1 },
    status: {
      replicas: numberAt(object, 'status', 'replicas') ?? 0,
      selector: requirementTexts(at(object, 'spec', 'selector')).join(','),
    },
  }
}

/** The Scale that a PUT or PATCH asks for. */
function wantedScale(target: Target, current: JsonObject, request: ApiRequest): JsonObject {
  if (request.method === 'PUT') return objectBody(request)
  if (request.method !== 'PATCH') throw methodNotAllowed()
  return patched(target.kind, mediaType(request), scaleOf(current), readBody(request))
}

/** GET, PUT and PATCH of x/scale. */
function scale(server: Server, target: Target, request: ApiRequest): Answer {
  const { kind, name, writing } = target
  const current = currentOf(server, target)
  if (request.method === 'GET') return { status: 200, body: scaleOf(current) }
  const wanted = wantedScale(target, current, request)
  const replicas = numberAt(wanted, 'spec', 'replicas') ?? 0
  if (replicas < 0)
    throw invalid({ ...kind, kind: 'Scale', group: 'autoscaling' }, name, [
      field.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  const metadata = { ...objectAt(current, 'metadata') }
  const version = textAt(wanted, 'metadata', 'resourceVersion') ?? ''
  if (version !== '') metadata['resourceVersion'] = version
  const next = { ...current, metadata, spec: { ...objectAt(current, 'spec'), replicas } }
  return { status: 200, body: scaleOf(changeObject(server, kind, current, next, 'main', writing)) }
}

/** PUT namespaces/x/finalize: the namespace controller reports that the namespace is empty. */
function finalize(server: Server, target: Target, request: ApiRequest): Answer {
  const { store } = server.context
  const { kind, name } = target
  const current = getObject(store, kind, undefined, name)
  const finalizers = at(objectBody(request), 'spec', 'finalizers') ?? []
  const next: JsonObject = { ...current, spec: { ...objectAt(current, 'spec'), finalizers } }
  if (target.writing.dryRun) return { status: 200, body: next }
  const made = store.update(kind.kind, undefined, name, draft => {
    Object.assign(draft, { spec: copyOf(next['spec']) })
  })
  const body = asJson(made!)
  if (mayGo(body)) store.remove(kind.kind, undefined, name)
  return { status: 200, body }
}

/**
 * Answers a request below an object, or undefined if the kind has no such path. `status` is not one
 * of these paths.
 */
export function subresource(
  server: Server,
  target: Target,
  sub: string,
  request: ApiRequest,
): Answer | undefined {
  const { kind } = target
  if (kind.kind === 'Pod' && (sub === 'binding' || sub === 'eviction')) {
    if (request.method !== 'POST') throw methodNotAllowed()
    if (sub === 'binding') return bind(server, target, request)
    evictPod(server, target, objectBody(request))
    return success
  }
  if (kind.scale && sub === 'scale') return scale(server, target, request)
  if (kind.kind === 'Namespace' && sub === 'finalize') {
    if (request.method !== 'PUT') throw methodNotAllowed()
    return finalize(server, target, request)
  }
  return undefined
}
