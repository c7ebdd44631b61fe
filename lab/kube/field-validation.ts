// Fields that a kind does not have: refused or warned about, as a request's `fieldValidation` asks.
import type { Json, JsonObject } from './json.ts'
import { isObject } from './json.ts'
import type { Kind } from './kinds.ts'
import { messageFields } from './messages.ts'
import { jsonFields, messageOf } from './openapi.ts'

/** Messages whose JSON has fields that their protobuf does not tell, and metadata's, which is the server's to judge. */
const unchecked = new Set(['ListMeta', 'FieldsV1', 'RawExtension', 'Time', 'MicroTime', 'Quantity', 'IntOrString'])
const typeFields = new Set(['apiVersion', 'kind'])

function unknownIn(message: string, value: Json | undefined, path: string): string[] {
  if (!isObject(value) || unchecked.has(message) || messageFields(message) === undefined) return []
  const fields = new Map(jsonFields(message).map(field => [field.name, field]))
  return Object.entries(value).flatMap(([key, entry]): string[] => {
    const here = path === '' ? key : `${path}.${key}`
    const field = fields.get(key)
    if (field === undefined) return (path === '' && typeFields.has(key)) || key === 'managedFields' || key === 'selfLink' ? [] : [here]
    if (field.map) return []
    if (field.many && Array.isArray(entry)) return entry.flatMap((each, index) => unknownIn(field.type, each, `${here}[${index}]`))
    return unknownIn(field.type, entry, here)
  })
}

/** `unknown field "spec.replica"` for each field that the kind does not have; none for custom kinds. */
export function unknownFields(kind: Kind, object: JsonObject): string[] {
  if (kind.custom) return []
  return unknownIn(messageOf(kind), object, '').map(path => `unknown field "${path}"`)
}
