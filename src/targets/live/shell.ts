// Runs commands on this host: no shell in between, never past their deadline, never more output in
// memory than a limit.
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import type { Exit, RunOptions, Shell } from '#src/model/runtime.ts'
import { Tail } from './output.ts'

/** Bytes kept of each stream. @source src/model/runtime.ts, Shell */
const outputLimit = 4 * 2 ** 20
/**
 * How long a process group may take from SIGTERM to SIGKILL, ms.
 * @source measured on Linux: a client ends 3 ms after SIGTERM; the rest is room to clean up
 */
const grace = 500
/**
 * How long to read on after a command has ended, ms. A daemon that it started may keep the streams
 * open for good.
 * @source measured on Linux: the last output of an ended command arrives within 20 ms
 */
const drain = 200
/** The longest delay of a Node timer, ms. */
const longestDelay = 2 ** 31 - 1
/**
 * Where Homebrew and installers put programs. A timer starts with a PATH that has neither.
 * @source k8s skill, rule 6
 */
const usualPlaces = ['/opt/homebrew/bin', '/usr/local/bin']

function environment(): Record<string, string> {
  const path = (process.env['PATH'] ?? '/usr/bin:/bin:/usr/sbin:/sbin').split(':')
  const added = usualPlaces.filter(place => !path.includes(place))
  // The output is parsed: it must not depend on the language of the user.
  return { PATH: [...path, ...added].join(':'), LANG: 'C', LC_ALL: 'C' }
}

/** Keeps the end of a stream. execa's `maxBuffer` keeps the beginning and kills the command. */
function collect(stream: Readable | null): Tail {
  const tail = new Tail(outputLimit)
  stream?.on('data', (chunk: Buffer) => tail.add(chunk))
  // A broken stream has ended: what arrived before counts.
  stream?.on('error', () => undefined)
  return tail
}

function start([program = '', ...args]: readonly string[], options: RunOptions) {
  const child = execa(program, args, {
    buffer: false,
    reject: false,
    cleanup: false,
    env: environment(),
    // For execa, 0 means no limit.
    timeout: Math.min(Math.max(options.deadline, 1), longestDelay),
    // The deadline and the signal also end what the command has started.
    killDescendants: true,
    forceKillAfterDelay: grace,
    ...(options.signal && { cancelSignal: options.signal }),
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
  })
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  // execa waits until the streams close, and a daemon left behind may hold them open.
  child.nodeChildProcess.once('exit', () => {
    const timer = setTimeout(() => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    }, drain)
    child.nodeChildProcess.once('close', () => clearTimeout(timer))
  })
  return { child, stdout, stderr }
}

/** The result of a command that did not start: missing, or exit code 126 as in a shell. */
function notStarted(program: string, code: string | undefined, tookMs: number): Exit {
  if (code === 'ENOENT') return { kind: 'missing', program, tookMs }
  const stderr = `${program}: ${code ?? 'it could not be started'}`
  return { kind: 'exited', code: 126, stdout: '', stderr, tookMs }
}

async function run(argv: readonly string[], options: RunOptions): Promise<Exit> {
  const program = argv[0] ?? ''
  options.signal?.throwIfAborted()
  const began = performance.now()
  const { child, stdout, stderr } = start(argv, options)
  const result = await child
  const output = (): { stdout: string; stderr: string; tookMs: number } => ({
    stdout: stdout.text(),
    stderr: stderr.text(),
    tookMs: Math.round(performance.now() - began),
  })
  // A descendant that ignored SIGTERM may have outlived the command.
  if (result.timedOut || result.isCanceled) child.kill('SIGKILL')
  if (result.isCanceled) throw options.signal?.reason
  if (result.timedOut) return { kind: 'timed-out', ...output() }
  if (child.pid === undefined) return notStarted(program, result.code, output().tookMs)
  const { signal } = result
  if (signal === undefined) return { kind: 'exited', code: result.exitCode ?? 0, ...output() }
  // The exit code that a shell reports for a signal.
  const code = 128 + (constants.signals[signal] ?? 0)
  const written = output()
  return { kind: 'exited', code, ...written, stderr: `${written.stderr}[ended by ${signal}]\n` }
}

/** The shell of this host. */
export const liveShell = (): Shell => ({ run })
