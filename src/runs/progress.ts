// The progress of a run: one changing line on a terminal, a line per step elsewhere; never on
// stdout.
import { stderr } from 'node:process'
import { clip } from '#src/reporting/text.ts'

export interface Progress {
  /** The step that starts now. */
  step(message: string): void
  /** A detail of the step, shown only on a terminal. */
  detail(message: string): void
  /** Clears the changing line. */
  done(): void
}

const terminal = (): boolean =>
  stderr.isTTY && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined

/** Progress on stderr. */
export function progressOn(
  write: (text: string) => void = text => void stderr.write(text),
  changing = terminal(),
  width = stderr.columns ?? 80,
): Progress {
  let current = ''
  const show = (text: string) => write(`\r\u001B[2K${clip(text, width - 1)}`)
  return {
    step(message) {
      current = message
      if (changing) show(`… ${message}`)
      else write(`holdfast: ${message}\n`)
    },
    detail(message) {
      if (changing) show(`… ${current}: ${message}`)
    },
    done() {
      if (changing) write('\r\u001B[2K')
    },
  }
}
