// An undici Dispatcher that brings requests to an API server in memory, over connections that can
// fail as real ones do.
import { Dispatcher } from 'undici'
import type { Tls } from '#src/model/runtime.ts'
import type { VirtualClock } from '#lab/kernel/clock.ts'
import { bodyText, headerMap } from './dispatch-request.ts'
import { closedEarly, refused, reset, tlsFailure } from './messages/net-errors.ts'
import type { ApiRequest, ApiResponse } from './request.ts'

/**
 * How a connection attempt goes. `ms`: virtual time until it has failed, or which a request over it
 * takes.
 */
export type Connection =
  | { kind: 'refused' | 'reset' | 'silent'; ms: number }
  | { kind: 'tls'; code: string; message: string; ms: number }
  | {
      kind: 'open'
      ms: number
      handle(request: ApiRequest): ApiResponse
      /**
       * Calls back when the server side dies: what is under way breaks. Returns the way to stop
       * listening.
       */
      onBreak(listener: () => void): () => void
    }

export type Connect = (to: { host: string; port: number; tls: Tls }) => Connection

/**
 * Requests take virtual time, which passes while they are under way. A stream that is open makes no
 * time pass; each line
 * that it hands out is dealt with before time goes on. Failures are those that undici gives. Never
 * rejects by itself.
 */
export function apiDispatcher(clock: VirtualClock, tls: Tls, connect: Connect): Dispatcher {
  return new MemoryDispatcher(clock, tls, connect)
}

/** One request on its way: the controller that undici's handlers get, and what it holds on to. */
class Exchange implements Dispatcher.DispatchController {
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders: string[] = []
  rawTrailers: string[] = []
  readonly #handler: Dispatcher.DispatchHandler
  readonly #clock: VirtualClock
  readonly #ends: (() => void)[] = []
  #over = false

  constructor(clock: VirtualClock, handler: Dispatcher.DispatchHandler) {
    this.#clock = clock
    this.#handler = handler
  }

  get over(): boolean {
    return this.#over
  }

  /** Runs once when the exchange is over, however it ends; at once when it is. */
  atEnd(run: () => void): void {
    if (this.#over) run()
    else this.#ends.push(run)
  }

  begin(): void {
    this.#handler.onRequestStart?.(this, {})
  }

  headers(status: number, headers: Record<string, string>): void {
    if (this.#over) return
    this.rawHeaders = Object.entries(headers).flat()
    this.#handler.onResponseStarted?.()
    this.#handler.onResponseStart?.(this, status, headers, '')
  }

  /**
   * All is in memory already: nothing is held back when the reader is slow, or virtual time would
   * run ahead of it.
   */
  data(text: string): void {
    if (this.#over || text === '') return
    this.#handler.onResponseData?.(this, Buffer.from(text))
    this.#clock.handedOut()
  }

  end(): void {
    if (this.#over) return
    this.#finish()
    this.#handler.onResponseEnd?.(this, {})
  }

  fail(error: Error): void {
    if (this.#over) return
    this.#finish()
    this.#handler.onResponseError?.(this, error)
  }

  abort(reason: Error): void {
    if (this.#over) return
    this.aborted = true
    this.reason = reason
    this.fail(reason)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  #finish(): void {
    this.#over = true
    for (const run of this.#ends.splice(0)) run()
    this.#clock.handedOut()
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
    const url = new URL(options.path, options.origin ?? 'https://localhost')
    for (const [key, value] of Object.entries(options.query ?? {}))
      url.searchParams.append(key, String(value))
    const to = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : url.port),
    }
    const request: ApiRequest = {
      method: options.method.toUpperCase(),
      path: url.pathname,
      query: url.searchParams,
      headers: headerMap(options.headers),
      ...(body === undefined ? {} : { body }),
    }
    const connection = this.#connect({ ...to, tls: this.#tls })
    void this.#clock.wait<void>(done => {
      // Aborted, failed or answered: nobody waits for it any more.
      exchange.atEnd(() => done())
      switch (connection.kind) {
        case 'silent':
          return
        case 'refused':
          exchange.atEnd(
            this.#clock.after(connection.ms, () => exchange.fail(refused(to.host, to.port))),
          )
          return
        case 'reset':
          exchange.atEnd(this.#clock.after(connection.ms, () => exchange.fail(reset())))
          return
        case 'tls':
          exchange.atEnd(
            this.#clock.after(connection.ms, () =>
              exchange.fail(tlsFailure(connection.code, connection.message, to.host)),
            ),
          )
          return
        case 'open':
          exchange.atEnd(connection.onBreak(() => exchange.fail(closedEarly())))
          exchange.atEnd(
            this.#clock.after(connection.ms, () =>
              this.#answer(exchange, request, connection.handle(request), done),
            ),
          )
      }
    })
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
    // The answer is there; what follows is not waited for.
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
