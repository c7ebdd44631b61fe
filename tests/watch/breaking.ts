// Stands between a drill and the API server, and breaks the connection in the ways in which
// connections break.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { request as ask } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export const ways = ['dropped', 'hung', 'refused', 'forgotten'] as const
export type Way = (typeof ways)[number]

/** One break of the plan; times in ms. */
export interface Break {
  way: Way
  /** For how long nothing gets through. Of no meaning where the server still answers. */
  lasts: number
  /** How long all is well afterwards. */
  well: number
}

export interface Breaking {
  readonly url: string
  /** Watches that were cut off, by the way in which. */
  readonly cut: Record<Way, number>
  /** Breaks in one way; resolves when it is over. */
  cutOff(way: Way, lasts: number): Promise<void>
  close(): void
}

/**
 * As a server says it whose history does not reach back so far. @source Kubernetes v1.35,
 * apiserver: watch cache, too old resource version
 */
const expired = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version: 1 (2)',
  reason: 'Expired',
  code: 410,
}

const isWatch = (path: string): boolean =>
  new URL(path, 'http://x').searchParams.get('watch') === 'true'

/** A way to the API server, whole until it is broken. */
export async function breakable(api: {
  url: string
  ca: string
  token: string
}): Promise<Breaking> {
  const watches = new Set<ServerResponse>()
  const cut: Record<Way, number> = { dropped: 0, hung: 0, refused: 0, forgotten: 0 }
  let hangs = false
  /** Paths of watches that are answered with 410 once more. */
  const forgets = new Set<string>()

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/'
    const kind = path.split('?')[0] ?? ''
    if (hangs) return
    if (isWatch(path) && forgets.delete(kind)) {
      response.writeHead(410, { 'content-type': 'application/json' }).end(JSON.stringify(expired))
      return
    }
    const onward = ask(
      new URL(path, api.url),
      {
        method: request.method,
        ca: api.ca,
        headers: { ...request.headers, authorization: `Bearer ${api.token}` },
      },
      answer => {
        if (hangs) return
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        response.flushHeaders()
        if (isWatch(path)) watches.add(response)
        // What comes while it hangs is swallowed.
        answer.on('data', chunk => void (hangs || response.write(chunk)))
        answer.on('end', () => void (hangs || response.end()))
        answer.on('error', () => response.destroy())
      },
    )
    onward.on('error', () => response.destroy())
    response.on('close', () => {
      watches.delete(response)
      onward.destroy()
    })
    request.pipe(onward)
  }

  let server: Server = createServer(serve)
  const listen = (port: number): Promise<void> =>
    new Promise(
      (resolve, reject) => void server.once('error', reject).listen(port, '127.0.0.1', resolve),
    )
  await listen(0)
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    async cutOff(way, lasts) {
      cut[way] += watches.size
      if (way === 'dropped') server.closeAllConnections()
      if (way === 'forgotten') {
        // Some are told in the stream, and all at their next attempt.
        for (const response of watches) {
          forgets.add((response.req.url ?? '').split('?')[0] ?? '')
          response.end(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`)
        }
      }
      if (way === 'hung') {
        hangs = true
        await pause(lasts)
        hangs = false
        // Whatever hung has missed something: it never becomes whole again.
        server.closeAllConnections()
      }
      if (way === 'refused') {
        server.closeAllConnections()
        server.close()
        await pause(lasts)
        server = createServer(serve)
        await listen(port)
      }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
