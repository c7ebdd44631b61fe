// The command line: starts the verb, and turns every end into an exit code and one clear message.
import { argv, env, stderr, stdout } from 'node:process'
import { readArguments, type Arguments } from './arguments.ts'
import type { VerbName } from './commands.ts'
import { exits } from '#src/runs/process/exit.ts'
import { generalHelp, verbHelp } from './help.ts'
import { RefusedError, UndoIncompleteError } from '#src/runs/process/refusal.ts'
import { UsageError } from '#src/runs/settings.ts'
import { listen, stopCode } from '#src/runs/process/stop.ts'

/** Verbs are loaded on demand: `--help` and mistakes answer at once. */
const run = {
  check: async options => (await import('./verbs/check.ts')).check(options),
  drill: async options => (await import('./verbs/drill.ts')).drill(options),
  heal: async options => (await import('./verbs/heal.ts')).heal(options),
  nightly: async options => (await import('./verbs/nightly.ts')).nightly(options),
  gate: async options => (await import('./verbs/gate.ts')).gate(options),
  list: async options => (await import('./verbs/list.ts')).list(options),
  explain: async options => (await import('./verbs/explain.ts')).explain(options),
  report: async options => (await import('./verbs/report.ts')).report(options),
  undo: async options => (await import('./verbs/undo.ts')).undo(options),
  status: async options => (await import('./verbs/status.ts')).status(options),
  stop: async options => (await import('./verbs/stop.ts')).stop(options),
  rbac: async options => (await import('./verbs/rbac.ts')).rbac(options),
  schedule: async options => (await import('./verbs/schedule.ts')).schedule(options),
  lab: async options => (await import('./verbs/lab.ts')).lab(options),
} as const satisfies Record<VerbName, (options: Arguments) => Promise<number>>

/**
 * Mistakes of the caller have an error class of their own; every other error is a bug of holdfast,
 * and the message says so.
 */
function fail(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError || (error instanceof Error && error.name === 'ReportError')) {
    stderr.write(`holdfast: ${message}\n`)
    return exits.usage
  }
  if (error instanceof RefusedError) {
    stderr.write(`holdfast: refused. ${message}\n`)
    return exits.refused
  }
  if (error instanceof UndoIncompleteError) {
    stderr.write(`holdfast: ${message}\n`)
    return exits.undoIncomplete
  }
  const place =
    env['HOLDFAST_DEBUG'] === undefined
      ? 'Run it again with HOLDFAST_DEBUG=1 for the place where it happened.'
      : String(error instanceof Error ? error.stack : '')
  stderr.write(`holdfast: an internal error, which is a bug: ${message}\n${place}\n`)
  return exits.internal
}

/**
 * Runs a command line to its end. Resolves with the exit code; never rejects. The exit code of a
 * signal overrides the others.
 */
export async function main(): Promise<number> {
  listen()
  const code = await answer(argv.slice(2), env)
  return code === exits.undoIncomplete ? code : (stopCode() ?? code)
}

/**
 * Runs a command line, with output on stdout and stderr. Resolves with the exit code; never
 * rejects.
 */
export const answer = (words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> =>
  command(words, environment).catch(fail)

async function command(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const options = readArguments(words, environment)
  if (options === undefined || options.help) {
    stdout.write(options === undefined ? generalHelp() : verbHelp(options.verb))
    return exits.holds
  }
  return run[options.verb](options)
}
