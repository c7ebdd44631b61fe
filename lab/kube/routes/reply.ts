// Replies of the API server, and their text on the wire.
import type { ApiResponse } from '#lab/kube/request.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'

/** A complete answer: an object, or a text that is not JSON. */
export interface Reply {
  status: number
  body: JsonObject | string
  headers?: Record<string, string>
}

/** The answer to a path that the server does not know. */
export const nothingThere: Reply = { status: 404, body: '404 page not found\n' }

const texts = new WeakMap<object, string>()

/** The JSON of an item of a list. Each item belongs to one stored object, so its text is kept. */
function textOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return JSON.stringify(item)
  const text = texts.get(item) ?? JSON.stringify(item)
  texts.set(item, text)
  return text
}

function jsonOf(body: JsonObject): string {
  const { items, ...head } = body
  if (!Array.isArray(items)) return JSON.stringify(body)
  const list = texts.get(items) ?? `[${items.map(textOf).join(',')}]`
  texts.set(items, list)
  return `${JSON.stringify(head).slice(0, -1)},"items":${list}}`
}

/** A reply as a response of the server. */
export function whole({ status, body, headers }: Reply): ApiResponse {
  const isText = typeof body === 'string'
  return {
    kind: 'whole',
    status,
    headers: {
      'cache-control': 'no-cache, private',
      'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
      ...headers,
    },
    body: isText ? body : `${jsonOf(body)}\n`,
  }
}
