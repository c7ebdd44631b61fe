// Refusals of the API server: Status objects with the reasons and texts of Kubernetes.
import type { Kind } from '#lab/kube/api/kinds.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { present } from '#lab/kube/patch/json.ts'

/** An error in one field of a request's object. */
export interface FieldError {
  field: string
  reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueForbidden'
    | 'FieldValueDuplicate'
    | 'FieldValueNotSupported'
    | 'FieldValueNotFound'
  body: string
}

/** Any part of the server may throw it. The server answers with its Status. */
export class Refusal extends Error {
  readonly status: JsonObject
  readonly code: number
  readonly headers: Record<string, string>
  constructor(
    code: number,
    reason: string,
    message: string,
    details?: JsonObject,
    headers: Record<string, string> = {},
  ) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.headers = headers
    this.status = present({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code,
    })
  }
}

/** `pods`, `deployments.apps`. */
export const resourceOf = (kind: Pick<Kind, 'plural' | 'group'>): string =>
  kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`

/** The details of a Status that name an object. */
export const detailsOf = (kind: Kind, name: string): JsonObject =>
  present({ name, group: kind.group || undefined, kind: kind.plural })

/** 404 for a missing object. */
export const notFound = (kind: Kind, name: string): Refusal =>
  new Refusal(404, 'NotFound', `${resourceOf(kind)} "${name}" not found`, detailsOf(kind, name))

/** 409 for the creation of an existing object. */
export const alreadyExists = (kind: Kind, name: string): Refusal =>
  new Refusal(
    409,
    'AlreadyExists',
    `${resourceOf(kind)} "${name}" already exists`,
    detailsOf(kind, name),
  )

/** 409 for a change that does not fit the stored object. */
export const conflict = (kind: Kind, name: string, why: string): Refusal =>
  new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceOf(kind)} "${name}": ${why}`,
    detailsOf(kind, name),
  )

/** 409 for a change of an older version. */
export const modified = (kind: Kind, name: string): Refusal =>
  conflict(
    kind,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )

/** 400 for a mistake in the request. */
export const badRequest = (message: string): Refusal => new Refusal(400, 'BadRequest', message)

/** 405 for a method that the path does not have. */
export const methodNotAllowed = (): Refusal =>
  new Refusal(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  )

/** 410 for versions before the beginning of the history. */
export const expired = (message: string): Refusal => new Refusal(410, 'Expired', message)

/** `Deployment.apps "x" is invalid: …` with one cause per field. */
export function invalid(kind: Kind, name: string, errors: readonly FieldError[]): Refusal {
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const texts = errors.map(error => `${error.field}: ${error.body}`)
  const all = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
  return new Refusal(422, 'Invalid', `${qualified} "${name}" is invalid: ${all}`, {
    ...detailsOf({ ...kind, plural: kind.kind }, name),
    causes: errors.map(error => ({
      reason: error.reason,
      message: error.body,
      field: error.field,
    })),
  })
}

/** 422 for an invalid field in the options of a request, such as `DeleteOptions`. */
export const invalidOption = (options: string, error: FieldError): Refusal =>
  new Refusal(
    422,
    'Invalid',
    `${options}.meta.k8s.io "" is invalid: ${error.field}: ${error.body}`,
    {
      group: 'meta.k8s.io',
      kind: options,
      causes: [{ reason: error.reason, message: error.body, field: error.field }],
    },
  )

/**
 * A patch that does not fit the object, such as a failed `test` or a missing path. Kubernetes gives
 * no details.
 */
export const patchRejected = (): Refusal =>
  new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {})

const shown = (value: Json): string => JSON.stringify(value)

/** Makes the errors that a field can have. */
export const field = {
  invalid: (path: string, value: Json, why: string): FieldError => ({
    field: path,
    reason: 'FieldValueInvalid',
    body: `Invalid value: ${shown(value)}: ${why}`,
  }),
  required: (path: string, why?: string): FieldError => ({
    field: path,
    reason: 'FieldValueRequired',
    body: why === undefined ? 'Required value' : `Required value: ${why}`,
  }),
  forbidden: (path: string, why: string): FieldError => ({
    field: path,
    reason: 'FieldValueForbidden',
    body: `Forbidden: ${why}`,
  }),
  duplicate: (path: string, value: Json): FieldError => ({
    field: path,
    reason: 'FieldValueDuplicate',
    body: `Duplicate value: ${shown(value)}`,
  }),
  notFound: (path: string, value: Json): FieldError => ({
    field: path,
    reason: 'FieldValueNotFound',
    body: `Not found: ${shown(value)}`,
  }),
  unsupported: (path: string, value: Json, supported: readonly string[]): FieldError => ({
    field: path,
    reason: 'FieldValueNotSupported',
    body:
      `Unsupported value: ${shown(value)}: ` +
      `supported values: ${supported.map(shown).join(', ')}`,
  }),
} as const
