// Checks the fields of a request: refuses wrong types, and refuses unknown fields or warns about
// them.
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { isObject } from '#lab/kube/patch/json.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { unknownFields, wrongType, type WrongType } from './field-validation.ts'
import { mediaType } from '#lab/kube/patch/body.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import { badRequest, Refusal } from '#lab/kube/messages/status.ts'

/** A warning for a header. @source RFC 7234, section 5.5: code 299, without an agent */
export const warning = (text: string): string => `299 - "${text.replaceAll('"', '\\"')}"`

/** A value as Go prints it. */
function printed(value: Json): string {
  if (isObject(value)) {
    const members = Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => `${key}:${printed(entry)}`)
    return `map[${members.join(' ')}]`
  }
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The beginning of a refusal that Go's decoder causes. */
const cannotHandle = (kind: Kind): string =>
  `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}:`

function wrongTypeRefusal(
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
    `${cannotHandle(kind)} json: cannot unmarshal ${is} into Go struct field ` +
      `${kind.kind}.${path} of type ${should}`,
  )
}

/**
 * Refuses values of the wrong type. Refuses unknown fields with `fieldValidation=Strict`, and warns
 * about them without. Returns headers for the answer. @source Kubernetes v1.35, handlers: texts of
 * the errors
 */
export function checkFields(
  kind: Kind,
  request: ApiRequest,
  given: JsonObject,
): Record<string, string> {
  const wrong = wrongType(kind, given)
  if (wrong !== undefined) throw wrongTypeRefusal(kind, request, given, wrong)
  // Directives of strategic patches are not fields.
  const unknown = unknownFields(kind, given).filter(text => !/"(?:.*\.)?\$/.test(text))
  const asked = request.query.get('fieldValidation') ?? 'Warn'
  if (unknown.length === 0 || asked === 'Ignore') return {}
  if (asked !== 'Strict') return { warning: unknown.map(warning).join(', ') }
  const why = `strict decoding error: ${unknown.join(', ')}`
  if (request.method !== 'PATCH' || mediaType(request).includes('apply-patch'))
    throw badRequest(`${cannotHandle(kind)} ${why}`)
  throw badRequest(`error decoding patch: ${why}`)
}
