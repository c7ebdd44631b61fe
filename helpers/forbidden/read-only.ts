// A read-only runtime: it refuses and reports every call that could change anything, before it is
// sent.
import type { Dispatcher } from 'undici'
import { platforms } from '#helpers/listed.ts'
import { withoutFlags } from '#src/commands/command-line.ts'
import { WouldChange } from '#src/commands/forbidden-act.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { programOf } from './programs.ts'

/** Requests that store nothing: reads, and the review of what we may do. */
const isRead = (method: string, path: string): boolean =>
  method === 'GET' ||
  method === 'HEAD' ||
  (method === 'POST' &&
    path.split('?')[0] === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')

/** Lines of shell with which adapters look through /proc: they begin so, and write nothing. */
const looksThroughProc = (line: string): boolean =>
  /^for d in \/proc\/\[0-9\]\*; do (if read|tr) /.test(line) &&
  !/>\s*[^/&]|>\s*\/(?!dev\/null)/.test(line.replaceAll('2>/dev/null', ''))

/** Calls of programs that run what their words name. */
const general: ReadonlyMap<string, (words: readonly string[]) => boolean> = new Map([
  ['sudo', words => onlyReads(withoutFlags(words, new Set(['-u'])))],
  ['env', words => onlyReads(words.slice(words.findIndex(word => !/^\w+=/.test(word))))],
  ['sh', words => words[0] === '-c' && looksThroughProc(words[1] ?? '')],
])

/**
 * Whether a command only reads: inside a node, in the VM or on the host. What no platform knows to
 * only read changes something.
 */
function onlyReads([program = '', ...words]: readonly string[]): boolean {
  const name = program.split('/').at(-1) ?? ''
  return general.get(name)?.(words) ?? programOf(name)?.reads?.(words, onlyReads) ?? false
}

/** What the policy's own checks send to ports. */
const greetingsOf = ({ ports }: Policy): ReadonlySet<string> =>
  new Set(
    ports.flatMap(({ answers }) =>
      answers.by === 'tcp' && answers.send !== undefined ? [answers.send] : [],
    ),
  )

const platformReads = (sent: string): boolean =>
  platforms.some(platform => platform.onlyReads?.(sent) === true)

type Refuse = (act: string) => never

/** The same connections to the API, on which only reads are sent. */
function readsOf(runtime: Runtime, refuse: Refuse): Runtime['dispatcher'] {
  const pools = new WeakMap<Dispatcher, Dispatcher>()
  return tls => {
    const open = runtime.dispatcher(tls)
    const known =
      pools.get(open) ??
      open.compose(
        dispatch => (options, handler) =>
          isRead(options.method, options.path)
            ? dispatch(options, handler)
            : refuse(
                `${options.method} ` +
                  `${options.path}${typeof options.body === 'string' ? ` ${options.body}` : ''}`,
              ),
      )
    pools.set(open, known)
    return known
  }
}

/**
 * The same runtime, but nothing changes: API requests that are no reads, commands that are not
 * known to only look, bytes to ports beyond what the policy's own checks send, and files are
 * refused with a {@link WouldChange}; `heard` hears each of them, whatever becomes of the error.
 */
export function readOnly(
  runtime: Runtime,
  policy: Policy,
  heard: (act: string) => void = () => {},
): Runtime {
  const greetings = greetingsOf(policy)
  const refuse: Refuse = act => {
    heard(act)
    throw new WouldChange(act)
  }
  return {
    target: runtime.target,
    lacks: runtime.lacks,
    clock: runtime.clock,
    random: runtime.random,
    home: runtime.home,
    shell: {
      run: async (argv, options) =>
        onlyReads(argv) ? runtime.shell.run(argv, options) : refuse(argv.join(' ')),
    },
    net: {
      http: (url, options) => runtime.net.http(url, options),
      tcp: async (to, options) =>
        to.send === undefined || greetings.has(to.send) || platformReads(to.send)
          ? runtime.net.tcp(to, options)
          : refuse(`send to ${to.host}:${to.port}: ${to.send.trim()}`),
    },
    files: {
      read: path => runtime.files.read(path),
      list: path => runtime.files.list(path),
      write: async path => refuse(`write ${path}`),
      remove: async path => refuse(`remove ${path}`),
    },
    dispatcher: readsOf(runtime, refuse),
  }
}
