// HTTP requests to the lab's API: who asks, what is answered, and connections that break as the
// world's do.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Dispatcher } from 'undici'
import { protobufType, readProtobuf } from '#lab/kube/protobuf/read-protobuf.ts'
import { ProtobufError } from '#lab/kube/protobuf/wire.ts'

/**
 * Longest body of a request, bytes. @source Kubernetes default, limit of a resource request: 3 MiB
 */
const longestBody = 3 * 2 ** 20

/** What everybody may ask. @source Kubernetes default, system:public-info-viewer */
const open = /^\/(?:healthz|livez|readyz|version)(?:\/|$|\?)/

/** A Status as the API server writes it where it refuses a request before reading it. */
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

/** Answers with a Status, as the API server does before it looks at what is asked. */
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

/** Somebody with the token, or with a certificate that the lab's authority has signed. */
export function isKnown(request: IncomingMessage, token: string): boolean {
  if (request.socket instanceof TLSSocket && request.socket.authorized) return true
  const given = Buffer.from(
    /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '',
  )
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** The whole body; undefined when it is longer than the API server takes. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const piece = Buffer.from(chunk)
    bytes += piece.length
    if (bytes > longestBody) return undefined
    chunks.push(piece)
  }
  return Buffer.concat(chunks)
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

type Refused = [code: number, reason: string, message: string]

/**
 * The body as text. Protobuf becomes JSON, and its header says so; what cannot be read is a
 * refusal.
 */
function bodyText(headers: Record<string, string>, bytes: Buffer): string | Refused {
  if (headers['content-type']?.startsWith(protobufType) !== true || bytes.length === 0)
    return bytes.toString()
  try {
    const object = readProtobuf(bytes)
    if (object === undefined)
      return [
        415,
        'UnsupportedMediaType',
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
      ]
    headers['content-type'] = 'application/json'
    return JSON.stringify(object)
  } catch (error) {
    if (error instanceof ProtobufError)
      return [400, 'BadRequest', `the body of the request cannot be decoded: ${error.message}`]
    throw error
  }
}

/** What belongs to the connection and not to the answer. */
const ofConnection = new Set(['transfer-encoding', 'connection', 'content-length'])

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const isMethod = (text: string): text is Dispatcher.HttpMethod => methods.has(text)

/**
 * Ends a connection the hard way: what is on the way is lost. Under TLS Node cannot reset one, and
 * throws where it is asked to: it is closed.
 */
export const reset = ({ socket }: IncomingMessage): void =>
  void ('encrypted' in socket ? socket.destroy() : socket.resetAndDestroy())

/**
 * Brings a request to the API server behind `dispatcher` at 127.0.0.1:<port>, and its answer back
 * as it comes.
 */
export async function proxied(
  request: IncomingMessage,
  response: ServerResponse,
  to: { dispatcher: Dispatcher; port: number; token: string },
): Promise<void> {
  const { url = '/', method = 'GET' } = request
  if (!open.test(url) && !isKnown(request, to.token))
    return refuse(response, 401, 'Unauthorized', 'Unauthorized')
  if (!isMethod(method))
    return refuse(
      response,
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    )
  const bytes = await bodyOf(request)
  if (bytes === undefined)
    return refuse(
      response,
      413,
      'RequestEntityTooLarge',
      `Request entity too large: limit is ${longestBody}`,
    )
  const headers = textHeaders(request.headers)
  const read = bodyText(headers, bytes)
  if (typeof read !== 'string') return refuse(response, ...read)
  let abort = (): void => {}
  response.once('close', () => abort())
  to.dispatcher.dispatch(
    {
      origin: `https://127.0.0.1:${to.port}`,
      path: url,
      method,
      headers,
      ...(read === '' ? {} : { body: read }),
    },
    {
      onRequestStart: controller => {
        abort = () => controller.abort(new Error('the client is gone'))
      },
      onResponseStart: (_controller, status, headers) => {
        const kept = Object.entries(headers).filter(
          ([name, value]) => value !== undefined && !ofConnection.has(name.toLowerCase()),
        )
        response.writeHead(status, Object.fromEntries(kept))
        // A watch has an answer before it has its first line.
        response.flushHeaders()
      },
      onResponseData: (_controller, chunk) => void response.write(chunk),
      onResponseEnd: () => void response.end(),
      onResponseError: () => reset(request),
    },
  )
}
