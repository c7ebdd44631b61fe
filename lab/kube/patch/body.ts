// The body of a request: JSON, or YAML for server-side apply.
import { parse } from 'yaml'
import { badRequest } from '#lab/kube/messages/status.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { Json, JsonObject } from './json.ts'
import { isObject } from './json.ts'

/** The media type of a request's body, without parameters. */
export const mediaType = (request: ApiRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()

/**
 * The message of Go's decoder about a text that is not JSON, for the most common mistakes. @source
 * Go, encoding/json: SyntaxError
 */
function syntaxError(text: string): string {
  const trimmed = text.trim()
  const afterBrace = /^\{\s*([^\s"}])/.exec(trimmed)?.[1]
  if (afterBrace !== undefined)
    return `invalid character '${afterBrace}' looking for beginning of object key string`
  const first = trimmed[0]
  if (first !== undefined && !'{["-0123456789tfn'.includes(first))
    return `invalid character '${first}' looking for beginning of value`
  return 'unexpected end of JSON input'
}

function notJson(request: ApiRequest, text: string): Error {
  if (request.method === 'PATCH') return badRequest(syntaxError(text))
  return badRequest(
    'the object provided is unrecognized (must be of type Status or the kind of the path): ' +
      `couldn't get version/kind; json parse error: ${syntaxError(text)}`,
  )
}

/** Reads a body as JSON, or as YAML if its media type is YAML. 400 for any other text. */
export function readBody(request: ApiRequest): Json {
  const text = request.body ?? ''
  try {
    const json: unknown = JSON.parse(text)
    return json as Json
  } catch {
    if (!mediaType(request).includes('yaml')) throw notJson(request, text)
  }
  try {
    const read: unknown = parse(text)
    // JSON drops the dates and maps of YAML, which no object contains.
    return JSON.parse(JSON.stringify(read ?? null)) as Json
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw badRequest(`error decoding YAML: ${message}`)
  }
}

/** Reads a body that must be an object. 400 for any other value. */
export function objectBody(request: ApiRequest): JsonObject {
  const body = readBody(request)
  if (isObject(body)) return body
  throw badRequest(
    'the object provided is unrecognized (must be an object with kind and apiVersion)',
  )
}
