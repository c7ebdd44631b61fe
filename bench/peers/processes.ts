// Programs as processes of their own: what they say, how they end, and when.
import { setTimeout as pause } from 'node:timers/promises'
import { $, type ProcessPromise } from 'zx'

type Child = NonNullable<ProcessPromise['child']>

export interface Ended {
  /** As a shell tells it: 128 and the number of the signal, where one ended it. */
  code: number
  said: string
}

export interface Running {
  readonly child: Child
  said(): string
  readonly ended: Promise<Ended>
}

/** @source POSIX, signal.h */
const numbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/** How the shell ends where there is no such program. @source POSIX, Exit Status for Commands */
const notFound = 127

const running = new Set<Child>()

/**
 * Starts a program. It inherits what of this environment does not steer holdfast. `ended` resolves
 * at the exit of the program, for what it started may hold its output open for longer. It rejects
 * where there is no such program.
 */
export function start(
  argv: readonly string[],
  { cwd, environment }: { cwd: string; environment: Readonly<Record<string, string>> },
): Running {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(HOLDFAST|KUBE|CHAOSTOOLKIT|VITEST|.*_PROXY$)/i.test(name),
    ),
  )
  const options = {
    cwd,
    env: { ...inherited, NO_COLOR: '1', CI: '1', ...environment },
    stdio: ['ignore' as const, 'pipe' as const, 'pipe' as const],
    // In the group of the benchmark, as a terminal's Ctrl-C expects it.
    detached: false,
    quiet: true,
    nothrow: true,
  }
  // `exec`: signals reach the program itself, not the shell that starts it.
  const { child } = $(options)`exec ${argv}`
  if (child === undefined) throw new Error(`${argv.join(' ')} did not start`)
  running.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      running.delete(child)
      if (code === notFound) reject(new Error(`cannot start ${argv[0]}: is it installed?`))
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
