// A way to the API server that counts: every request by its method and path, passed on as it is.
import { createServer, type IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'

export interface Trust {
  server: string
  ca: string
  cert: string
  key: string
}

export interface Counting {
  /** Where it listens, on the loopback. */
  url: string
  /** What was asked since it began, without the text of `continue`. */
  asked(): readonly string[]
  close(): void
}

/** `GET /api/v1/pods?limit=500`, a later page as `…&continue=…`. */
function named({ method = 'GET', url = '/' }: IncomingMessage): string {
  return `${method} ${url.replace(/continue=[^&]+/, 'continue=…')}`
}

/** Listens on a free port of the loopback until it is closed. */
export async function counting({ server, ca, cert, key }: Trust): Promise<Counting> {
  const asked: string[] = []
  const agent = new Agent({ ca, cert, key, keepAlive: true })
  const front = createServer((incoming, outgoing) => {
    asked.push(named(incoming))
    const onward = request(
      `${server}${incoming.url ?? '/'}`,
      {
        agent,
        method: incoming.method,
        headers: { ...incoming.headers, host: new URL(server).host },
      },
      answer => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => void front.listen(0, '127.0.0.1', resolve))
  const address = front.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    asked: () => asked,
    close: () => {
      front.close()
      front.closeAllConnections()
      agent.destroy()
    },
  }
}
