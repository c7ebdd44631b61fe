// HTTP requests to the lab's API: authenticates the client, forwards the request, and breaks
// connections when the world breaks them.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Dispatcher } from 'undici'
import { longestBody, readBody, type Refused } from './request-body.ts'

/** Paths that need no identity. @source Kubernetes default, system:public-info-viewer */
const open = /^\/(?:healthz|livez|readyz|version)(?:\/|$|\?)/

/** A Status as the API server writes it when it refuses a request before reading it. */
export const statusText = (code: number, reason: string, message: string): string =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  })

/** Answers with a Status, as the API server does before it reads a request. */
export function refuse(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
): void {
  response
    .writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
    .end(`${statusText(code, reason, message)}\n`)
}

/** Whether a client has the token, or a certificate that the lab's CA has signed. */
export function isKnown(request: IncomingMessage, token: string): boolean {
  if (request.socket instanceof TLSSocket && request.socket.authorized) return true
  const given = Buffer.from(
    /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '',
  )
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const textHeaders = (headers: IncomingMessage['headers']): Record<string, string> => {
  const {
    authorization: _,
    connection: _connection,
    'transfer-encoding': _encoding,
    ...rest
  } = headers
  return Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

/** Headers that belong to a connection and not to the answer. */
const ofConnection = new Set(['transfer-encoding', 'connection', 'content-length'])

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const isMethod = (text: string): text is Dispatcher.HttpMethod => methods.has(text)

/**
 * Resets a connection, so that bytes under way are lost. Node throws on the reset of a TLS
 * connection, so the lab closes that instead.
 */
export const reset = ({ socket }: IncomingMessage): void =>
  void ('encrypted' in socket ? socket.destroy() : socket.resetAndDestroy())

/** An authenticated request, or its refusal. */
async function read(
  request: IncomingMessage,
  token: string,
): Promise<
  { method: Dispatcher.HttpMethod; headers: Record<string, string>; body: string } | Refused
> {
  const { url = '/', method = 'GET' } = request
  if (!open.test(url) && !isKnown(request, token)) return [401, 'Unauthorized', 'Unauthorized']
  if (!isMethod(method)) {
    const message = 'the server does not allow this method on the requested resource'
    return [405, 'MethodNotAllowed', message]
  }
  const headers = textHeaders(request.headers)
  const body = await readBody(request, headers)
  if (body === undefined)
    return [413, 'RequestEntityTooLarge', `Request entity too large: limit is ${longestBody}`]
  return typeof body === 'string' ? { method, headers, body } : body
}

/** Forwards a request to the API server behind `dispatcher`, and its answer as it arrives. */
export async function proxied(
  request: IncomingMessage,
  response: ServerResponse,
  to: { dispatcher: Dispatcher; port: number; token: string },
): Promise<void> {
  const accepted = await read(request, to.token)
  if (!('method' in accepted)) return refuse(response, ...accepted)
  const { method, headers, body } = accepted
  const options: Dispatcher.DispatchOptions = {
    origin: `https://127.0.0.1:${to.port}`,
    path: request.url ?? '/',
    method,
    headers,
  }
  if (body !== '') options.body = body
  to.dispatcher.dispatch(options, answering(request, response))
}

/** Writes the answer of the dispatcher as the answer to a client. */
function answering(request: IncomingMessage, response: ServerResponse): Dispatcher.DispatchHandler {
  let abort = (): void => {}
  response.once('close', () => abort())
  return {
    onRequestStart: controller => {
      abort = () => controller.abort(new Error('the client is gone'))
    },
    onResponseStart: (_controller, status, headers) => {
      const kept = Object.entries(headers).filter(
        ([name, value]) => value !== undefined && !ofConnection.has(name.toLowerCase()),
      )
      response.writeHead(status, Object.fromEntries(kept))
      // A watch answers before it sends its first line.
      response.flushHeaders()
    },
    onResponseData: (_controller, chunk) => void response.write(chunk),
    onResponseEnd: () => void response.end(),
    onResponseError: () => reset(request),
  }
}
