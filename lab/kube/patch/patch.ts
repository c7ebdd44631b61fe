// PATCH in its four forms.
import { pruned } from '#lab/kube/admission/field-validation.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { apiVersionOf } from '#lab/kube/api/kinds.ts'
import { presented, taken } from '#lab/kube/messages/served-form.ts'
import { badRequest, field, invalidOption, notFound, Refusal } from '#lab/kube/messages/status.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { Server, Target } from '#lab/kube/server.ts'
import { changeObject } from '#lab/kube/write/change.ts'
import { createObject } from '#lab/kube/write/create.ts'
import { mediaType, readBody } from './body.ts'
import type { Json, JsonObject } from './json.ts'
import { asJson, isObject, objectAt, textAt } from './json.ts'
import { applyConfig, type Applying } from './patch-apply.ts'
import { applyJsonPatch, applyMergePatch } from './patch-json.ts'
import { applyStrategicPatch } from './patch-strategic.ts'

const apply = 'application/apply-patch+yaml'
const forms = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  apply,
]

/** The patched object. `created`: server-side apply has created it. */
export interface Patched {
  object: JsonObject
  created: boolean
}

const unsupported = (accepted: readonly string[]): Refusal =>
  new Refusal(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: ' +
      accepted.join(', '),
  )

/** Applies a patch of any media type except server-side apply to a document. */
export function patched(
  kind: Pick<Kind, 'custom'>,
  type: string,
  document: JsonObject,
  patch: Json,
): JsonObject {
  switch (type) {
    case 'application/json-patch+json':
      return applyJsonPatch(document, patch)
    case 'application/merge-patch+json': {
      const made = applyMergePatch(document, patch)
      if (!isObject(made)) throw badRequest('a merge patch must be an object')
      return made
    }
    case 'application/strategic-merge-patch+json':
      if (!isObject(patch)) throw badRequest('a strategic merge patch must be an object')
      if (!kind.custom) return applyStrategicPatch(document, patch)
      throw unsupported(forms.filter(form => form !== type))
    default:
      throw unsupported(forms)
  }
}

/** Patches a stored object or one part of it. Server-side apply creates a missing object. */
export function patchObject(server: Server, target: Target, request: ApiRequest): Patched {
  const { kind, namespace, name, part, writing } = target
  const type = mediaType(request)
  if (type === apply) return serverSideApply(server, target, request)
  const stored = server.context.store.get(kind.kind, namespace, name)
  if (stored === undefined) {
    if (!forms.includes(type)) throw unsupported(forms)
    throw notFound(kind, name)
  }
  const current = asJson(stored)
  const document = patched(kind, type, presented(kind, current), readBody(request))
  const next = taken(kind, pruned(kind, document))
  const object = changeObject(server, next.kind, current, next.object, part, writing)
  return { object, created: false }
}

/** The field manager in the query, which server-side apply requires. */
function managerOf(request: ApiRequest): string {
  const manager = request.query.get('fieldManager') ?? ''
  if (manager !== '') return manager
  throw invalidOption('PatchOptions', field.required('fieldManager', 'is required for apply patch'))
}

/** The configuration in the body of a server-side apply, named as the path names it. */
function configOf(request: ApiRequest, name: string): JsonObject {
  const body = readBody(request)
  if (!isObject(body)) throw badRequest('an apply patch must be an object')
  if (textAt(body, 'apiVersion') === undefined || textAt(body, 'kind') === undefined)
    throw badRequest('apiVersion and kind must be set in an apply patch')
  const meta = objectAt(body, 'metadata')
  if (meta['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil')
  const named = textAt(meta, 'name') ?? name
  if (named !== name)
    throw badRequest(
      `the name of the object (${named}) does not match the name on the URL (${name})`,
    )
  return { ...body, metadata: { ...meta, name } }
}

function serverSideApply(server: Server, target: Target, request: ApiRequest): Patched {
  const { kind, namespace, name, part, writing } = target
  const { store } = server.context
  const manager = managerOf(request)
  const config = configOf(request, name)
  const applying: Applying = {
    manager,
    force: request.query.get('force') === 'true',
    time: store.timestamp(),
    apiVersion: apiVersionOf(kind),
  }
  const stored = store.get(kind.kind, namespace, name)
  if (stored === undefined) {
    if (part === 'status') throw notFound(kind, name)
    const wanted = applyConfig(undefined, config, applying)
    return { object: createObject(server, kind, namespace, wanted, writing), created: true }
  }
  const current = asJson(stored)
  const wanted = applyConfig(current, config, applying)
  return { object: changeObject(server, kind, current, wanted, part, writing), created: false }
}
