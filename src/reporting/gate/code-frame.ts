// Draws the lines of a file around a finding, with line numbers and the position underlined.
import type { GateFinding } from '#src/model/index.ts'
import type { Paint } from '#src/reporting/message/signs.ts'
import { clean, clip, widthOf, padStart } from '#src/reporting/text.ts'

/** Lines shown above the finding. */
const before = 2

export interface Source {
  text: string
}

/** Where the lines of a text begin, found as far as needed: most frames are early in the file. */
const startsByText = new WeakMap<Source, number[]>()

/** A line by its number, from 1; undefined where the text has no such line. */
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

/**
 * The lines of a frame, each at most `width` characters; none where the file has no such line.
 * Secret values are redacted.
 */
export function codeFrame(
  source: Source | undefined,
  finding: Pick<GateFinding, 'line' | 'column' | 'endLine' | 'endColumn' | 'code' | 'object'>,
  { width, paint }: { width: number; paint: Paint },
): readonly string[] {
  if (source === undefined) return []
  const marked = lineOf(source, finding.line)
  if (marked === undefined) return []
  // Every value of a Secret is hidden; the names in it are not secret.
  const hidden = finding.object?.kind === 'Secret' || /^(?:example-)?secret\b/.test(finding.code)
  const first = Math.max(1, finding.line - before)
  const gutter = String(finding.line).length
  const room = width - gutter - 5
  const start = finding.column - 1
  const end =
    finding.endLine === finding.line ? Math.max(finding.endColumn - 1, start + 1) : marked.length
  const row = (number: number): string => {
    const text = lineOf(source, number) ?? ''
    const redacted =
      number === finding.line ? `${text.slice(0, start)}…${text.slice(end)}` : redactLine(text)
    const shown = hidden ? redacted : text
    return clip(clean(shown.replaceAll('\t', ' ')), room)
  }
  const visible = widthOf(row(finding.line))
  const under = hidden ? 1 : Math.max(1, Math.min(end, visible) - start)
  const rows = Array.from({ length: finding.line - first + 1 }, (_, index) => first + index)
  return [
    ...rows.map(number => {
      const here = number === finding.line
      return `${paint(here ? 'bad' : 'quiet', here ? '>' : ' ')} ${paint('quiet', `${padStart(String(number), gutter)} |`)} ${row(number)}`.trimEnd()
    }),
    ...(start >= visible && visible > 0
      ? []
      : [
          `  ${paint('quiet', `${' '.repeat(gutter)} |`)} ${' '.repeat(start)}${paint('bad', '^'.repeat(under))}`,
        ]),
  ]
}
