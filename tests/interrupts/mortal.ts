// A process that can die: everything it does through its reach and its journal is counted, and at a
// chosen step nothing of it acts any more.
import { Dispatcher } from 'undici'
import type { Entry, Journal, Runtime } from '#src/model/index.ts'

/** One thing that a process did, in the order in which it began. */
export interface Step {
  kind: 'request' | 'command' | 'file' | 'net' | 'sleep' | 'journal'
  /** In words, without what differs between two runs. */
  what: string
  /** It can change the world or the journal. */
  writes: boolean
}

/**
 * Where a process dies. `before`: the step has not happened. `during`: it was asked for, and goes
 * on by itself (commands are
 * processes of their own). `after`: it has happened, and its answer never came. `torn`: half a line
 * of the journal is on disk.
 * `fails`: nobody dies, the step fails as such steps do. `stops`: nobody dies, a signal asks for
 * the end just before it.
 */
export interface Death {
  step: number
  how: 'before' | 'during' | 'after' | 'torn' | 'fails' | 'stops'
}

export interface Mortal {
  runtime: Runtime
  /** The same journal, of which a process that dies can be in the middle. */
  journal<J extends Journal>(journal: J, tear: () => void): J
  steps: readonly Step[]
  /** Names of the dead-man's switches that it set in the VM. */
  switches: ReadonlySet<string>
  /** Resolves when it is dead. */
  died: Promise<void>
  isDead(): boolean
}

/** Commands that only look, by their first words. Everything else counts as a change. */
const looks: readonly RegExp[] = [
  /^docker (--host \S+ |-H \S+ )?(inspect|ps|info|version|port|context|images?) ?/,
  /^docker (--host \S+ |-H \S+ )?exec \S+ (test|cat|ls|sh -c for d in) /,
  /^colima (--profile \S+ )?(status|list|ls|version)\b/,
  /^(limactl|talosctl|launchctl) (list|get|print|version|config (info|contexts)|--\S+ .*\b(get|version|config (info|contexts))\b)/,
  /^talosctl .*\b(get|version|health|config info|config contexts)\b/,
  /^kubectl .*\b(get|version|config (view|current-context|get-contexts))\b/,
  /^ssh .*\s(--\s)?(sudo )?(-n )?(cat|test|ls|pgrep|docker info|docker version|df|sysctl -n|uname|true|systemctl (is-active|show|list-timers|list-units|status)|readlink|stat)\b/,
  /^ssh .* -O check\b/,
  /^(ps|pgrep|uname|sw_vers|plutil|df|id|which|atq|systemctl (is-active|show|list-timers|list-units|status)) ?/,
]

const never = <T>(): Promise<T> => new Promise<T>(() => {})

/** Numbers that are drawn anew in each run. */
const still = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{8}\b/g, '…').replaceAll(/\d{4}-\d\d-\d\dt[\d-]+z/gi, '…')

/** Wraps a reach so that it dies as it is told. Without a death it only counts. */
export function mortal(inner: Runtime, death?: Death, stop: () => void = () => {}): Mortal {
  const steps: Step[] = []
  const switches = new Set<string>()
  let dead = false
  let tellDeath = (): void => {}
  const died = new Promise<void>(resolve => {
    tellDeath = resolve
  })
  /** Connections and waits end with the process that has them. */
  const atDeath = new Set<() => void>()
  const die = (): void => {
    if (dead) return
    dead = true
    for (const end of Array.from(atDeath)) end()
    tellDeath()
  }
  /** Counts a step and says how it ends. */
  const begin = (kind: Step['kind'], what: string, writes: boolean): Death['how'] | undefined => {
    steps.push({ kind, what: still(what), writes })
    if (death === undefined || steps.length - 1 !== death.step) return undefined
    if (death.how === 'stops') stop()
    return death.how
  }

  async function act<T>(
    kind: Step['kind'],
    what: string,
    writes: boolean,
    work: () => Promise<T>,
    failing: () => Promise<T> = () => Promise.reject(new Error('it was made to fail')),
  ): Promise<T> {
    if (dead) return never()
    const how = begin(kind, what, writes)
    if (how === 'before') {
      die()
      return never()
    }
    if (how === 'fails') return failing()
    const result = work()
    if (how === 'during') {
      result.catch(() => {})
      die()
      return never()
    }
    try {
      const value = await result
      if (how === 'after') die()
      return dead ? await never<T>() : value
    } catch (error) {
      if (how === 'after') die()
      if (dead) return never()
      throw error
    }
  }

  function dispatcherOf(open: Dispatcher): Dispatcher {
    return open.compose(dispatch => (options, handler) => {
      if (dead) return true
      const { method, path } = options
      const how = begin(
        'request',
        `${method} ${path.split('?')[0]}`,
        method !== 'GET' && !path.includes('/selfsubject'),
      )
      if (how === 'before') {
        die()
        return true
      }
      if (how === 'fails') return dispatch({ ...options, path: '/it-was-made-to-fail' }, handler)
      let end = (): void => {}
      const alive =
        <A extends unknown[]>(told: ((...args: A) => void) | undefined) =>
        (...args: A): void => {
          if (!dead) told?.apply(handler, args)
        }
      const forwarded: Dispatcher.DispatchHandler = {
        onRequestStart(controller, context) {
          end = () => controller.abort(new Error('the process has died'))
          atDeath.add(end)
          alive(handler.onRequestStart)(controller, context)
        },
        onResponseStart(controller, status, headers, text) {
          if (how === 'after') die()
          alive(handler.onResponseStart)(controller, status, headers, text)
        },
        onResponseData: alive(handler.onResponseData),
        onResponseEnd(controller, trailers) {
          atDeath.delete(end)
          alive(handler.onResponseEnd)(controller, trailers)
        },
        onResponseError(controller, error) {
          atDeath.delete(end)
          if (how === 'after') die()
          alive(handler.onResponseError)(controller, error)
        },
      }
      return dispatch(options, forwarded)
    })
  }

  const dispatchers = new WeakMap<Dispatcher, Dispatcher>()
  const runtime: Runtime = {
    ...inner,
    clock: {
      now: () => inner.clock.now(),
      closest: inner.clock.closest,
      sleep: (ms, signal) =>
        act('sleep', `${ms} ms`, false, async () => {
          const over = new AbortController()
          const end = (): void => over.abort(new Error('the process has died'))
          atDeath.add(end)
          try {
            await inner.clock.sleep(
              ms,
              signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
            )
          } finally {
            atDeath.delete(end)
          }
        }),
    },
    shell: {
      run: (argv, options) => {
        for (const word of argv)
          if (word.startsWith('--unit=')) switches.add(word.slice('--unit='.length))
        return act(
          'command',
          argv.join(' '),
          !looks.some(evaluate => evaluate.test(argv.join(' '))),
          () => inner.shell.run(argv, options),
          async () => ({
            kind: 'exited',
            code: 1,
            stdout: '',
            stderr: 'it was made to fail',
            tookMs: 1,
          }),
        )
      },
    },
    net: {
      http: (url, options) => act('net', `GET ${url}`, false, () => inner.net.http(url, options)),
      tcp: (to, options) =>
        act(
          'net',
          `connect ${to.port}`,
          to.send !== undefined && /^(SET|DEL)\b/.test(to.send),
          () => inner.net.tcp(to, options),
        ),
    },
    files: {
      read: path => act('file', `read ${path}`, false, () => inner.files.read(path)),
      list: path => act('file', `list ${path}`, false, () => inner.files.list(path)),
      write: (path, text) =>
        act('file', `write ${path}`, true, () => inner.files.write(path, text)),
      remove: path => act('file', `remove ${path}`, true, () => inner.files.remove(path)),
    },
    dispatcher(tls) {
      const open = inner.dispatcher(tls)
      const known = dispatchers.get(open) ?? dispatcherOf(open)
      dispatchers.set(open, known)
      return known
    },
  }

  return {
    runtime,
    steps,
    switches,
    died,
    isDead: () => dead,
    journal: (journal, tear) => {
      const step = (what: string, write: () => void | Promise<void>): Promise<void> =>
        act('journal', what, true, async () => {
          // A line is written by calls that do not wait: whoever dies in the middle of one leaves
          // half of it.
          await write()
          if (death?.how === 'torn' && steps.length - 1 === death.step) {
            tear()
            die()
          }
        })
      return {
        ...journal,
        open: (entry: Entry) => step(`open ${entry.fault}`, () => journal.open(entry)),
        close: (order: number) => step(`close ${order}`, () => journal.close(order)),
      }
    },
  }
}
