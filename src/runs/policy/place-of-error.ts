// Finds the line of an error that stopped a file from loading.
import { execPath } from 'node:process'
import { pathToFileURL } from 'node:url'
import { errorMessage } from '#src/model/error-message.ts'

interface Place {
  /** `file`, `file:line` or `file:line:column`. */
  readonly place: string
  /** The error without its file. */
  readonly message: string
}

/** The deadline of one syntax check, ms. It takes 50 ms. @source measured with Node 26 */
const patience = 5_000

/**
 * The place that begins a text: `file:line`, the line itself, and a caret below the column.
 * @source Node 26: stacks of TypeScript's syntax errors, and the output of node --check
 */
function placeAtTop(text: string): { file: string; position: string } | undefined {
  const lines = text.split('\n')
  const [, file, line] = /^(.+):(\d+)$/.exec(lines[0] ?? '') ?? []
  if (file === undefined || line === undefined) return undefined
  const caret = lines.find(each => /^\s*\^+\s*$/.test(each))?.indexOf('^')
  return { file, position: caret === undefined ? line : `${line}:${caret + 1}` }
}

/**
 * The position of a syntax error in a JavaScript module. Its error names no line when an import
 * meets it, so a second Node looks. Undefined: the file itself is correct.
 */
async function positionIn(file: string): Promise<string | undefined> {
  // Loaded only now: a policy without mistakes starts no other program.
  const { liveShell } = await import('#src/targets/live/shell.ts')
  const exit = await liveShell().run([execPath, '--check', file], { deadline: patience })
  const top = exit.kind === 'exited' ? placeAtTop(exit.stderr) : undefined
  return top?.file === file ? top.position : undefined
}

/**
 * Where an error is that was thrown while a file was loaded: in that file, or in one that it
 * imports.
 */
export async function placeOf(error: unknown, file: string): Promise<Place> {
  const message = errorMessage(error).replace(`${file}: `, '')
  // @source Node 26: a syntax error of JSON names line and column in its message
  const json = /\(line (\d+) column (\d+)\)/.exec(message)
  if (json !== null) return { place: `${file}:${json[1]}:${json[2]}`, message }
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const top = placeAtTop(stack)
  if (top !== undefined) {
    const from = top.file === file ? '' : ` (imported by ${file})`
    return { place: `${top.file}:${top.position}`, message: `${message}${from}` }
  }
  const at = stack.split('\n').find(line => line.includes(`${pathToFileURL(file).href}:`))
  const [, position] = /:(\d+:\d+)\)?$/.exec(at ?? '') ?? []
  if (position !== undefined) return { place: `${file}:${position}`, message }
  if (!(error instanceof SyntaxError)) return { place: file, message }
  const found = await positionIn(file)
  return found === undefined
    ? { place: file, message: `${message}, in a file that it imports` }
    : { place: `${file}:${found}`, message }
}
