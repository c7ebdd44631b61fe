// A proxy between a tool and the API server, on a TCP port of its own. It records every request,
// and answers some of them badly.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as ask } from 'node:https'

export interface Heard {
  /** ms since the epoch. */
  at: number
  method: string
  path: string
  status: number
}

/** The answer in place of the API server's; undefined: the API server answers. */
export type Meddling = (
  method: string,
  path: string,
) => { status: number; body: string } | undefined

export interface Between {
  readonly url: string
  readonly heard: readonly Heard[]
  meddle(with_: Meddling): void
  close(): void
}

/**
 * The answer of an API server that has lost its store for a moment. @source Kubernetes v1.35,
 * apimachinery errors: an InternalError of etcd
 */
export const outOfOrder = {
  status: 500,
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'etcdserver: request timed out',
    reason: 'InternalError',
    code: 500,
  }),
}

/** A list that was cut without a sign: its status is 200, and its body is no JSON. */
export const cutShort = {
  status: 200,
  body:
    '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},' +
    '"items":[{"metadata":{"na',
}

type Note = (status: number) => void

/** Passes a request to the API server with the token, and its answer back. */
function passOn(
  { url, ca, token }: Upstream,
  request: IncomingMessage,
  response: ServerResponse,
  note: Note,
): void {
  const headers = { ...request.headers, authorization: `Bearer ${token}` }
  const onward = ask(
    new URL(request.url ?? '/', url),
    { method: request.method ?? 'GET', ca, headers },
    answer => {
      note(answer.statusCode ?? 0)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    },
  )
  onward.on('error', () => response.destroy())
  response.on('close', () => onward.destroy())
  request.pipe(onward)
}

interface Upstream {
  url: string
  ca: string
  token: string
}

/**
 * Listens at an address of the loopback that is not the API server's, so that even the port can be
 * the same.
 */
export async function standBetween(
  api: Upstream,
  { host, port }: { host: string; port: number },
): Promise<Between> {
  const heard: Heard[] = []
  let meddling: Meddling = () => undefined
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/' } = request
    const note: Note = status => void heard.push({ at: Date.now(), method, path, status })
    const instead = meddling(method, path)
    if (instead === undefined) return passOn(api, request, response, note)
    request.resume()
    note(instead.status)
    response.writeHead(instead.status, { 'content-type': 'application/json' }).end(instead.body)
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, host, resolve),
  )
  return {
    heard,
    url: `http://${host}:${port}`,
    meddle: with_ => {
      meddling = with_
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
