// Finds unknown fields and values of the wrong type in objects.
import { copyOf } from '#lab/kernel/data.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { jsonFields, messageOf } from '#lab/kube/api/openapi.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, isObject } from '#lab/kube/patch/json.ts'
import { messageFields, type Field } from '#lab/kube/protobuf/message-fields.ts'

/** Messages whose JSON differs from their protobuf, and metadata, which only the server writes. */
const unchecked = new Set([
  'ListMeta',
  'FieldsV1',
  'RawExtension',
  'Time',
  'MicroTime',
  'Quantity',
  'IntOrString',
])
const typeFields = new Set(['apiVersion', 'kind'])
const serverFields = new Set(['managedFields', 'selfLink'])

const isChecked = (message: string): boolean =>
  !unchecked.has(message) && messageFields(message) !== undefined

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

function unknownIn(message: string, value: Json | undefined, path: string): string[] {
  if (!isObject(value) || !isChecked(message)) return []
  const fields = new Map(jsonFields(message).map(field => [field.name, field]))
  return Object.entries(value).flatMap(([key, entry]): string[] => {
    const here = join(path, key)
    const field = fields.get(key)
    if (field === undefined) {
      const isKnown = (path === '' && typeFields.has(key)) || serverFields.has(key)
      return isKnown ? [] : [here]
    }
    if (field.map) return []
    if (field.many && Array.isArray(entry))
      return entry.flatMap((each, index) => unknownIn(field.type, each, `${here}[${index}]`))
    return unknownIn(field.type, entry, here)
  })
}

/** The steps of a path such as `spec.containers[0].image`. */
const stepsOf = (path: string): (string | number)[] =>
  path.split(/\.|(?=\[)/).map(step => (step.startsWith('[') ? Number(step.slice(1, -1)) : step))

/** The object without unknown fields, which the server does not store. */
export function pruned(kind: Kind, object: JsonObject): JsonObject {
  const paths = kind.custom ? [] : unknownIn(messageOf(kind), object, '')
  if (paths.length === 0) return object
  const made = copyOf(object)
  for (const path of paths) {
    const steps = stepsOf(path)
    const parent = at(made, ...steps.slice(0, -1))
    if (isObject(parent)) delete parent[steps.at(-1) ?? '']
  }
  return made
}

/** Integers of 64 bits. All others have 32. @source Kubernetes v1.35, API types */
const long = new Set([
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  'tolerationSeconds',
  'generation',
  'observedGeneration',
  'deletionGracePeriodSeconds',
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'expirationSeconds',
  'startingDeadlineSeconds',
])

/** A value of the wrong type: its type, that of the field, and the path that Go's decoder names. */
export interface WrongType {
  is: 'number' | 'string' | 'bool'
  should: string
  path: string
}

/** The values of a field: those of a map, the entries of a list, or the single one. */
function valuesOf(field: Field, entry: Json | undefined): readonly (Json | undefined)[] {
  if (field.map && isObject(entry)) return Object.values(entry)
  return field.many && Array.isArray(entry) ? entry : [entry]
}

function wrongIn(message: string, value: Json | undefined, path: string): WrongType | undefined {
  if (!isObject(value) || !isChecked(message)) return undefined
  for (const field of jsonFields(message)) {
    const here = join(path, field.name)
    for (const each of valuesOf(field, value[field.name])) {
      const found = wrongScalar(field, each, here) ?? wrongIn(field.type, each, here)
      if (found !== undefined) return found
    }
  }
  return undefined
}

const goTypes: Readonly<Record<string, WrongType['is']>> = {
  number: 'number',
  string: 'string',
  boolean: 'bool',
}

/** The Go type that a field of this type should have; undefined for messages and bytes. */
function wantedType(field: Field): { is: WrongType['is']; should: string } | undefined {
  switch (field.type) {
    case 'text':
      return { is: 'string', should: 'string' }
    case 'integer':
      return { is: 'number', should: long.has(field.name) ? 'int64' : 'int32' }
    case 'boolean':
      return { is: 'bool', should: 'bool' }
    default:
      return undefined
  }
}

function wrongScalar(field: Field, value: Json | undefined, path: string): WrongType | undefined {
  const is = goTypes[typeof value]
  const wanted = wantedType(field)
  if (is === undefined || wanted === undefined || is === wanted.is) return undefined
  return { is, should: wanted.should, path }
}

/** The first value of the wrong type. Undefined if there is none, and for custom kinds. */
export const wrongType = (kind: Kind, object: JsonObject): WrongType | undefined =>
  kind.custom ? undefined : wrongIn(messageOf(kind), object, '')

/** `unknown field "spec.replica"` for each unknown field; empty for custom kinds. */
export function unknownFields(kind: Kind, object: JsonObject): string[] {
  if (kind.custom) return []
  return unknownIn(messageOf(kind), object, '').map(path => `unknown field "${path}"`)
}
