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

/**
 * Commands that only look, inside a node, in the VM or on the host. Everything that is not known to
 * only look changes something.
 */
function onlyLooks(words: readonly string[]): boolean {
  const [program = '', ...rest] = words
  switch (program.split('/').at(-1)) {
    case 'sudo':
      return onlyLooks(afterFlags(rest, ['-u']))
    case 'env':
      return onlyLooks(rest.slice(rest.findIndex(word => !/^\w+=/.test(word))))
    case 'systemctl':
      return ['show', 'is-active'].includes(rest[0] ?? '')
    case 'journalctl':
      return (
        startsWith(rest, '--unit') &&
        !rest.some(word => /^--(vacuum|rotate|flush|sync|relinquish|smart|setup|update)/.test(word))
      )
    case 'true':
    case 'test':
    case 'cat':
    case 'df':
    case 'ps':
    case 'pgrep':
    case 'uname':
    case 'lsmod':
      return true
    case 'plutil':
      return rest.includes('-convert') && rest.includes('-o') && rest.includes('-')
    case 'launchctl':
      return ['list', 'print'].includes(rest[0] ?? '')
    case 'colima':
      return ['status', 'list', 'version'].includes(afterFlags(rest, ['--profile', '-p'])[0] ?? '')
    case 'talosctl':
      return (
        startsWith(rest, 'config', 'info') ||
        rest[0] === 'version' ||
        rest.join(' ').includes('config info')
      )
    case 'kubectl':
      return (
        startsWith(rest, 'config', 'view') ||
        startsWith(rest, 'config', 'current-context') ||
        startsWith(rest, 'config', 'get-contexts') ||
        rest[0] === 'version'
      )
    case 'docker':
      return dockerLooks(afterFlags(rest, ['--host', '-H', '--context']))
    case 'ssh':
      return sshLooks(rest)
    case 'sh':
      return rest[0] === '-c' && looksThroughProc(rest[1] ?? '')
    case undefined:
    default:
      return false
  }
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
  const greetings = new Set(
    policy.ports.flatMap(({ answers }) =>
      answers.by === 'tcp' && answers.send !== undefined ? [answers.send] : [],
    ),
  )
  const pools = new WeakMap<Dispatcher, Dispatcher>()
  const refuse = (act: string): never => {
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
    dispatcher(tls) {
      const open = runtime.dispatcher(tls)
      const known =
        pools.get(open) ??
        open.compose(
          dispatch => (options, handler) =>
            isRead(options.method, options.path)
              ? dispatch(options, handler)
              : refuse(
                  `${options.method} ${options.path}${typeof options.body === 'string' ? ` ${options.body}` : ''}`,
                ),
        )
      pools.set(open, known)
      return known
    },
  }
}
