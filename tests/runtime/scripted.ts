// A runtime that replays recorded answers of programs and files, for tests of adapters that need no
// world.
import { Agent } from 'undici'
import type { Exit, Runtime, RunOptions } from '#src/model/runtime.ts'
import type { Call } from '#src/commands/call.ts'

/** How a scripted command ends. `silent`: its deadline passes. */
export type Answer = { stdout?: string; stderr?: string; code?: number } | 'missing' | 'silent'

export interface Script {
  /**
   * Answers by command line, with its words joined by spaces. A list gives one answer after the
   * other and then repeats the last one.
   */
  commands?: Readonly<Record<string, Answer | readonly Answer[]>>
  files?: Readonly<Record<string, string>>
  /** True: sleeps end at once and time jumps. False: a sleep ends when the test calls `wake`. */
  impatient?: boolean
}

export interface Recorded {
  argv: readonly string[]
  deadline: number
  stdin?: string
}

/** How long scripted commands take, ms. @source a choice for tests */
const took = 40

function exitOf(argv: readonly string[], answer: Answer | undefined, deadline: number): Exit {
  if (answer === 'missing') return { kind: 'missing', program: argv[0] ?? '', tookMs: 1 }
  if (answer === 'silent') return { kind: 'timed-out', stdout: '', stderr: '', tookMs: deadline }
  if (answer === undefined) throw new Error(`not in the script: ${argv.join(' ')}`)
  return {
    kind: 'exited',
    code: answer.code ?? 0,
    stdout: answer.stdout ?? '',
    stderr: answer.stderr ?? '',
    tookMs: took,
  }
}

/** Runs commands from a script and records them. */
function scriptedShell(script: Script, asked: Recorded[]): Runtime['shell'] {
  return {
    async run(argv, { deadline, stdin, signal }: RunOptions) {
      signal?.throwIfAborted()
      const line = argv.join(' ')
      const found = script.commands?.[line]
      const before = asked.filter(one => one.argv.join(' ') === line).length
      asked.push(stdin === undefined ? { argv, deadline } : { argv, deadline, stdin })
      const answer = Array.isArray(found) ? found[Math.min(before, found.length - 1)] : found
      return exitOf(argv, answer as Answer | undefined, deadline)
    },
  }
}

/** A clock whose sleeps end when the test wakes them, or at once if the script says so. */
function scriptedClock(script: Script): {
  clock: Runtime['clock']
  slept: number[]
  wake: () => void
} {
  const slept: number[] = []
  const sleeping: (() => void)[] = []
  let now = Date.parse('2026-11-21T12:00:00Z')
  const sleep: Runtime['clock']['sleep'] = (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      const end = (): void => {
        slept.push(ms)
        now += ms
        resolve()
      }
      if (script.impatient === true) end()
      else sleeping.push(end)
    })
  return {
    clock: { now: () => now, closest: 500, sleep },
    slept,
    wake: () => sleeping.splice(0).forEach(end => end()),
  }
}

const noConnections = (): Promise<never> => Promise.reject(new Error('no connections in a script'))

/** A `Call` on a script, with a record of everything that the adapter asked for. */
export function scripted(
  script: Script = {},
  options: { deadline?: number; signal?: AbortSignal } = {},
) {
  const asked: Recorded[] = []
  const removed: string[] = []
  const pool = new Agent()
  const { clock, slept, wake } = scriptedClock(script)
  const runtime: Runtime = {
    target: { kind: 'live', description: 'a script' },
    lacks: {},
    home: '/Users/joel',
    clock,
    random: { next: () => 0.5 },
    shell: scriptedShell(script, asked),
    net: { http: noConnections, tcp: noConnections },
    files: {
      read: async path => script.files?.[path],
      list: async () => [],
      write: async () => undefined,
      async remove(path) {
        removed.push(path)
      },
    },
    dispatcher: () => pool,
  }
  const call: Call = {
    runtime,
    deadline: options.deadline ?? 10_000,
    signal: options.signal ?? new AbortController().signal,
  }
  return { call, runtime, asked, slept, removed, wake, close: () => pool.destroy() }
}

/** The message of the error that a promise rejects with. */
export async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('it did not reject')
}
