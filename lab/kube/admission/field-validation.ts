// Fields that a kind does not have: refused or warned about, as a request's `fieldValidation` asks.
import { copyOf } from '#lab/kernel/data.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { isObject } from '#lab/kube/patch/json.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { messageFields } from '#lab/kube/protobuf/message-fields.ts'
import { jsonFields, messageOf } from '#lab/kube/api/openapi.ts'

/**
 * Messages whose JSON has fields that their protobuf does not tell, and metadata's, which is the
 * server's to judge.
 */
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

function unknownIn(message: string, value: Json | undefined, path: string): string[] {
  if (!isObject(value) || unchecked.has(message) || messageFields(message) === undefined) return []
  const fields = new Map(jsonFields(message).map(field => [field.name, field]))
  return Object.entries(value).flatMap(([key, entry]): string[] => {
    const here = path === '' ? key : `${path}.${key}`
    const field = fields.get(key)
    if (field === undefined)
      return (path === '' && typeFields.has(key)) || key === 'managedFields' || key === 'selfLink'
        ? []
        : [here]
    if (field.map) return []
    if (field.many && Array.isArray(entry))
      return entry.flatMap((each, index) => unknownIn(field.type, each, `${here}[${index}]`))
    return unknownIn(field.type, entry, here)
  })
}

/** The object without the fields that its kind does not have: nobody stores them. */
export function pruned(kind: Kind, object: JsonObject): JsonObject {
  const paths = kind.custom ? [] : unknownIn(messageOf(kind), object, '')
  if (paths.length === 0) return object
  const made = copyOf(object)
  for (const path of paths) {
    const steps = path.split(/\.|(?=\[)/)
    const last = steps.pop() ?? ''
    let here: Json | undefined = made
    for (const step of steps)
      here =
        step.startsWith('[') && Array.isArray(here)
          ? here[Number(step.slice(1, -1))]
          : isObject(here)
            ? here[step]
            : undefined
    if (isObject(here)) delete here[last]
  }
  return made
}

/** Integers of 64 bits; all others have 32. @source Kubernetes v1.35, API types */
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

/**
 * Where a value is not of its field's type: what it is, what it should be, and the path that Go's
 * decoder names.
 */
export interface WrongType {
  is: 'number' | 'string' | 'bool'
  should: string
  path: string
}

function wrongIn(message: string, value: Json | undefined, path: string): WrongType | undefined {
  if (!isObject(value) || unchecked.has(message) || messageFields(message) === undefined)
    return undefined
  for (const field of jsonFields(message)) {
    const entry = value[field.name]
    const here = path === '' ? field.name : `${path}.${field.name}`
    const entries =
      field.map && isObject(entry)
        ? Object.values(entry)
        : field.many && Array.isArray(entry)
          ? entry
          : [entry]
    for (const each of entries) {
      const found =
        wrongScalar(field.type, each, field.name, here) ?? wrongIn(field.type, each, here)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function wrongScalar(
  type: string,
  value: Json | undefined,
  name: string,
  path: string,
): WrongType | undefined {
  const is =
    typeof value === 'number'
      ? 'number'
      : typeof value === 'string'
        ? 'string'
        : typeof value === 'boolean'
          ? 'bool'
          : undefined
  if (is === undefined) return undefined
  if (type === 'text') return is === 'string' ? undefined : { is, should: 'string', path }
  if (type === 'integer')
    return is === 'number' ? undefined : { is, should: long.has(name) ? 'int64' : 'int32', path }
  return type === 'boolean' && is !== 'bool' ? { is, should: 'bool', path } : undefined
}

/**
 * The first value that is not of its field's type; undefined where all are, and for custom kinds.
 */
export const wrongType = (kind: Kind, object: JsonObject): WrongType | undefined =>
  kind.custom ? undefined : wrongIn(messageOf(kind), object, '')

/**
 * `unknown field "spec.replica"` for each field that the kind does not have; none for custom kinds.
 */
export function unknownFields(kind: Kind, object: JsonObject): string[] {
  if (kind.custom) return []
  return unknownIn(messageOf(kind), object, '').map(path => `unknown field "${path}"`)
}
