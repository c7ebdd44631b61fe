// Connections to the listeners of a served lab. The first bytes decide between TLS, HTTP and plain
// bytes, and the world answers.
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import type { Lab } from '#lab/lab.ts'
import type { NetAnswer } from '#src/model/runtime.ts'
import { isApi } from './api-port.ts'
import { proxied, reset } from './api-proxy.ts'
import type { Certificates } from './certificates.ts'
import { upgraded } from './streams.ts'

/** Deadline of the world's answer, virtual ms. It is long, so only the client gives up. */
const forever = 86_400_000
/** How long a client may be silent before the lab lets the server send first, ms. */
const politeness = 100

/** What listeners need: the world, and how it authenticates clients. */
export interface PortOptions {
  lab: Lab
  token: string
  certificates: Certificates
  /** Ports of host processes that may get a listener, besides the ports that the VM forwards. */
  candidates: readonly number[]
  /** Whether the world's ports get listeners at all. */
  ofHost: boolean
}

/** Where a port of the lab leads. */
interface PortMeaning {
  /** Whether it leads to the API server while the lab is served. */
  isFixed(port: number): boolean
  /** The world's port to which it leads. */
  target(port: number): number
}

function answer(request: IncomingMessage, response: ServerResponse, found: NetAnswer): void {
  switch (found.kind) {
    case 'answered': {
      const type = /^\s*[{[]/.test(found.body) ? 'application/json' : 'text/plain; charset=utf-8'
      response.writeHead(found.status, { 'content-type': type }).end(found.body)
      return
    }
    case 'silent':
      return
    case 'refused':
    case 'reset':
    case 'failed':
      return reset(request)
  }
}

/** The client's port, also for TLS connections, which wrap the original socket. */
const portOf = (request: IncomingMessage): number => request.socket.localPort ?? 0

const isTls = (first: Buffer): boolean => first[0] === 0x16

function isHttp(first: Buffer): boolean {
  const text = first.toString('latin1')
  return /^[A-Z]{3,7} \S/.test(text) && text.includes(' HTTP/')
}

/** Puts the first bytes back into the socket, so that the server reads from the beginning. */
function handOver(socket: Socket, first: Buffer, server: HttpServer): void {
  socket.pause()
  socket.unshift(first)
  server.emit('connection', socket)
  process.nextTick(() => socket.resume())
}

export class PortConnections {
  readonly #options: PortOptions
  readonly #meaning: PortMeaning
  readonly #sockets = new Set<Socket>()
  readonly #dispatcher: Dispatcher
  readonly #plain: HttpServer
  readonly #secure: HttpServer

  constructor(options: PortOptions, meaning: PortMeaning) {
    this.#options = options
    this.#meaning = meaning
    this.#dispatcher = options.lab.runtime.dispatcher({ verify: false })
    this.#plain = createHttp((request, response) => this.#handle('http', request, response))
    this.#secure = this.#secureServer()
    for (const server of [this.#plain, this.#secure]) server.keepAliveTimeout = 30_000
  }

  /** Serves a connection to a port of the lab. */
  accept(socket: Socket, port: number): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    // A forwarder whose target does not listen accepts the connection and then resets it.
    if (this.#options.lab.host.apiAt(this.#meaning.target(port)).kind === 'refused')
      return void socket.resetAndDestroy()
    const quiet = setTimeout(() => void this.#bytes(socket, port, undefined), politeness)
    socket.once('close', () => clearTimeout(quiet))
    socket.once('data', (first: Buffer) => {
      clearTimeout(quiet)
      if (isTls(first)) handOver(socket, first, this.#secure)
      else if (isHttp(first)) handOver(socket, first, this.#plain)
      else {
        void this.#bytes(socket, port, first.toString())
        socket.on('data', more => void this.#bytes(socket, port, more.toString()))
      }
    })
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#plain.closeAllConnections()
    this.#secure.closeAllConnections()
    await this.#dispatcher.close()
  }

  #secureServer(): HttpServer {
    const { certificates, lab, token } = this.#options
    const server = createHttps(
      { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: false },
      (request, response) => this.#handle('https', request, response),
    )
    server.on('upgrade', (request: IncomingMessage, socket: Socket) =>
      upgraded(request, socket, { lab, token }),
    )
    // The client may disconnect in the middle of a handshake.
    server.on('tlsClientError', () => undefined)
    return server
  }

  #handle(scheme: 'http' | 'https', request: IncomingMessage, response: ServerResponse): void {
    const { lab, token } = this.#options
    const own = portOf(request)
    const port = this.#meaning.target(own)
    if (scheme === 'https' && (this.#meaning.isFixed(own) || isApi(lab, port))) {
      const to = { dispatcher: this.#dispatcher, port, token }
      proxied(request, response, to).catch(() => reset(request))
      return
    }
    const url = `${scheme}://127.0.0.1:${port}${request.url ?? '/'}`
    lab.host.net.http(url, { deadline: forever }).then(
      found => answer(request, response, found),
      () => reset(request),
    )
  }

  /** Bytes that are neither HTTP nor TLS: one exchange with the world for each piece. */
  async #bytes(socket: Socket, port: number, send: string | undefined): Promise<void> {
    const to = { host: '127.0.0.1', port: this.#meaning.target(port) }
    const found = await this.#options.lab.host.net.tcp(send === undefined ? to : { ...to, send }, {
      deadline: forever,
    })
    if (found.kind === 'answered') socket.write(found.body)
    else if (found.kind !== 'silent') socket.resetAndDestroy()
  }
}
