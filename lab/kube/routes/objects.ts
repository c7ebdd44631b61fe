// Answers requests for one object, its status and its subresources.
import { isWatch } from '#lab/kube/api/access.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { podAccess } from '#lab/kube/api/pod-access.ts'
import { checkFields } from '#lab/kube/admission/field-checks.ts'
import { pruned } from '#lab/kube/admission/field-validation.ts'
import { presented, taken } from '#lab/kube/messages/served-form.ts'
import { detailsOf, methodNotAllowed, Refusal } from '#lab/kube/messages/status.ts'
import { mediaType, objectBody } from '#lab/kube/patch/body.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { textAt } from '#lab/kube/patch/json.ts'
import { patchObject } from '#lab/kube/patch/patch.ts'
import { getObject } from '#lab/kube/read/read.ts'
import { watchObjects } from '#lab/kube/read/watch.ts'
import type { ApiRequest, ApiResponse, ResourceRequest } from '#lab/kube/request.ts'
import type { Server, Target } from '#lab/kube/server.ts'
import { changeObject } from '#lab/kube/write/change.ts'
import { deleteObject } from '#lab/kube/write/delete.ts'
import type { Reply } from './reply.ts'
import { shapeOf } from './shape.ts'
import { subresource } from './subresources.ts'
import { deleteOptions, isDryRun } from './write-options.ts'

/** A path below an object that its kind does not have. @source measured on a v1.35 node */
const noSuchPath = (): never => {
  throw new Refusal(404, 'NotFound', 'the server could not find the requested resource', {})
}

/**
 * Answers for one object. It takes GET, PUT, PATCH and DELETE, `/status` the same without DELETE,
 * and each subresource its own methods.
 */
export function object(
  server: Server,
  request: ApiRequest,
  { namespace, subresource: sub }: ResourceRequest,
  kind: Kind,
  name: string,
): Reply | ApiResponse {
  const part = sub === 'status' ? 'status' : 'main'
  const writing = { dryRun: isDryRun(request) }
  const target: Target = { kind, namespace, name, part, writing }
  if (sub !== undefined && !(sub === 'status' && kind.status))
    return (
      podAccess(server, target, sub, request) ??
      subresource(server, target, sub, request) ??
      noSuchPath()
    )
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return readOne(server, request, target)
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

const stored = (server: Server, { kind, namespace, name }: Target): JsonObject =>
  getObject(server.context.store, kind, namespace, name)

function readOne(server: Server, request: ApiRequest, target: Target): Reply | ApiResponse {
  const { kind, namespace, name, part } = target
  const shape = shapeOf(server, request, kind)
  if (part === 'main' && isWatch(request))
    return watchObjects(server, kind, namespace, name, request.query, shape.event)
  return { status: 200, body: shape.whole(presented(kind, stored(server, target))) }
}

function replaceOne(server: Server, request: ApiRequest, target: Target): Reply {
  const { kind, part, writing } = target
  const body = objectBody(request)
  const headers = checkFields(kind, request, body)
  const next = taken(kind, pruned(kind, body))
  const old = stored(server, target)
  const changed = changeObject(server, next.kind, old, next.object, part, writing)
  return { status: 200, headers, body: presented(kind, changed) }
}

function patchOne(server: Server, request: ApiRequest, target: Target): Reply {
  const { kind } = target
  const headers = mediaType(request).includes('json-patch')
    ? {}
    : checkFields(kind, request, objectBody(request))
  const made = patchObject(server, target, request)
  return { status: made.created ? 201 : 200, headers, body: presented(kind, made.object) }
}

function deleteOne(server: Server, request: ApiRequest, target: Target): Reply {
  const { kind, namespace, name } = target
  const { store, clock } = server.context
  const uid = textAt(stored(server, target), 'metadata', 'uid') ?? ''
  const done = deleteObject(store, clock.now(), kind, namespace, name, deleteOptions(request))
  // Only the answer for a pod contains the deleted object. @source Kubernetes v1.35, registry
  // Store: ReturnDeletedObject
  if (!done.gone || kind.kind === 'Pod') return { status: 200, body: presented(kind, done.object) }
  const details = { ...detailsOf(kind, name), uid }
  return {
    status: 200,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
  }
}
