// Stands between a tool and the API server, with a TCP port of its own: hears every request, and
// answers some of them badly.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as ask } from 'node:https'

export interface Heard {
  /** ms since the epoch. */
  at: number
  method: string
  path: string
  status: number
}

/** What is answered in the API server's place; undefined: it answers itself. */
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
 * As an API server says it that has lost its store for a moment. @source Kubernetes v1.35,
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

/** A list whose connection was cut by something that hides it: it says 200, and is no JSON. */
export const cutShort = {
  status: 200,
  body: '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"na',
}

/**
 * Listens at an address of the loopback that is not the API server's, so that even the port can be
 * the same.
 */
export async function standBetween(
  api: { url: string; ca: string; token: string },
  { host, port }: { host: string; port: number },
): Promise<Between> {
  const heard: Heard[] = []
  let meddling: Meddling = () => undefined
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/' } = request
    const note = (status: number): void => void heard.push({ at: Date.now(), method, path, status })
    const instead = meddling(method, path)
    if (instead !== undefined) {
      request.resume()
      note(instead.status)
      response.writeHead(instead.status, { 'content-type': 'application/json' }).end(instead.body)
      return
    }
    const onward = ask(
      new URL(path, api.url),
      { method, ca: api.ca, headers: { ...request.headers, authorization: `Bearer ${api.token}` } },
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
