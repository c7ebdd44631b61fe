// Runs a command line as a shell does: command by command, with redirections.
import type { Io } from '#lab/host/mac.ts'
import type { Work } from '#lab/host/work.ts'
import { parseLine, ShellError, type Simple } from './parse-line.ts'

/** The streams of one command, after its redirections. */
const redirected = (io: Io, { muteOut, muteErr, merge }: Simple): Io => ({
  stdin: io.stdin,
  out(text) {
    if (!muteOut) io.out(text)
  },
  err(text) {
    if (muteErr) return
    if (merge) io.out(text)
    else io.err(text)
  },
})

const isSkipped = ({ join }: Simple, code: number): boolean =>
  (join === '&&' && code !== 0) || (join === '||' && code === 0)

/** The commands of a line. Undefined if bash reported an error. */
function commandsOf(words: readonly string[], io: Io): readonly Simple[] | undefined {
  try {
    return parseLine(words.join(' '))
  } catch (error) {
    if (!(error instanceof ShellError)) throw error
    io.err(`bash: -c: line 1: ${error.message}\n`)
    return undefined
  }
}

/**
 * Joins the words with spaces and runs the line. `simple` runs one command. `after` checks the
 * connection after each command and may end the line with a code. Returns the last exit code.
 */
export function* runLine(
  words: readonly string[],
  io: Io,
  simple: (words: readonly string[], io: Io) => Work<number>,
  after?: () => Work<number | undefined>,
): Work<number> {
  const commands = commandsOf(words, io)
  if (commands === undefined) return 2
  let code = 0
  for (const command of commands) {
    if (isSkipped(command, code)) continue
    code = yield* simple(command.words, redirected(io, command))
    const broken = after === undefined ? undefined : yield* after()
    if (broken !== undefined) return broken
  }
  return code
}
