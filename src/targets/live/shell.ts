// Commands of this host: no shell in between, never longer than their deadline, never more output
// than memory can bear.
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { execa, ExecaError } from 'execa'
import type { Exit, RunOptions, Shell } from '#src/model/runtime.ts'
import { Tail } from './output.ts'

/** Bytes that are kept of each stream. @source src/model/reach.ts, Shell */
const outputLimit = 4 * 2 ** 20
/**
 * How long a process group has between SIGTERM and SIGKILL, ms. @source measured on Linux: a client ends
 * 3 ms after SIGTERM; the rest is room for those who tidy up
 */
const grace = 500
/**
 * How long an ended command's streams may still carry what it wrote, ms. connection masters and other
 * daemons that a command
 * leaves behind keep them open for good. @source measured on Linux: what an ended command has
 * written arrives within 20 ms
 */
const drain = 200
/**
 * Where Homebrew and installers put programs; timers start with a PATH that has neither. @source
 * k8s skill, rule 6
 */
const usualPlaces = ['/opt/homebrew/bin', '/usr/local/bin']

function environment(): Record<string, string> {
  const path = (process.env['PATH'] ?? '/usr/bin:/bin:/usr/sbin:/sbin').split(':')
  const added = usualPlaces.filter(place => !path.includes(place))
  // Programs are read, not shown: their texts must not depend on the language of whoever runs this.
  return { PATH: [...path, ...added].join(':'), LANG: 'C', LC_ALL: 'C' }
}

/** Sends a signal to a whole process group. False when nothing of it is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, ms)
  })

/**
 * Asks the group to end, and ends it when it does not. Resolves when it was asked for the last
 * time.
 */
async function endGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return
  for (let waited = 0; waited < grace; waited += 20) {
    await pause(20)
    if (!signalGroup(pid, 0)) return
  }
  signalGroup(pid, 'SIGKILL')
}

interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
}

/**
 * The end of the process itself, not of those who may have inherited its streams; at most `drain`
 * later than it.
 */
function ended(child: ChildProcess): Promise<Ending> {
  return new Promise(resolve => {
    child.once('exit', (code, signal) => {
      const over = (): void => resolve({ code, signal })
      const timer = setTimeout(over, drain)
      child.once('close', () => {
        clearTimeout(timer)
        over()
      })
    })
  })
}

function collect(stream: Readable | null): Tail {
  const tail = new Tail(outputLimit)
  stream?.on('data', (chunk: Buffer) => tail.add(chunk))
  // A stream that breaks has ended: what it brought before counts.
  stream?.on('error', () => undefined)
  return tail
}

async function run(argv: readonly string[], options: RunOptions): Promise<Exit> {
  const [program = '', ...args] = argv
  options.signal?.throwIfAborted()
  const began = performance.now()
  const tookMs = (): number => Math.round(performance.now() - began)
  const child = execa(program, args, {
    buffer: false,
    reject: false,
    // A group of its own, so that a deadline also ends whatever the command has started.
    detached: true,
    cleanup: false,
    env: environment(),
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
  })
  const { pid } = child
  if (pid === undefined) {
    const { code, message } = await child.then(result =>
      result instanceof ExecaError
        ? result
        : { code: undefined, message: 'it could not be started' },
    )
    if (code === 'ENOENT') return { kind: 'missing', program, tookMs: tookMs() }
    // As a shell tells of a program that is there and cannot be started.
    return {
      kind: 'exited',
      code: 126,
      stdout: '',
      stderr: `${program}: ${code ?? ''} ${message.split('\n')[0] ?? ''}`,
      tookMs: tookMs(),
    }
  }
  // Its promise waits for inherited streams too; the ending below does not.
  child.catch(() => undefined)
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const ending = ended(child.nodeChildProcess)

  let why: 'deadline' | 'aborted' | undefined
  let killing: Promise<void> | undefined
  const kill = (reason: 'deadline' | 'aborted'): void => {
    why ??= reason
    killing ??= endGroup(pid)
  }
  const timer = setTimeout(() => kill('deadline'), Math.min(options.deadline, 2 ** 31 - 1))
  const abort = (): void => kill('aborted')
  options.signal?.addEventListener('abort', abort, { once: true })
  const { code, signal } = await ending
  clearTimeout(timer)
  options.signal?.removeEventListener('abort', abort)
  await killing
  child.stdout?.destroy()
  child.stderr?.destroy()

  if (why === 'aborted') throw options.signal?.reason
  const said = { stdout: stdout.text(), stderr: stderr.text(), tookMs: tookMs() }
  if (why === 'deadline') return { kind: 'timed-out', ...said }
  if (signal === null) return { kind: 'exited', code: code ?? 0, ...said }
  // As shells count it.
  return {
    kind: 'exited',
    code: 128 + (constants.signals[signal] ?? 0),
    ...said,
    stderr: `${said.stderr}[ended by ${signal}]\n`,
  }
}

/** The shell of this host. */
export const liveShell = (): Shell => ({ run })
