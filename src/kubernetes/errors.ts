// What can go wrong between holdfast and an API server, as errors that say where, why and what it
// means.
import { formatDuration } from '#src/model/units.ts'
import { ForbiddenAct } from '#src/commands/forbidden-act.ts'

/** The API server answered, and the answer is not what was asked for. */
export class KubeError extends Error {
  readonly status: number
  /**
   * Kubernetes' own word, e.g. `NotFound`, `Conflict`, `Expired`; `Garbage` for an answer that is
   * not JSON.
   */
  readonly reason: string
  readonly path: string
  constructor(status: number, reason: string, path: string, message: string) {
    super(message)
    this.name = 'KubeError'
    this.status = status
    this.reason = reason
    this.path = path
  }
}

/**
 * The API server did not answer. `code` is the system's, e.g. `ECONNREFUSED`, or `SILENT` when the
 * deadline passed.
 */
export class KubeUnreachable extends Error {
  readonly server: string
  readonly code: string
  constructor(server: string, code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'KubeUnreachable'
    this.server = server
    this.code = code
  }
}

const untrusted =
  'its certificate is signed by nobody the kubeconfig trusts: the port may belong to another server, or the cluster was made anew'
const noTls = 'it does not speak TLS: another program may own the port'
const notUs =
  'it does not accept the client certificate of the kubeconfig: that may be of another cluster, or expired'

const explanations: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET:
    'it accepted the connection and closed it: a forwarder without a server behind it does that',
  UND_ERR_SOCKET:
    'it accepted the connection and closed it: a forwarder without a server behind it does that',
  EPIPE: 'it closed the connection',
  ETIMEDOUT: 'the connection was not made in time',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not made in time',
  UND_ERR_HEADERS_TIMEOUT: 'it accepted the connection and did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it stopped in the middle of its answer',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up now',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names than the one in the kubeconfig',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: one of the clocks is wrong',
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: notUs,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: notUs,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: notUs,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: notUs,
}

/** An error and its causes, outermost first. */
function* chain(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) {
    yield at
    if (at instanceof AggregateError) yield* at.errors.filter(one => one instanceof Error)
  }
}

/**
 * What a failed request means: a refused act as itself, anything else as the server that did not
 * answer. What was asked
 * is not in it: a server that is away is one cause, however much was asked of it.
 */
export function connectionError(server: string, error: unknown): Error {
  const errors = [...chain(error)]
  const forbidden = errors.find(one => one instanceof ForbiddenAct)
  if (forbidden !== undefined) return forbidden
  const coded = errors.findLast(one => typeof Reflect.get(one, 'code') === 'string')
  const code = String((coded && Reflect.get(coded, 'code')) ?? 'UNKNOWN')
  const port: unknown = coded && Reflect.get(coded, 'port')
  const address =
    coded && typeof port === 'number'
      ? `${String(Reflect.get(coded, 'address'))}:${port}`
      : new URL(server).host
  const why = explanations[code] ?? errors.at(-1)?.message ?? String(error)
  return new KubeUnreachable(
    server,
    code,
    `${server} did not answer: ${code} ${address}: ${why}`,
    error,
  )
}

/** The deadline passed. */
export const silence = (server: string, deadline: number): KubeUnreachable =>
  new KubeUnreachable(
    server,
    'SILENT',
    `${server} did not answer within ${formatDuration(deadline)}`,
  )

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The error for a status of 400 and above: Kubernetes' own Status object where the body is one. */
export function statusError(what: string, path: string, status: number, body: string): KubeError {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    parsed = undefined
  }
  const member = (name: string): string | undefined =>
    typeof parsed === 'object' && parsed !== null ? text(Reflect.get(parsed, name)) : undefined
  const reason = member('reason') ?? 'Unknown'
  const message = member('message') ?? (body.trim().slice(0, 160) || 'no body')
  return new KubeError(status, reason, path, `${what}: ${status} ${reason}: ${message}`)
}

/**
 * The error for a successful status with a body that is no JSON, or not the JSON that was asked
 * for.
 */
export const garbage = (
  server: string,
  what: string,
  path: string,
  status: number,
  body: string,
): KubeError =>
  new KubeError(
    status,
    'Garbage',
    path,
    `${server} answered ${what} with ${status} and not with what an API server says: “${body.trim().slice(0, 80)}”`,
  )
