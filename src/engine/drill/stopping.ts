// How a drill stops: nothing new begins, work under way gets a short time to end, and the drill
// waits no longer than that.
import type { Dispatcher } from 'undici'
import type { Clock, Runtime } from '#src/model/index.ts'

/**
 * How long a request or command may go on after a stop, ms. Most end within it, so the undo knows
 * what they did. @source measured on a v1.35 node: changing requests answer within 200 ms
 */
const lastMoment = 500
/**
 * How long work may take to end after its signal aborts, ms: a process group is terminated and then
 * killed. @source src/targets/live/shell.ts, grace 500 ms
 */
const cutOff = 1_000

/** The result of work that only reads, or a rejection as soon as the signal aborts. */
export function orStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Runs work that changes the cluster. After `stop` aborts, the work may go on for 0.5 s, then its
 * own signal aborts, and 1 s later this rejects, whatever the work does.
 */
export async function withLastMoment<T>(
  stop: AbortSignal,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const cut = new AbortController()
  const ended = new AbortController()
  let abort = (): void => {}
  const left = new Promise<never>((_, reject) => {
    abort = () =>
      void (async () => {
        await clock.sleep(lastMoment, ended.signal)
        cut.abort(stop.reason)
        await clock.sleep(cutOff, ended.signal)
        reject(stop.reason)
      })().catch(() => {})
  })
  stop.throwIfAborted()
  stop.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(cut.signal), left])
  } finally {
    stop.removeEventListener('abort', abort)
    ended.abort(new Error('it has ended'))
  }
}

/** Waits for work, at most 1.5 s after `stop` aborts. Never rejects. */
export const atMost = (stop: AbortSignal, clock: Clock, work: Promise<unknown>): Promise<void> =>
  (stop.aborted
    ? Promise.race([work, clock.sleep(cutOff)])
    : withLastMoment(stop, clock, () => work)
  ).then(
    () => {},
    () => {},
  )

/** Files that refuse every write once `stop` aborts. */
const filesUntil = (files: Runtime['files'], stop: AbortSignal): Runtime['files'] => ({
  read: path => files.read(path),
  list: path => files.list(path),
  async write(path, text) {
    stop.throwIfAborted()
    return files.write(path, text)
  },
  async remove(path) {
    stop.throwIfAborted()
    return files.remove(path)
  },
})

/** Connections to the API that refuse every request once `stop` aborts. */
function dispatcherUntil(runtime: Runtime, stop: AbortSignal): Runtime['dispatcher'] {
  const dispatchers = new WeakMap<Dispatcher, Dispatcher>()
  return tls => {
    const open = runtime.dispatcher(tls)
    const known =
      dispatchers.get(open) ??
      open.compose(dispatch => (options, handler) => {
        stop.throwIfAborted()
        return dispatch(options, handler)
      })
    dispatchers.set(open, known)
    return known
  }
}

/**
 * A runtime for fixes, which take no signal: once `stop` aborts, it ends the work under way and
 * refuses new work.
 */
export function cutBy(runtime: Runtime, stop: AbortSignal): Runtime {
  const both = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? stop : AbortSignal.any([signal, stop])
  return {
    ...runtime,
    clock: {
      now: () => runtime.clock.now(),
      closest: runtime.clock.closest,
      sleep: (ms, signal) => runtime.clock.sleep(ms, both(signal)),
    },
    shell: {
      run: (argv, options) => runtime.shell.run(argv, { ...options, signal: both(options.signal) }),
    },
    net: {
      http: (url, options) => runtime.net.http(url, { ...options, signal: both(options.signal) }),
      tcp: (to, options) => runtime.net.tcp(to, { ...options, signal: both(options.signal) }),
    },
    files: filesUntil(runtime.files, stop),
    dispatcher: dispatcherUntil(runtime, stop),
  }
}
