// Requests in the forms that undici accepts, as requests of the API server.
import type { Dispatcher } from 'undici'
import type { ApiRequest } from '#lab/kube/request.ts'

export interface Address {
  host: string
  port: number
}

/** The text of a header value, or undefined without one. Joins repeated values with commas. */
function valueText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** Headers as a map with lower-case names. Joins the values of repeated headers with commas. */
function headerMap(headers: Dispatcher.DispatchOptions['headers']): Record<string, string> {
  const made: Record<string, string> = {}
  for (const [name, value] of headerPairs(headers)) {
    const text = valueText(value)
    if (text === undefined) continue
    const key = name.toLowerCase()
    made[key] = made[key] === undefined ? text : `${made[key]}, ${text}`
  }
  return made
}

function headerPairs(
  headers: Dispatcher.DispatchOptions['headers'],
): (readonly [string, unknown])[] {
  if (headers === null || headers === undefined) return []
  if (Array.isArray(headers)) {
    // Flat: name, value, name, value.
    return headers.flatMap((name, index) =>
      index % 2 === 0 && typeof name === 'string' ? [[name, headers[index + 1]] as const] : [],
    )
  }
  if (Symbol.iterator in headers && typeof headers[Symbol.iterator] === 'function') {
    return [...(headers as Iterable<readonly [string, unknown]>)]
  }
  return Object.entries(headers)
}

/** A body as text: at once, later for a stream, or undefined for a request without one. */
export function bodyText(body: unknown): string | undefined | Promise<string> {
  if (body === null || body === undefined) return undefined
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  if (body instanceof ArrayBuffer) return Buffer.from(body).toString()
  if (typeof body === 'object' && (Symbol.asyncIterator in body || Symbol.iterator in body))
    return gather(body as AsyncIterable<unknown>)
  throw new TypeError(
    'The lab accepts bodies as text, bytes or streams of bytes. This one is none of them.',
  )
}

async function gather(chunks: AsyncIterable<unknown>): Promise<string> {
  const bytes: Buffer[] = []
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') bytes.push(Buffer.from(chunk))
    else if (chunk instanceof Uint8Array) bytes.push(Buffer.from(chunk))
  }
  return Buffer.concat(bytes).toString()
}

/** The URL of a request, with its query. */
export const urlOf = (options: Dispatcher.DispatchOptions): URL => {
  const url = new URL(options.path, options.origin ?? 'https://localhost')
  for (const [key, value] of Object.entries(options.query ?? {}))
    url.searchParams.append(key, String(value))
  return url
}

/** The host and the port of a URL. */
export const addressOf = (url: URL): Address => {
  const usual = url.protocol === 'http:' ? 80 : 443
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usual : Number(url.port),
  }
}

/** The request as the API server takes it. */
export const requestOf = (
  options: Dispatcher.DispatchOptions,
  url: URL,
  body: string | undefined,
): ApiRequest => ({
  method: options.method.toUpperCase(),
  path: url.pathname,
  query: url.searchParams,
  headers: headerMap(options.headers),
  body,
})
