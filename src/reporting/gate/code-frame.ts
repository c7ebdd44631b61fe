// The lines of a file around a finding, with line numbers and the position underlined.
import type { GateFinding } from '#src/model/index.ts'
import type { Paint } from '#src/reporting/message/signs.ts'
import { clean, clip, widthOf, padStart } from '#src/reporting/text.ts'

/** Lines shown above the finding. */
const before = 2

export interface Source {
  text: string
}

/** The start of each line of a text, found only as far as needed: most frames are near the top. */
const startsByText = new WeakMap<Source, number[]>()

/** A line by its number, from 1; undefined if the text has fewer lines. */
function lineOf(source: Source, number: number): string | undefined {
  const { text } = source
  const starts = startsByText.get(source) ?? [text.startsWith('\uFEFF') ? 1 : 0]
  startsByText.set(source, starts)
  const ends = /\r\n|\n|\r|$/g
  for (let last = starts.at(-1) ?? 0; starts.length <= number; last = ends.lastIndex) {
    ends.lastIndex = last
    const end = ends.exec(text)
    if (end === null || end[0] === '') break
    starts.push(ends.lastIndex)
  }
  const from = starts[number - 1]
  return from === undefined
    ? undefined
    : text.slice(from, starts[number] ?? text.length).replace(/(?:\r\n|\n|\r)$/, '')
}

/** Redacts values in the lines above a secret one. */
const redactLine = (text: string): string =>
  text
    .replace(/^(\s*(?:- )?(?:"?[\w./-]+"?):\s+)\S.*$/, '$1…')
    .replaceAll(/(\bvalue:\s*)[^,}]+/g, '$1…')

type Marked = Pick<GateFinding, 'line' | 'column' | 'endLine' | 'endColumn' | 'code' | 'object'>

/** Whether a finding is about a secret value. The keys of a Secret are not secret. */
const isSecret = ({ object, code }: Marked): boolean =>
  object?.kind === 'Secret' || /^(?:example-)?secret\b/.test(code)

interface Underline {
  /** Offset in the line. */
  readonly start: number
  readonly end: number
}

function underlineOf({ line, column, endLine, endColumn }: Marked, text: string): Underline {
  const start = column - 1
  return { start, end: endLine === line ? Math.max(endColumn - 1, start + 1) : text.length }
}

/** A line of the file without secret values: all of them above the finding, one in its own line. */
function redacted(text: string, isMarked: boolean, { start, end }: Underline): string {
  return isMarked ? `${text.slice(0, start)}…${text.slice(end)}` : redactLine(text)
}

/**
 * The lines of a frame, each at most `width` columns; none if the file has no such line. Secret
 * values are redacted.
 */
export function codeFrame(
  source: Source | undefined,
  finding: Marked,
  { width, paint }: { width: number; paint: Paint },
): readonly string[] {
  const marked = source && lineOf(source, finding.line)
  if (source === undefined || marked === undefined) return []
  const gutter = String(finding.line).length
  const room = width - gutter - 5
  const hides = isSecret(finding)
  const underline = underlineOf(finding, marked)
  const shown = (number: number): string => {
    const text = lineOf(source, number) ?? ''
    const safe = hides ? redacted(text, number === finding.line, underline) : text
    return clip(clean(safe.replaceAll('\t', ' ')), room)
  }
  const row = (number: number): string => {
    const isMarked = number === finding.line
    const sign = paint(isMarked ? 'bad' : 'quiet', isMarked ? '>' : ' ')
    const name = paint('quiet', `${padStart(String(number), gutter)} |`)
    return `${sign} ${name} ${shown(number)}`.trimEnd()
  }
  const first = Math.max(1, finding.line - before)
  const numbers = Array.from({ length: finding.line - first + 1 }, (_, index) => first + index)
  const visible = widthOf(shown(finding.line))
  if (underline.start >= visible && visible > 0) return numbers.map(row)
  const length = hides ? 1 : Math.max(1, Math.min(underline.end, visible) - underline.start)
  const margin = paint('quiet', `${' '.repeat(gutter)} |`)
  const carets = `${' '.repeat(underline.start)}${paint('bad', '^'.repeat(length))}`
  return [...numbers.map(row), `  ${margin} ${carets}`]
}
