// The world's host ports as real listeners on the loopback: HTTP, TLS and plain bytes, each
// answered as the world answers.
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import type { NetAnswer } from '#src/model/runtime.ts'
import type { Lab } from '#lab/lab.ts'
import { proxied, reset } from './api-proxy.ts'
import type { Certificates } from './certificates.ts'
import { upgraded } from './streams.ts'

/** Patience with the world, virtual ms: it is the client who gives up. */
const forever = 86_400_000
/** How long a client may be silent before it is taken for one who lets the server begin, ms. */
const politeness = 100

export interface Ports {
  /** Ports that are listened on now. */
  open(): readonly number[]
  /** Ports of the world that somebody else has, as seen so far. */
  taken(): readonly number[]
  /** Makes the listeners equal to those of the world. */
  sync(): Promise<void>
  /**
   * A port that leads to the API server for as long as the lab is served. 0: a free one. Rejects
   * when it is taken.
   */
  fixed(port: number): Promise<number>
  close(): Promise<void>
}

export interface PortOptions {
  lab: Lab
  token: string
  certificates: Certificates
  /** Ports of the world that may be listened on, besides those that it forwards. */
  candidates: readonly number[]
  /** Whether the world's ports are listened on at all. */
  ofHost: boolean
}

const isApi = (lab: Lab, port: number): boolean => {
  const route = lab.host.apiAt(port)
  return route.kind === 'open' && route.service === 'api'
}

/** The port on which the world's API server is published now; the last one while it is nowhere. */
function apiPortOf(lab: Lab): () => number {
  let last = 0
  return () => {
    if (last === 0 || !isApi(lab, last))
      last = [...lab.host.faultControls.vm().forwards].find(port => isApi(lab, port)) ?? last
    return last
  }
}

function answer(request: IncomingMessage, response: ServerResponse, said: NetAnswer): void {
  switch (said.kind) {
    case 'answered': {
      const type = /^\s*[{[]/.test(said.body) ? 'application/json' : 'text/plain; charset=utf-8'
      response.writeHead(said.status, { 'content-type': type }).end(said.body)
      return
    }
    // Connected, and nothing ever comes.
    case 'silent':
      return
    case 'refused':
    case 'reset':
    case 'failed':
      return reset(request)
  }
}

/** The connection of a TLS server is wrapped; its port is still the one that the client chose. */
const portOf = (request: IncomingMessage): number => request.socket.localPort ?? 0

export function openPorts({ lab, token, certificates, candidates, ofHost }: PortOptions): Ports {
  const listeners = new Map<number, Server>()
  const taken = new Set<number>()
  const sockets = new Set<Socket>()
  const lasting = new Set<number>()
  const dispatcher = lab.runtime.dispatcher({ verify: false })
  const apiPort = apiPortOf(lab)
  const net = lab.host.net

  /** Where a request on a port of ours leads in the world. */
  const target = (port: number): number => (lasting.has(port) ? apiPort() : port)

  const handle =
    (scheme: 'http' | 'https') =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const port = target(portOf(request))
      if (scheme === 'https' && (lasting.has(portOf(request)) || isApi(lab, port))) {
        proxied(request, response, { dispatcher, port, token }).catch(() => reset(request))
        return
      }
      net.http(`${scheme}://127.0.0.1:${port}${request.url ?? '/'}`, { deadline: forever }).then(
        said => answer(request, response, said),
        () => reset(request),
      )
    }

  const plain: HttpServer = createHttp(handle('http'))
  const secure = createHttps(
    { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: false },
    handle('https'),
  )
  secure.on('upgrade', (request: IncomingMessage, socket: Socket) =>
    upgraded(request, socket, { lab, token }),
  )
  // Clients that hang up in the middle of a handshake are their own business.
  secure.on('tlsClientError', () => undefined)
  for (const server of [plain, secure]) server.keepAliveTimeout = 30_000

  /** Bytes that are neither HTTP nor TLS: one question of the world for each piece that comes. */
  async function bytes(socket: Socket, port: number, send: string | undefined): Promise<void> {
    const said = await net.tcp(
      { host: '127.0.0.1', port: target(port), ...(send === undefined ? {} : { send }) },
      { deadline: forever },
    )
    if (said.kind === 'answered') socket.write(said.body)
    else if (said.kind !== 'silent') socket.resetAndDestroy()
  }

  function accept(socket: Socket, port: number): void {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    // A forwarder that accepts and has nobody behind it ends the connection at once.
    if (lab.host.apiAt(target(port)).kind === 'refused') return void socket.resetAndDestroy()
    const quiet = setTimeout(() => void bytes(socket, port, undefined), politeness)
    socket.once('close', () => clearTimeout(quiet))
    socket.once('data', first => {
      clearTimeout(quiet)
      const text = first.toString('latin1')
      const server =
        first[0] === 0x16
          ? secure
          : /^[A-Z]{3,7} \S/.test(text) && text.includes(' HTTP/')
            ? plain
            : undefined
      if (server === undefined) {
        void bytes(socket, port, first.toString())
        socket.on('data', more => void bytes(socket, port, more.toString()))
        return
      }
      // Put back, so that the server reads from the beginning.
      socket.pause()
      socket.unshift(first)
      server.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  }

  function listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const server: Server = createServer(socket => accept(socket, socket.localPort ?? port))
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        const address = server.address()
        const actual = typeof address === 'object' && address !== null ? address.port : port
        listeners.set(actual, server)
        resolve(actual)
      })
    })
  }

  function shut(port: number): void {
    listeners.get(port)?.close()
    listeners.delete(port)
  }

  const wanted = (): readonly number[] => {
    const all = new Set([...candidates, ...lab.host.faultControls.vm().forwards])
    return [...all]
      .filter(port => lab.host.apiAt(port).kind !== 'refused')
      .toSorted((a, b) => a - b)
  }

  return {
    open: () => [...listeners.keys()].filter(port => !lasting.has(port)).toSorted((a, b) => a - b),
    taken: () => [...taken].toSorted((a, b) => a - b),
    async sync() {
      if (!ofHost) return
      const ports = new Set(wanted())
      for (const port of listeners.keys()) if (!ports.has(port) && !lasting.has(port)) shut(port)
      for (const port of ports) {
        if (listeners.has(port)) continue
        await listen(port).then(
          () => taken.delete(port),
          () => taken.add(port),
        )
      }
    },
    async fixed(port) {
      const made = await listen(port)
      lasting.add(made)
      return made
    },
    async close() {
      for (const port of listeners.keys()) shut(port)
      for (const socket of sockets) socket.destroy()
      plain.closeAllConnections()
      secure.closeAllConnections()
      await dispatcher.close()
    },
  }
}
