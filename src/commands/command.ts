// Commands of the host: run, turned into an error that tells what happened, and tried again where
// that is harmless.
import pRetry from 'p-retry'
import type { Exit } from '#src/model/runtime.ts'
import { formatDuration, ms, type Duration } from '#src/model/units.ts'
import { ForbiddenAct } from './forbidden-act.ts'
import type { Call } from './call.ts'

/**
 * A command that did not do what it was asked for. Its message names command, end and first line of
 * its complaint.
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
   * The command as errors show it, where the whole of it would only hide the point. Default: the
   * words joined.
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
 * The error for an end that is not a success. `complaint` replaces the first line of what it wrote.
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
 * Runs a command and resolves with how it ended, whatever that is. Rejects only when the signal
 * aborts.
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

/** Parses what a program printed as JSON. Rubbish becomes an error that quotes its beginning. */
export function parsed(message: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${message} did not print JSON: “${text.trim().slice(0, 80)}”`)
  }
}

/** A missing program does not appear by waiting, and a forbidden act does not become allowed. */
const isFinal = (error: Error): boolean =>
  error instanceof ForbiddenAct || (error instanceof CommandError && error.exit.kind === 'missing')

/**
 * Tries a read up to `times` times in all, `every` apart by the clock of the reach, and rejects
 * with the last error. For reads only: what acts may have acted although its answer was lost.
 */
export function retrying<T>(
  call: Call,
  read: () => Promise<T>,
  options: { times: number; every: Duration },
): Promise<T> {
  return pRetry(read, {
    retries: options.times - 1,
    // The pause is ours, so that it passes in virtual time too.
    minTimeout: 0,
    signal: call.signal,
    shouldRetry: ({ error }) => !isFinal(error),
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (retriesLeft > 0 && !isFinal(error))
        await call.runtime.clock.sleep(ms(options.every), call.signal)
    },
  })
}
