// Runs the real command line as a child process, in a separate folder. At most two run at a time.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inherited } from './running.ts'
import { root } from './source.ts'

/** A folder for the files of a test run. */
export const temporary = (): string => mkdtempSync(join(tmpdir(), 'holdfast-cli-'))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Start {
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** The signal is sent once stderr or stdout contains this text. */
  signal?: { name: NodeJS.Signals; when: string }
}

/** Where holdfast itself keeps what it has compiled: a script beside it need not do that anew. */
const compiled = join(root, 'node_modules', '.cache', 'holdfast')

/** Two processes use two cores; more only wait for each other. */
const seats = ['one', 'other']
const waiting: ((seat: string) => void)[] = []

async function turn<T>(act: () => Promise<T>): Promise<T> {
  const seat = seats.pop() ?? (await new Promise<string>(resolve => void waiting.push(resolve)))
  try {
    return await act()
  } finally {
    const next = waiting.shift()
    if (next === undefined) seats.push(seat)
    else next(seat)
  }
}

/**
 * Runs Node on a script to its end. Settings of the outer run are taken out of the environment: the
 * child has its own.
 */
export const node = (
  script: string,
  args: readonly string[],
  { env = {}, cwd = root, signal }: Start = {},
): Promise<Ended> =>
  turn(
    () =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [script, ...args], {
          cwd,
          env: { ...inherited(), NO_COLOR: '1', CI: '1', NODE_COMPILE_CACHE: compiled, ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        const heard = { stdout: '', stderr: '' }
        let sent = false
        for (const name of ['stdout', 'stderr'] as const) {
          child[name].setEncoding('utf8').on('data', (text: string) => {
            heard[name] += text
            if (signal === undefined || sent || !heard[name].includes(signal.when)) return
            sent = true
            child.kill(signal.name)
          })
        }
        child.on('error', reject)
        child.on('close', code => resolve({ code, ...heard }))
      }),
  )

/** Runs holdfast to its end. */
export const holdfast = (args: readonly string[], start: Start = {}): Promise<Ended> =>
  node(join(root, 'bin', 'holdfast.mjs'), args, start)

/** Runs vitest on spec files, as a person does. */
export const vitest = (args: readonly string[], start: Start = {}): Promise<Ended> =>
  node(join(root, 'node_modules', 'vitest', 'vitest.mjs'), ['run', ...args], start)

/**
 * Runs several command lines of holdfast in one process, one after the other: what they need is
 * loaded once.
 */
export async function holdfasts(
  lines: readonly (readonly string[])[],
  start: Start = {},
): Promise<readonly Ended[]> {
  const { code, stdout, stderr } = await node(
    join(root, 'tests', 'project', 'batch.ts'),
    [JSON.stringify(lines)],
    start,
  )
  if (code !== 0 || stderr !== '') throw new Error(`the batch ended with ${code}: ${stderr}`)
  return JSON.parse(stdout) as readonly Ended[]
}
