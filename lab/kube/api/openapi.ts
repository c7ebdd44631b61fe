// OpenAPI as far as clients need it: the kinds, their fields, and the parameters of writes.
import type { Store } from '#lab/kernel/store.ts'
import { allKinds } from './discovery.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf } from './kinds.ts'
import { messageFields, type Field } from '#lab/kube/protobuf/message-fields.ts'
import type { ApiRequest } from '#lab/kube/request.ts'

/** Parameters of every write. @source Kubernetes v1.35, OpenAPI of PATCH */
const parameters: JsonObject[] = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(
  name => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
  }),
)

const rootOf = (kind: Kind): string =>
  kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`
const identity = (kind: Kind): JsonObject => ({
  group: kind.group,
  version: kind.version,
  kind: kind.kind,
})

function pathOf(kind: Kind): [string, JsonObject] {
  const operation = {
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': identity(kind),
    parameters,
    responses: { 200: { description: 'OK' } },
  }
  return [
    `/${rootOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}/{name}`,
    { patch: operation },
  ]
}

/** The message of a kind. Two kinds of events share a name, so their messages carry the group. */
export const messageOf = (kind: Kind): string =>
  kind.kind === 'Event' ? `Event@${kind.group === '' ? 'core' : 'events'}` : kind.kind

/** The name of a message's schema. Clients do not need its group, so all groups share a prefix. */
const schemaName = (message: string): string =>
  `io.k8s.api.${message.replace(/^(\w+)@(\w+)$/, '$2.$1')}`

/** Schemas of types that are not objects. @source Kubernetes v1.35, OpenAPI */
const plain: Readonly<Record<string, JsonObject>> = {
  text: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  Quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  IntOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
}

/** The names that `kubectl explain` shows for some types. */
const named: Readonly<Record<string, string>> = {
  IntOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  Quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  Time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  MicroTime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
}
const namedSchemas = (): Record<string, JsonObject> =>
  Object.fromEntries(Object.entries(named).map(([type, name]) => [name, plain[type] ?? {}]))

function propertyOf(field: Field): JsonObject {
  const name = named[field.type]
  // OpenAPI ignores members beside `$ref`, so Kubernetes wraps the reference.
  const scalar =
    name === undefined ? plain[field.type] : { allOf: [{ $ref: `#/components/schemas/${name}` }] }
  const own =
    scalar ??
    (messageFields(field.type) === undefined
      ? { type: 'object' }
      : { $ref: `#/components/schemas/${schemaName(field.type)}` })
  if (field.map) return { type: 'object', additionalProperties: own }
  return field.many ? { type: 'array', items: own } : own
}

/** The fields of a message in JSON, where those of embedded messages are among the others. */
export function jsonFields(message: string): readonly Field[] {
  return [...(messageFields(message)?.values() ?? [])].flatMap(field =>
    field.inline ? jsonFields(field.type) : [field],
  )
}

/** Adds the schemas of a kind and of all messages in it. */
function schemasOf(kind: Kind, into: Record<string, JsonObject>): void {
  const add = (message: string, extra: JsonObject): void => {
    const name = schemaName(message)
    if (into[name] !== undefined || messageFields(message) === undefined) return
    const fields = jsonFields(message)
    const types =
      Object.keys(extra).length === 0
        ? []
        : ['apiVersion', 'kind'].map(each => [each, { type: 'string' }])
    into[name] = {
      type: 'object',
      properties: Object.fromEntries([
        ...types,
        ...fields.map(field => [field.name, propertyOf(field)]),
      ]),
      ...extra,
    }
    for (const field of fields) if (plain[field.type] === undefined) add(field.type, {})
  }
  const extra = { 'x-kubernetes-group-version-kind': [identity(kind)] }
  if (messageFields(messageOf(kind)) === undefined || kind.custom)
    into[`${kind.group || 'core'}.${kind.version}.${kind.kind}`] = {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      ...extra,
    }
  else add(messageOf(kind), extra)
}

function schemas(kinds: readonly Kind[]): Record<string, JsonObject> {
  const made: Record<string, JsonObject> = namedSchemas()
  for (const kind of kinds) schemasOf(kind, made)
  return made
}

const info: JsonObject = { title: 'Kubernetes', version: 'v1.35.0' }

/** The document at `/openapi/v2`, `/openapi/v3` or `/openapi/v3/<group version>`, or undefined. */
export function openApi(store: Store, path: string): JsonObject | undefined {
  const kinds = allKinds(store).filter(kind => kind.verbs.includes('patch'))
  if (path === '/openapi/v2') {
    return {
      swagger: '2.0',
      info,
      paths: Object.fromEntries(kinds.map(pathOf)),
      definitions: {},
    }
  }
  const roots = [...new Set(kinds.map(rootOf))]
  if (path === '/openapi/v3')
    return {
      paths: Object.fromEntries(
        roots.map(root => [root, { serverRelativeURL: `/openapi/v3/${root}` }]),
      ),
    }
  const own = kinds.filter(kind => path === `/openapi/v3/${rootOf(kind)}`)
  if (own.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info,
    paths: Object.fromEntries(own.map(pathOf)),
    components: { schemas: schemas(own) },
  }
}

/**
 * The type of the answer. Requests have an @ in it, which media types do not allow. @source
 * measured on a v1.35 node
 */
const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** A protobuf field with a text or a message of less than 128 bytes. */
const lengthDelimited = (number: number, text: string): string =>
  `${String.fromCharCode((number << 3) | 2)}${String.fromCharCode(text.length)}${text}`

/** An OpenAPI v2 document with a title and a version, but without paths and definitions. */
function emptyDocument(): string {
  const title = lengthDelimited(1, 'Kubernetes') + lengthDelimited(2, 'v1.35.0')
  const head = lengthDelimited(1, '2.0') + lengthDelimited(2, title)
  return head + lengthDelimited(8, '') + lengthDelimited(9, '')
}

/**
 * Answers `/openapi/v2` in protobuf, for which kubectl asks when it validates. The document has no
 * definitions, so kubectl validates with version 3 alone. Undefined for all other requests.
 */
export function openApiProtobuf(
  request: ApiRequest,
): { status: number; headers: Record<string, string>; body: string } | undefined {
  if (
    request.path !== '/openapi/v2' ||
    request.headers['accept']?.includes('proto-openapi.spec.v2') !== true
  )
    return undefined
  return { status: 200, headers: { 'content-type': protobufType }, body: emptyDocument() }
}
