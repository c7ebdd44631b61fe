// What a request's fields are answered with: refusals of wrong types and unknown fields, and
// warnings.
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { isObject } from '#lab/kube/patch/json.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { unknownFields, wrongType, type WrongType } from './field-validation.ts'
import { mediaType } from '#lab/kube/patch/body.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import { badRequest, Refusal } from '#lab/kube/messages/status.ts'

/** A warning as a header has it. @source RFC 7234, section 5.5: 299, and nobody as its agent */
export const warning = (text: string): string => `299 - "${text.replaceAll('"', '\\"')}"`

/** What stands for an object in a message: Go's print of a map. */
const printed = (value: Json): string =>
  isObject(value)
    ? `map[${Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, entry]) => `${key}:${printed(entry)}`)
        .join(' ')}]`
    : Array.isArray(value)
      ? `[${value.map(printed).join(' ')}]`
      : typeof value === 'string'
        ? value
        : JSON.stringify(value)

function refusedType(
  kind: Kind,
  request: ApiRequest,
  given: JsonObject,
  { is, should, path }: WrongType,
): Refusal {
  if (request.method === 'PATCH' && mediaType(request).includes('strategic')) {
    const why = `Invalid value: "${printed(given)}": unrecognized type: ${should}`
    return new Refusal(422, 'Invalid', ` "" is invalid: patch: ${why}`, {
      causes: [{ reason: 'FieldValueInvalid', message: why, field: 'patch' }],
    })
  }
  return badRequest(
    `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: json: cannot unmarshal ${is} into Go struct field ${kind.kind}.${path} of type ${should}`,
  )
}

/**
 * Refuses values that are not of their field's type; fields that the kind does not have are refused
 * with
 * `fieldValidation=Strict` and warned about without. Returns headers for the answer.
 * @source Kubernetes v1.35, handlers: texts of the errors
 */
export function checkFields(
  kind: Kind,
  request: ApiRequest,
  given: JsonObject,
): Record<string, string> {
  const wrong = wrongType(kind, given)
  if (wrong !== undefined) throw refusedType(kind, request, given, wrong)
  // Directives of strategic patches are no fields.
  const unknown = unknownFields(kind, given).filter(text => !/"(?:.*\.)?\$/.test(text))
  const asked = request.query.get('fieldValidation') ?? 'Warn'
  if (unknown.length === 0 || asked === 'Ignore') return {}
  if (asked !== 'Strict') return { warning: unknown.map(warning).join(', ') }
  const why = `strict decoding error: ${unknown.join(', ')}`
  if (request.method !== 'PATCH' || mediaType(request).includes('apply-patch'))
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${why}`,
    )
  throw badRequest(`error decoding patch: ${why}`)
}
