// Where reports go, by --format and --output: one format on stdout, any number in files.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { stdout } from 'node:process'
import { errorMessage } from '#src/model/error-message.ts'
import { UsageError } from '#src/runs/settings.ts'

/** Where one format goes: a file, or stdout. */
export interface Output<Format extends string> {
  format: Format
  file?: string
}

export interface OutputWords<Format extends string> {
  /** Formats that the verb knows, including the screen. */
  readonly formats: readonly Format[]
  /** The format on stdout while all others go to files. */
  readonly screen: NoInfer<Format>
  /** Values of --format, each `F[=FILE]` or several with commas. */
  readonly words: readonly string[]
  /** Value of --output. */
  readonly output?: string | undefined
  /** A file name for examples, without its ending, e.g. `gate`. */
  readonly example: string
}

function outputOf<Format extends string>(
  word: string,
  { formats, screen, example }: OutputWords<Format>,
): Output<Format> {
  const [name = '', ...rest] = word.split('=')
  const file = rest.join('=')
  const format = formats.find(candidate => candidate === name)
  if (format === undefined) {
    const other = formats.find(candidate => candidate !== screen) ?? screen
    throw new UsageError(
      `Unknown format “${name}” in --format. Formats: ${formats.join(', ')}; ` +
        `e.g. --format ${other}=${example}.${other} --format ${screen}.`,
    )
  }
  if (rest.length > 0 && file === '')
    throw new UsageError(
      `--format ${word} names no file: write --format ${name}=<file>, ` +
        `or --format ${name} for stdout.`,
    )
  return file === '' ? { format } : { format, file }
}

/** Reads --format and --output. Throws a UsageError when two formats have the same destination. */
export function outputsOf<Format extends string>(
  options: OutputWords<Format>,
): readonly Output<Format>[] {
  const { words, output, screen, example } = options
  const named = words
    .flatMap(word => word.split(','))
    .map(word => outputOf<Format>(word.trim(), options))
  const [first, ...others] = named.filter(({ file }) => file === undefined)
  const [second] = others
  if (first !== undefined && second !== undefined)
    throw new UsageError(
      'Only one format can go to stdout, but ' +
        `${[first, ...others].map(({ format }) => format).join(' and ')} would: ` +
        `give files, e.g. --format ${second.format}=${example}.${second.format}.`,
    )
  if (output !== undefined && first === undefined)
    throw new UsageError(
      `--output ${output} is for the format that has no file yet: ` +
        `give one, e.g. --format json --output ${output}.`,
    )
  const files = named.flatMap(({ file }) => file ?? [])
  const twice = files.find((file, index) => files.indexOf(file) !== index || file === output)
  if (twice !== undefined)
    throw new UsageError(`Two formats would be written to ${twice}: give each its own file.`)
  const placed = named.map(entry =>
    entry.file === undefined && output !== undefined ? { ...entry, file: output } : entry,
  )
  // Even if every format goes to a file, the screen shows the result.
  return placed.some(({ file }) => file === undefined) ? placed : [...placed, { format: screen }]
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    throw new UsageError(
      `Could not write the report to ${file}: ${errorMessage(error)}. Choose another file.`,
    )
  }
}

/** Writes reports; files first, so that the screen is the last thing on the terminal. */
export function writeOutputs<Format extends string>(
  outputs: readonly Output<Format>[],
  render: (format: Format, toFile: boolean) => string,
): void {
  for (const { format, file } of outputs) if (file !== undefined) write(file, render(format, true))
  for (const { format, file } of outputs)
    if (file === undefined) stdout.write(render(format, false))
}
