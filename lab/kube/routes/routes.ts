// Answers requests: health, discovery and OpenAPI itself, objects and collections in their files.
import { attributesOf, forbidden } from '#lab/kube/api/access.ts'
import { isReview, review } from '#lab/kube/api/reviews.ts'
import { aggregated } from '#lab/kube/api/aggregated-discovery.ts'
import { discover } from '#lab/kube/api/discovery.ts'
import { health } from '#lab/kube/api/health.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { openApi, openApiProtobuf } from '#lab/kube/api/openapi.ts'
import { warning } from '#lab/kube/admission/field-checks.ts'
import { methodNotAllowed, Refusal } from '#lab/kube/messages/status.ts'
import { objectBody } from '#lab/kube/patch/body.ts'
import type { ApiRequest, ApiResponse, ResourceRequest } from '#lab/kube/request.ts'
import { readPath } from '#lab/kube/request.ts'
import type { Server } from '#lab/kube/server.ts'
import { collection } from './collections.ts'
import { object } from './objects.ts'
import { nothingThere, whole, type Reply } from './reply.ts'

/** The answer of the server. A Refusal becomes its Status; all other errors are bugs. */
export function answered(server: Server, request: ApiRequest): ApiResponse {
  try {
    const reply = answer(server, request)
    return 'kind' in reply ? reply : whole(reply)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return whole({ status: error.code, body: error.status, headers: error.headers })
  }
}

/**
 * Whether every user may send the request: health, versions, and reviews of the user's own rights.
 * @source Kubernetes v1.35, system:public-info-viewer and system:basic-user
 */
function isOpen(request: ApiRequest, resource: ResourceRequest | undefined): boolean {
  const kind = resource?.kind
  if (kind !== undefined) return isReview(kind) && kind.kind.startsWith('SelfSubject')
  return request.path === '/version'
}

function answer(server: Server, request: ApiRequest): Reply | ApiResponse {
  const resource = readPath(server.context.store, request.path)
  const healthy = health(request.path, request.query)
  const user = attributesOf(request, resource)
  const open = healthy !== undefined || isOpen(request, resource)
  if (!open && !server.allows(user)) throw forbidden(user)
  if (healthy !== undefined)
    return { status: 200, body: healthy, headers: { 'x-content-type-options': 'nosniff' } }
  if (resource === undefined) return described(server, request)
  const { kind } = resource
  if (kind === undefined) return nothingThere
  return withWarning(kind, resourceReply(server, request, resource, kind))
}

/** The answer outside of the objects: discovery and OpenAPI. */
function described(server: Server, request: ApiRequest): Reply | ApiResponse {
  const { store } = server.context
  const all = aggregated(store, request)
  if (all !== undefined)
    return { status: 200, body: all.body, headers: { 'content-type': all.type } }
  const small = openApiProtobuf(request)
  if (small !== undefined) return small
  const found = discover(store, request.path, server.version) ?? openApi(store, request.path)
  return found === undefined ? nothingThere : { status: 200, body: found }
}

function resourceReply(
  server: Server,
  request: ApiRequest,
  resource: ResourceRequest,
  kind: Kind,
): Reply | ApiResponse {
  const { name } = resource
  if (isReview(kind)) {
    if (request.method !== 'POST' || name !== undefined) throw methodNotAllowed()
    return { status: 201, body: review(server, kind, request, objectBody(request)) }
  }
  return name === undefined
    ? collection(server, request, resource, kind)
    : object(server, request, resource, kind, name)
}

/** @source Kubernetes v1.35, deprecation warnings of served versions; measured on a v1.35 node */
const deprecated: Readonly<Record<string, string>> = {
  Endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
}

/** The answer with the warning of a deprecated kind. */
function withWarning(kind: Kind, reply: Reply | ApiResponse): Reply | ApiResponse {
  const text = deprecated[kind.kind]
  return text === undefined || ('kind' in reply && reply.kind === 'hang')
    ? reply
    : { ...reply, headers: { ...reply.headers, warning: warning(text) } }
}
