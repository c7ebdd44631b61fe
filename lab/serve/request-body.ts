// Bodies of requests to the lab's API, as text.
import type { IncomingMessage } from 'node:http'
import { protobufType, readProtobuf } from '#lab/kube/protobuf/read-protobuf.ts'
import { ProtobufError } from '#lab/kube/protobuf/wire.ts'

/**
 * Longest body of a request, bytes.
 * @source Kubernetes default, limit of a resource request: 3 MiB
 */
export const longestBody = 3 * 2 ** 20

/** The code, the reason and the message of a Status. */
export type Refused = [code: number, reason: string, message: string]

/**
 * The whole body as text. Undefined if it is longer than the API server accepts. Converts Protobuf
 * to JSON and changes the content type in `headers`.
 */
export async function readBody(
  request: IncomingMessage,
  headers: Record<string, string>,
): Promise<string | Refused | undefined> {
  const bytes = await bytesOf(request)
  return bytes === undefined ? undefined : bodyText(headers, bytes)
}

async function bytesOf(request: IncomingMessage): Promise<Buffer | undefined> {
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

const unknownFormat =
  'the body of the request was in an unknown format - ' +
  'accepted media types include: application/json, application/yaml'

function bodyText(headers: Record<string, string>, bytes: Buffer): string | Refused {
  if (headers['content-type']?.startsWith(protobufType) !== true || bytes.length === 0)
    return bytes.toString()
  try {
    const object = readProtobuf(bytes)
    if (object === undefined) return [415, 'UnsupportedMediaType', unknownFormat]
    headers['content-type'] = 'application/json'
    return JSON.stringify(object)
  } catch (error) {
    if (error instanceof ProtobufError)
      return [400, 'BadRequest', `the body of the request cannot be decoded: ${error.message}`]
    throw error
  }
}
