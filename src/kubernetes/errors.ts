// Errors between holdfast and an API server. Each message names the server, the cause and its
// likely meaning.
import { formatDuration } from '#src/model/units.ts'
import { ForbiddenAct } from '#src/commands/forbidden-act.ts'

/** The API server answered, but not with the expected answer. */
export class KubeError extends Error {
  readonly status: number
  /**
   * The reason in the words of Kubernetes, e.g. `NotFound`, `Conflict`, `Expired`. `Garbage` for an
   * answer that is not JSON.
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
 * The API server did not answer. `code` is the code of the operating system, e.g. `ECONNREFUSED`,
 * or `SILENT` when the deadline passed.
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

/** Codes of failed TLS. @source Node documentation, TLS and OpenSSL errors */
const tlsCodes = /^(ERR_SSL_|ERR_TLS_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|EPROTO$)/

/** @source Node documentation, TLS errors */
const wrongName = 'ERR_TLS_CERT_ALTNAME_INVALID'

/** How server and client disagree on TLS; undefined: the request failed for another reason. */
export function tlsFailure(error: unknown): 'tls' | 'tls-name' | undefined {
  const codes = [...chain(error)].flatMap(one => (one instanceof KubeUnreachable ? one.code : []))
  if (codes.includes(wrongName)) return 'tls-name'
  return codes.some(code => tlsCodes.test(code)) ? 'tls' : undefined
}

const untrusted =
  'no authority in the kubeconfig signed its certificate: another server owns the port, ' +
  'or the cluster was recreated'
const noTls = 'it does not speak TLS: another program may own the port'
const refusesClient =
  'it does not accept the client certificate of the kubeconfig, ' +
  'which may belong to another cluster or have expired'

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
  ENOTFOUND: 'its name does not exist',
  EAI_AGAIN: 'its name cannot be resolved at the moment',
  EHOSTUNREACH: 'its host is unreachable',
  ENETUNREACH: 'its network is unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  [wrongName]: 'its certificate is for other names than the one in the kubeconfig',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: one of the clocks is wrong',
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: refusesClient,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: refusesClient,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: refusesClient,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: refusesClient,
}

/** An error and its causes, outermost first. */
function* chain(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) {
    yield at
    if (at instanceof AggregateError) yield* at.errors.filter(one => one instanceof Error)
  }
}

/**
 * The error of a failed request: a forbidden act stays itself, anything else means that the server
 * did not answer. The message does not name the request, because a server that is down is one cause
 * however many requests it fails.
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

/** The error for a deadline that passed without an answer. */
export const silence = (server: string, deadline: number): KubeUnreachable =>
  new KubeUnreachable(
    server,
    'SILENT',
    `${server} did not answer within ${formatDuration(deadline)}`,
  )

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/**
 * The error for a status of 400 or more. It quotes the Status object of Kubernetes if the body is
 * one.
 */
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

/** The error for a successful status with a body that is not the expected JSON. */
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
    `${server} answered ${what} with ${status}, but not as an API server does: ` +
      `“${body.trim().slice(0, 80)}”`,
  )
