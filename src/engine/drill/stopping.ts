// How a drill is stopped: nothing new is begun, what is under way gets a moment to end, and nobody
// waits for more than that.
import type { Dispatcher } from 'undici'
import type { Clock, Runtime } from '#src/model/index.ts'

/**
 * How long a request or command that is under way may go on after the stop, ms: most end by
 * themselves then, and what they
 * did is known to the undo. @source measured on a v1.35 node: requests that change something answer
 * within 200 ms
 */
const lastMoment = 500
/**
 * How long it has to end once it is cut off, ms: a process group is asked to end and then killed.
 * @source src/targets/live/shell.ts, grace 500 ms
 */
const cutOff = 1_000

/**
 * The work's result, or the signal's reason as soon as it aborts. For what only reads: it is left
 * behind.
 */
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
 * Does what changes the world. When `stop` aborts, the work goes on for a last moment, then its own
 * signal aborts, and a
 * little later nobody waits for it any more: after 1.5 s this has settled, whatever the work does.
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

/**
 * Waits for work that ends by itself, but no longer than a moment once `stop` aborts. Never
 * rejects.
 */
export const atMost = (stop: AbortSignal, clock: Clock, work: Promise<unknown>): Promise<void> =>
  (stop.aborted
    ? Promise.race([work, clock.sleep(cutOff)])
    : withLastMoment(stop, clock, () => work)
  ).then(
    () => {},
    () => {},
  )

/** The same files until `stop` aborts; then nothing is written any more. */
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

/** The same connections to the API until `stop` aborts; then nothing is sent any more. */
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
 * The same reach until `stop` aborts; then everything under way is cut off, and nothing new begins.
 * For fixes, which know no signal.
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
