// Answers requests for a collection: lists, watches, creations and deletions of many objects.
import { verbOf } from '#lab/kube/api/access.ts'
import { checkFields } from '#lab/kube/admission/field-checks.ts'
import { pruned } from '#lab/kube/admission/field-validation.ts'
import { builtinKind, type Kind } from '#lab/kube/api/kinds.ts'
import { presented, taken } from '#lab/kube/messages/served-form.ts'
import { methodNotAllowed } from '#lab/kube/messages/status.ts'
import { objectBody } from '#lab/kube/patch/body.ts'
import { isObject, textAt } from '#lab/kube/patch/json.ts'
import { listObjects, listOf } from '#lab/kube/read/read.ts'
import { watchObjects } from '#lab/kube/read/watch.ts'
import type { ApiRequest, ApiResponse, ResourceRequest } from '#lab/kube/request.ts'
import type { Server } from '#lab/kube/server.ts'
import { createObject } from '#lab/kube/write/create.ts'
import { deleteObject } from '#lab/kube/write/delete.ts'
import { nothingThere, type Reply } from './reply.ts'
import { shapeOf } from './shape.ts'
import { subresource } from './subresources.ts'
import { deleteOptions, isDryRun } from './write-options.ts'

/** Answers for a collection. It takes GET, POST and DELETE as far as the kind has the verbs. */
export function collection(
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

function createOne(
  server: Server,
  request: ApiRequest,
  kind: Kind,
  namespace: string | undefined,
): Reply {
  const writing = { dryRun: isDryRun(request) }
  const body = objectBody(request)
  // An older way to bind a pod. The server stores no Binding.
  const pods = kind.kind === 'Binding' ? builtinKind('Pod') : undefined
  if (pods !== undefined) {
    const name = textAt(body, 'metadata', 'name') ?? ''
    const target = { kind: pods, namespace, name, part: 'main', writing } as const
    return subresource(server, target, 'binding', request) ?? nothingThere
  }
  const headers = checkFields(kind, request, body)
  const wanted = taken(kind, pruned(kind, body))
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
