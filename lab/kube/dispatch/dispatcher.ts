// An undici Dispatcher that sends requests to an API server in memory, over connections that fail
// as real ones do.
import { Dispatcher } from 'undici'
import type { Tls } from '#src/model/runtime.ts'
import type { VirtualClock } from '#lab/kernel/clock.ts'
import { addressOf, bodyText, requestOf, urlOf, type Address } from './dispatch-request.ts'
import { Exchange } from './exchange.ts'
import { closedEarly, refused, reset, tlsFailure } from '#lab/kube/messages/net-errors.ts'
import type { ApiRequest, ApiResponse } from '#lab/kube/request.ts'

/** `ms`: virtual time until the attempt has failed. `silent`: it never fails and never connects. */
type FailedConnection =
  | { kind: 'refused' | 'reset'; ms: number }
  | { kind: 'silent'; ms: number }
  | { kind: 'tls'; code: string; message: string; ms: number }

interface OpenConnection {
  kind: 'open'
  /** Virtual time that a request over it takes. */
  ms: number
  handle(request: ApiRequest): ApiResponse
  /**
   * Calls `listener` when the server dies, which breaks the requests under way. Returns a function
   * that removes the listener.
   */
  onBreak(listener: () => void): () => void
}

/** The result of a connection attempt. */
export type Connection = FailedConnection | OpenConnection

/** Tries to connect to an address. */
export type Connect = (to: Address & { tls: Tls }) => Connection

/**
 * A dispatcher for an API server in memory. Virtual time passes while a request is under way. An
 * open stream makes no time pass, and its reader finishes with each line before time goes on.
 * Failures have the form that undici gives them.
 */
export function apiDispatcher(clock: VirtualClock, tls: Tls, connect: Connect): Dispatcher {
  return new MemoryDispatcher(clock, tls, connect)
}

/** The error of a failed connection. */
function failureOf(
  connection: Exclude<FailedConnection, { kind: 'silent' }>,
  { host, port }: Address,
): Error {
  switch (connection.kind) {
    case 'refused':
      return refused(host, port)
    case 'tls':
      return tlsFailure(connection.code, connection.message, host)
    case 'reset':
      return reset()
  }
}

class MemoryDispatcher extends Dispatcher {
  readonly #clock: VirtualClock
  readonly #tls: Tls
  readonly #connect: Connect
  readonly #open = new Set<Exchange>()
  #closed = false

  constructor(clock: VirtualClock, tls: Tls, connect: Connect) {
    super()
    this.#clock = clock
    this.#tls = tls
    this.#connect = connect
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const exchange = new Exchange(this.#clock, handler)
    this.#open.add(exchange)
    exchange.atEnd(() => this.#open.delete(exchange))
    exchange.begin()
    if (exchange.over) return true
    if (this.#closed) {
      exchange.fail(Object.assign(new Error('The client is closed'), { code: 'UND_ERR_CLOSED' }))
      return true
    }
    const body = bodyText(options.body)
    if (body instanceof Promise) {
      body.then(
        text => this.#send(exchange, options, text),
        (error: unknown) =>
          exchange.fail(error instanceof Error ? error : new Error(String(error))),
      )
    } else {
      this.#send(exchange, options, body)
    }
    return true
  }

  #send(exchange: Exchange, options: Dispatcher.DispatchOptions, body: string | undefined): void {
    if (exchange.over) return
    const url = urlOf(options)
    const request = requestOf(options, url, body)
    const connection = this.#connect({ ...addressOf(url), tls: this.#tls })
    void this.#clock.wait<void>(done => {
      // The wait ends with the exchange: answered, failed or aborted.
      exchange.atEnd(() => done())
      if (connection.kind !== 'open') {
        this.#failLater(exchange, connection, addressOf(url))
        return
      }
      exchange.atEnd(connection.onBreak(() => exchange.fail(closedEarly())))
      exchange.atEnd(
        this.#clock.after(connection.ms, () =>
          this.#answer(exchange, request, connection.handle(request), done),
        ),
      )
    })
  }

  /** Fails an exchange after the time that the failed connection takes. */
  #failLater(exchange: Exchange, connection: FailedConnection, to: Address): void {
    if (connection.kind === 'silent') return
    const fail = (): void => exchange.fail(failureOf(connection, to))
    exchange.atEnd(this.#clock.after(connection.ms, fail))
  }

  #answer(
    exchange: Exchange,
    request: ApiRequest,
    response: ApiResponse,
    answered: () => void,
  ): void {
    if (exchange.over || response.kind === 'hang') return
    exchange.headers(response.status, {
      date: new Date(this.#clock.now()).toUTCString(),
      ...response.headers,
    })
    if (exchange.over) return
    if (response.kind === 'whole') {
      exchange.data(request.method === 'HEAD' ? '' : response.body)
      exchange.end()
      return
    }
    // The answer has begun: the request takes no more virtual time.
    answered()
    exchange.atEnd(
      response.start(
        line => exchange.data(line),
        () => exchange.end(),
      ),
    )
  }

  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: () => void): Promise<void> | void {
    this.#closed = true
    if (callback === undefined) return Promise.resolve()
    queueMicrotask(callback)
  }

  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void>
  override destroy(error: Error | null | (() => void), callback: () => void): void
  override destroy(
    error?: Error | null | (() => void),
    callback?: () => void,
  ): Promise<void> | void {
    this.#closed = true
    const reason =
      error instanceof Error
        ? error
        : Object.assign(new Error('The client is destroyed'), { code: 'UND_ERR_DESTROYED' })
    for (const exchange of Array.from(this.#open)) exchange.fail(reason)
    const done = typeof error === 'function' ? error : callback
    if (done === undefined) return Promise.resolve()
    queueMicrotask(done)
  }
}
