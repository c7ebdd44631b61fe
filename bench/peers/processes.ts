// Programs as processes of their own: what they say, how they end, and when.
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

export interface Ended {
  /** As a shell tells it: 128 and the number of the signal, where one ended it. */
  code: number
  said: string
}

export interface Running {
  readonly child: ChildProcess
  said(): string
  readonly ended: Promise<Ended>
}

/** @source POSIX, signal.h */
const numbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

const running = new Set<ChildProcess>()

/** Starts a program. It inherits what of this environment does not steer holdfast. */
export function start(
  argv: readonly string[],
  { cwd, environment }: { cwd: string; environment: Readonly<Record<string, string>> },
): Running {
  const [program = '', ...args] = argv
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(HOLDFAST|KUBE|CHAOSTOOLKIT|VITEST|.*_PROXY$)/i.test(name),
    ),
  )
  const child = spawn(program, args, {
    cwd,
    env: { ...inherited, NO_COLOR: '1', CI: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      running.delete(child)
      resolve({ code: code ?? 128 + (numbers[signal ?? ''] ?? 0), said })
    })
  })
  return { child, ended, said: () => said }
}

/** Ends what is still running, at once. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Between looks, ms: the error of every time in the table. */
export const lookEvery = 100

/** Waits until something is so. Rejects after `within` ms with what was waited for. */
export async function until<T>(
  what: string,
  within: number,
  evaluate: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (const end = Date.now() + within; ;) {
    const found = await evaluate()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${within / 1000} s`)
    await pause(lookEvery)
  }
}
