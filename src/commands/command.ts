// Runs commands of the host, turns a failure into an error that says what happened, and retries
// reads.
import pRetry from 'p-retry'
import type { Exit } from '#src/model/runtime.ts'
import { formatDuration, ms, type Duration } from '#src/model/units.ts'
import { ForbiddenAct } from './forbidden-act.ts'
import type { Call } from './call.ts'

/**
 * The error of a failed command. Its message names the command, its end and the first line of its
 * output.
 */
export class CommandError extends Error {
  readonly command: string
  readonly exit: Exit
  constructor(command: string, exit: Exit, why: string) {
    super(why)
    this.name = 'CommandError'
    this.command = command
    this.exit = exit
  }
}

export interface CommandOptions {
  /**
   * How errors show the command, if its full text would hide the point. Default: the arguments,
   * joined.
   */
  description?: string
  stdin?: string
}

const firstLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map(line => line.trim())
    .find(line => line !== '')

/**
 * The error of a command that did not succeed. `complaint` replaces the first line of its output.
 */
export function failure(message: string, exit: Exit, complaint?: string): CommandError {
  const program = message.split(' ')[0] ?? message
  if (exit.kind === 'missing')
    return new CommandError(
      message,
      exit,
      `${exit.program || program} is not installed or not on the PATH`,
    )
  if (exit.kind === 'timed-out')
    return new CommandError(
      message,
      exit,
      `${message} did not answer within ${formatDuration(exit.tookMs)} and was killed`,
    )
  const line = complaint ?? firstLine(exit.stderr) ?? firstLine(exit.stdout) ?? 'it said nothing'
  return new CommandError(
    message,
    exit,
    `${message}: exit ${exit.code}: ${line.replace(/^Error:\s+/i, '')}`,
  )
}

/**
 * Runs a command and resolves with its end, success or not. Rejects only when the signal aborts.
 */
export function attempt(
  call: Call,
  argv: readonly string[],
  options: Pick<CommandOptions, 'stdin'> = {},
): Promise<Exit> {
  return call.runtime.shell.run(argv, {
    deadline: call.deadline,
    signal: call.signal,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
  })
}

/**
 * Runs a command and resolves with its stdout. Rejects with a {@link CommandError} for any end but
 * exit 0.
 */
export async function run(
  call: Call,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const exit = await attempt(call, argv, options)
  if (exit.kind === 'exited' && exit.code === 0) return exit.stdout
  throw failure(options.description ?? argv.join(' '), exit)
}

/**
 * Parses the output of a program as JSON. Throws an error that quotes the start of anything else.
 */
export function parsed(message: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${message} did not print JSON: “${text.trim().slice(0, 80)}”`)
  }
}

/** Waiting neither installs a missing program nor allows a forbidden act. */
const isFinal = (error: Error): boolean =>
  error instanceof ForbiddenAct || (error instanceof CommandError && error.exit.kind === 'missing')

/**
 * Tries a read up to `times` times, with a pause of `every` on the clock of the runtime, and
 * rejects with the last error. For reads only: an act may have succeeded although its answer was
 * lost.
 */
export function retrying<T>(
  call: Call,
  read: () => Promise<T>,
  options: { times: number; every: Duration },
): Promise<T> {
  return pRetry(read, {
    retries: options.times - 1,
    // p-retry would wait in real time; this pause passes in virtual time, too.
    minTimeout: 0,
    signal: call.signal,
    shouldRetry: ({ error }) => !isFinal(error),
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (retriesLeft > 0 && !isFinal(error))
        await call.runtime.clock.sleep(ms(options.every), call.signal)
    },
  })
}
