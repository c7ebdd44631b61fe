// A proxy between a drill and the API server. It breaks the connection in the ways in which real
// connections break.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { request as ask } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export const ways = ['dropped', 'hung', 'refused', 'forgotten'] as const
export type Way = (typeof ways)[number]

/** One planned break; times in ms. */
export interface Break {
  way: Way
  /** How long nothing passes. Unused if the server still answers. */
  lasts: number
  /** How long the connection works afterwards. */
  well: number
}

export interface Breaking {
  readonly url: string
  /** The number of watches that the proxy cut, by the kind of break. */
  readonly cut: Record<Way, number>
  /** Breaks the connection in one way. Resolves when the break is over. */
  cutOff(way: Way, lasts: number): Promise<void>
  close(): void
}

/**
 * The answer of a server whose history does not reach back far enough. @source Kubernetes v1.35,
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

/** A proxy to the API server. It passes everything on until a test breaks it. */
export async function breakable(api: {
  url: string
  ca: string
  token: string
}): Promise<Breaking> {
  const watches = new Set<ServerResponse>()
  const cut: Record<Way, number> = { dropped: 0, hung: 0, refused: 0, forgotten: 0 }
  let hangs = false
  /** Paths of watches that get one more 410. */
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
        // Drops the data that arrives while the connection hangs.
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
        // Some watches get the error in the stream, and all get it at their next attempt.
        for (const response of watches) {
          forgets.add((response.req.url ?? '').split('?')[0] ?? '')
          response.end(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`)
        }
      }
      if (way === 'hung') {
        hangs = true
        await pause(lasts)
        hangs = false
        // A connection that hung has lost data, so it must not work again.
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
