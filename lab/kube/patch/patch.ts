// PATCH in its four forms.
import { parse } from 'yaml'
import { pruned } from '#lab/kube/admission/field-validation.ts'
import { presented, taken } from '#lab/kube/messages/events-form.ts'
import type { Json, JsonObject } from './json.ts'
import { asJson, isObject, textAt } from './json.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { apiVersionOf } from '#lab/kube/api/kinds.ts'
import { applyConfig } from './patch-apply.ts'
import { applyJsonPatch, applyMergePatch } from './patch-json.ts'
import { applyStrategicPatch } from './patch-strategic.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { Server, Writing } from '#lab/kube/server.ts'
import { badRequest, notFound, Refusal } from '#lab/kube/messages/status.ts'
import type { Part } from '#lab/kube/write.ts'
import { changeObject, createObject } from '#lab/kube/write.ts'

const apply = 'application/apply-patch+yaml'
const forms = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  apply,
]

/** The media type of a request's body, without parameters. */
export const mediaType = (request: ApiRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()

/**
 * What Go's decoder says of a text that is no JSON, for the mistakes that people make most. @source
 * Go, encoding/json: SyntaxError
 */
function goSays(text: string): string {
  const trimmed = text.trim()
  const afterBrace = /^\{\s*([^\s"}])/.exec(trimmed)?.[1]
  if (afterBrace !== undefined)
    return `invalid character '${afterBrace}' looking for beginning of object key string`
  const first = trimmed[0]
  if (first !== undefined && !'{["-0123456789tfn'.includes(first))
    return `invalid character '${first}' looking for beginning of value`
  return 'unexpected end of JSON input'
}

/** Reads a body as JSON, or as YAML where it is not JSON. A body that is neither is a 400. */
export function readBody(request: ApiRequest): Json {
  const text = request.body ?? ''
  try {
    const json: unknown = JSON.parse(text)
    // JSON.parse gives nothing but JSON.
    return json as Json
  } catch {
    if (!mediaType(request).includes('yaml')) {
      if (request.method === 'PATCH') throw badRequest(goSays(text))
      throw badRequest(
        `the object provided is unrecognized (must be of type Status or the kind of the path): couldn't get version/kind; json parse error: ${goSays(text)}`,
      )
    }
  }
  try {
    const read: unknown = parse(text)
    // Through JSON: dates and maps of YAML have no place in an object.
    return JSON.parse(JSON.stringify(read ?? null)) as Json
  } catch (error) {
    throw badRequest(
      `error decoding YAML: ${error instanceof Error ? error.message.split('\n')[0]! : String(error)}`,
    )
  }
}

/** What a patch makes of a document, for the media types other than apply. */
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

const unsupported = (accepted: readonly string[]): Refusal =>
  new Refusal(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

/** Patches a stored object, or one part of it. Apply creates what is not there. `created` tells. */
export function patchObject(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  request: ApiRequest,
  part: Part,
  writing: Writing,
): { object: JsonObject; created: boolean } {
  const { store } = server.context
  const stored = store.get(kind.kind, namespace, name)
  const type = mediaType(request)
  if (type === apply) return applied(server, kind, namespace, name, request, part, writing)
  if (stored === undefined) {
    if (!forms.includes(type)) throw unsupported(forms)
    throw notFound(kind, name)
  }
  const current = asJson(stored)
  const next = taken(
    kind,
    pruned(kind, patched(kind, type, presented(kind, current), readBody(request))),
  )
  return {
    object: changeObject(server, next.kind, current, next.object, part, writing),
    created: false,
  }
}

function applied(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  request: ApiRequest,
  part: Part,
  writing: Writing,
): { object: JsonObject; created: boolean } {
  const { store } = server.context
  const manager = request.query.get('fieldManager') ?? ''
  if (manager === '') {
    throw new Refusal(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    )
  }
  const body = readBody(request)
  if (!isObject(body)) throw badRequest('an apply patch must be an object')
  if (textAt(body, 'apiVersion') === undefined || textAt(body, 'kind') === undefined)
    throw badRequest('apiVersion and kind must be set in an apply patch')
  if (isObject(body['metadata']) && body['metadata']['managedFields'] !== undefined)
    throw badRequest('metadata.managedFields must be nil')
  const applying = {
    manager,
    force: request.query.get('force') === 'true',
    time: store.timestamp(),
    apiVersion: apiVersionOf(kind),
  }
  const stored = store.get(kind.kind, namespace, name)
  const config: JsonObject = {
    ...body,
    metadata: { ...(isObject(body['metadata']) ? body['metadata'] : {}), name },
  }
  const saidName = textAt(body, 'metadata', 'name') ?? name
  if (saidName !== name)
    throw badRequest(
      `the name of the object (${saidName}) does not match the name on the URL (${name})`,
    )
  if (stored === undefined) {
    if (part === 'status') throw notFound(kind, name)
    return {
      object: createObject(
        server,
        kind,
        namespace,
        applyConfig(undefined, config, applying),
        writing,
      ),
      created: true,
    }
  }
  const current = asJson(stored)
  return {
    object: changeObject(
      server,
      kind,
      current,
      applyConfig(current, config, applying),
      part,
      writing,
    ),
    created: false,
  }
}
