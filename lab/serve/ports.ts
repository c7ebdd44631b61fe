// The world's host ports as real listeners on the loopback: HTTP, TLS and plain bytes.
import { createServer, type Server } from 'node:net'
import { apiPortOf } from './api-port.ts'
import { PortConnections, type PortOptions } from './port-connections.ts'

export interface Ports {
  /** Ports on which the lab listens now. */
  open(): readonly number[]
  /** Ports of the world on which the lab found another program listening. */
  taken(): readonly number[]
  /** Makes the lab listen on the same ports as the world. */
  sync(): Promise<void>
  /**
   * Opens a port that leads to the API server while the lab is served. 0: a free one. Rejects if it
   * is taken.
   */
  fixed(port: number): Promise<number>
  close(): Promise<void>
}

export const openPorts = (options: PortOptions): Ports => new LoopbackPorts(options)

class LoopbackPorts implements Ports {
  readonly #options: PortOptions
  readonly #listeners = new Map<number, Server>()
  readonly #taken = new Set<number>()
  /** The lab's ports that lead to the API server. */
  readonly #fixed = new Set<number>()
  readonly #connections: PortConnections

  constructor(options: PortOptions) {
    this.#options = options
    const apiPort = apiPortOf(options.lab)
    this.#connections = new PortConnections(options, {
      isFixed: port => this.#fixed.has(port),
      target: port => (this.#fixed.has(port) ? apiPort() : port),
    })
  }

  open(): readonly number[] {
    return [...this.#listeners.keys()]
      .filter(port => !this.#fixed.has(port))
      .toSorted((a, b) => a - b)
  }

  taken(): readonly number[] {
    return [...this.#taken].toSorted((a, b) => a - b)
  }

  async sync(): Promise<void> {
    if (!this.#options.ofHost) return
    const ports = new Set(this.#wanted())
    for (const port of this.#listeners.keys())
      if (!ports.has(port) && !this.#fixed.has(port)) this.#shut(port)
    for (const port of ports) {
      if (this.#listeners.has(port)) continue
      await this.#listen(port).then(
        () => this.#taken.delete(port),
        () => this.#taken.add(port),
      )
    }
  }

  async fixed(port: number): Promise<number> {
    const made = await this.#listen(port)
    this.#fixed.add(made)
    return made
  }

  async close(): Promise<void> {
    for (const port of this.#listeners.keys()) this.#shut(port)
    await this.#connections.close()
  }

  /** Ports on which the world listens now. */
  #wanted(): readonly number[] {
    const { lab, candidates } = this.#options
    const all = new Set([...candidates, ...lab.host.faultControls.vm().forwards])
    return [...all]
      .filter(port => lab.host.apiAt(port).kind !== 'refused')
      .toSorted((a, b) => a - b)
  }

  #listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const server: Server = createServer(socket =>
        this.#connections.accept(socket, socket.localPort ?? port),
      )
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        const address = server.address()
        const actual = typeof address === 'object' && address !== null ? address.port : port
        this.#listeners.set(actual, server)
        resolve(actual)
      })
    })
  }

  #shut(port: number): void {
    this.#listeners.get(port)?.close()
    this.#listeners.delete(port)
  }
}
