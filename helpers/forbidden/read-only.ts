// A reach through which nothing can be changed: whatever could store anything is refused and told,
// before it is sent.
import type { Dispatcher } from 'undici'
import type { Policy, Runtime } from '#src/model/index.ts'

/** What would have been done. Its message is the act as a person would write it. */
export class WouldChange extends Error {}

/** Requests that store nothing: reads, and the review of what we may do. */
const isRead = (method: string, path: string): boolean =>
  method === 'GET' ||
  method === 'HEAD' ||
  (method === 'POST' &&
    path.split('?')[0] === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')

const startsWith = (words: readonly string[], ...first: readonly string[]): boolean =>
  first.every((word, index) => words[index] === word)

/** Words without leading flags (and the values of those that have one). */
function afterFlags(words: readonly string[], valued: readonly string[]): readonly string[] {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (!word.startsWith('-')) return words.slice(index)
    if (valued.includes(word)) index += 1
  }
  return []
}

/** Lines of shell with which adapters look through /proc: they begin so, and write nothing. */
const looksThroughProc = (line: string): boolean =>
  /^for d in \/proc\/\[0-9\]\*; do (if read|tr) /.test(line) &&
  !/>\s*[^/&]|>\s*\/(?!dev\/null)/.test(line.replaceAll('2>/dev/null', ''))

/** Whether a program only looks, by the words after its name. */
type Looks = (words: readonly string[]) => boolean

const always: Looks = () => true
const oneOf =
  (...verbs: readonly string[]): Looks =>
  ([verb = '']) =>
    verbs.includes(verb)

/** Programs that can only look, or that are known to only look with some words. */
const looking: ReadonlyMap<string, Looks> = new Map<string, Looks>([
  ...['true', 'test', 'cat', 'df', 'ps', 'pgrep', 'uname', 'lsmod'].map(
    (program): [string, Looks] => [program, always],
  ),
  ['sudo', words => onlyLooks(afterFlags(words, ['-u']))],
  ['env', words => onlyLooks(words.slice(words.findIndex(word => !/^\w+=/.test(word))))],
  ['systemctl', oneOf('show', 'is-active')],
  [
    'journalctl',
    words =>
      startsWith(words, '--unit') &&
      !words.some(word => /^--(vacuum|rotate|flush|sync|relinquish|smart|setup|update)/.test(word)),
  ],
  ['plutil', words => ['-convert', '-o', '-'].every(word => words.includes(word))],
  ['launchctl', oneOf('list', 'print')],
  ['colima', words => oneOf('status', 'list', 'version')(afterFlags(words, ['--profile', '-p']))],
  ['talosctl', words => words[0] === 'version' || words.join(' ').includes('config info')],
  [
    'kubectl',
    words =>
      words[0] === 'version' ||
      ['view', 'current-context', 'get-contexts'].some(verb => startsWith(words, 'config', verb)),
  ],
  ['docker', words => dockerLooks(afterFlags(words, ['--host', '-H', '--context']))],
  ['ssh', words => sshLooks(words)],
  ['sh', words => words[0] === '-c' && looksThroughProc(words[1] ?? '')],
])

/**
 * Commands that only look, inside a node, in the VM or on the host. Everything that is not known to
 * only look changes something.
 */
function onlyLooks([program = '', ...words]: readonly string[]): boolean {
  return looking.get(program.split('/').at(-1) ?? '')?.(words) === true
}

function dockerLooks([verb = '', ...rest]: readonly string[]): boolean {
  if (['info', 'inspect', 'ps', 'version', 'images'].includes(verb)) return true
  return verb === 'exec' && onlyLooks(afterFlags(rest, []).slice(1))
}

/** The words after `--` come quoted for a shell on the far side, each by itself. */
function sshLooks(words: readonly string[]): boolean {
  const at = words.indexOf('--')
  return (
    at >= 0 &&
    onlyLooks(
      words
        .slice(at + 1)
        .map(word =>
          word.replace(/^'([\s\S]*)'$/, (_, inner: string) =>
            inner.replaceAll(String.raw`'\''`, "'"),
          ),
        ),
    )
  )
}

/** What the policy's own checks send to ports. */
const greetingsOf = ({ ports }: Policy): ReadonlySet<string> =>
  new Set(
    ports.flatMap(({ answers }) =>
      answers.by === 'tcp' && answers.send !== undefined ? [answers.send] : [],
    ),
  )

type Refuse = (act: string) => never

/** The same connections to the API, on which only reads are sent. */
function onlyReads(runtime: Runtime, refuse: Refuse): Runtime['dispatcher'] {
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
 * The same reach, but through it nothing changes: API requests that are no reads, commands that are
 * not known to only look,
 * bytes to ports beyond what the policy's own checks send, and files are refused with a {@link
 * WouldChange}; `heard` hears
 * each of them, whatever becomes of the error.
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
        onlyLooks(argv) ? runtime.shell.run(argv, options) : refuse(argv.join(' ')),
    },
    net: {
      http: (url, options) => runtime.net.http(url, options),
      tcp: async (to, options) =>
        to.send === undefined || greetings.has(to.send) || to.send.startsWith('EXISTS ')
          ? runtime.net.tcp(to, options)
          : refuse(`send to ${to.host}:${to.port}: ${to.send.trim()}`),
    },
    files: {
      read: path => runtime.files.read(path),
      list: path => runtime.files.list(path),
      write: async path => refuse(`write ${path}`),
      remove: async path => refuse(`remove ${path}`),
    },
    dispatcher: onlyReads(runtime, refuse),
  }
}
