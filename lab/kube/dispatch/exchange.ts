// A request between undici's handlers and the API server.
import type { Dispatcher } from 'undici'
import type { VirtualClock } from '#lab/kernel/clock.ts'

/** One request under way: the controller that undici passes to its handlers. */
export class Exchange implements Dispatcher.DispatchController {
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

  /** Calls `run` once when the exchange ends in any way, or at once if it has ended. */
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
   * Passes data on even to a slow reader, because all of it is in memory and virtual time would
   * pass if the exchange waited.
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
