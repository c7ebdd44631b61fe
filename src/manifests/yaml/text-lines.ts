// Scalars over several lines: plain ones, and literals after `|`.
import { nextLine, plainBetween, startsPlain, notPlain, type Cursor } from './cursor.ts'
import { carriageReturn, colon, hash, isBlank, newline, space, tab } from './char-codes.ts'

/** A literal block scalar. `indent`: the column of its parent. */
export function literal(c: Cursor, indent: number): string {
  const { text, end } = c
  const header = /\|([-+]?) *(?: #.*)?\r?\n/y
  header.lastIndex = c.at
  const match = header.exec(text)
  if (match === null) throw notPlain
  const lines: string[] = []
  let width = -1
  let at = header.lastIndex
  let last = at
  while (at < end) {
    let first = at
    while (text.charCodeAt(first) === space) first += 1
    const stop = text.indexOf('\n', first)
    // Readers disagree on a last line without a newline.
    if (stop === -1 || stop >= end) throw notPlain
    const to = text.charCodeAt(stop - 1) === carriageReturn ? stop - 1 : stop
    if (first >= to) {
      // They also disagree on blank lines that are longer than the indentation.
      if (to - at > Math.max(width, indent)) throw notPlain
      lines.push('')
    } else {
      if (width === -1) width = first - at
      if (text.charCodeAt(first) === tab && first - at <= width) throw notPlain
      if (first - at < width || width <= indent) break
      lines.push(text.slice(at + width, to))
      last = to
    }
    at = stop + 1
  }
  if (last === header.lastIndex) throw notPlain
  c.at = at
  c.lastEnd = last
  const kept = lines.findLastIndex(line => line !== '') + 1
  if (kept < lines.length && match[1] === '+') return `${lines.join('\n')}\n`
  return `${lines.slice(0, kept).join('\n')}${match[1] === '-' ? '' : '\n'}`
}

/** A plain scalar up to the end of its line or a comment. Moves to the next line. */
function plainLine(c: Cursor): string | number | boolean | null {
  const { text, end } = c
  const from = c.at
  let at = from
  for (; at < end; at += 1) {
    const letter = text.charCodeAt(at)
    if (letter === newline) break
    if (letter === colon && isBlank(text.charCodeAt(at + 1))) throw notPlain
    if (letter === hash && isBlank(text.charCodeAt(at - 1))) break
  }
  const value = plainBetween(c, from, at)
  const next = text.indexOf('\n', at)
  c.at = next === -1 || next >= end ? end : next + 1
  return value
}

/**
 * A plain scalar, over all lines that are indented deeper than `indent`. Moves to the next line
 * with content.
 */
export function plainText(c: Cursor, indent: number): unknown {
  const { text } = c
  if (!startsPlain(c)) throw notPlain
  const from = c.at
  const value = plainLine(c)
  let whole = text.slice(from, c.lastEnd)
  nextLine(c)
  if (c.column <= indent) return value
  // Deeper lines continue it: a line end becomes a blank, an empty line becomes a newline.
  while (c.column > indent) {
    const between = text.slice(c.lastEnd, c.at)
    if (between.trim() !== '' || !startsPlain(c)) throw notPlain
    const at = c.at
    plainLine(c)
    const ends = between.split('\n').length - 1
    whole += (ends === 1 ? ' ' : '\n'.repeat(ends - 1)) + text.slice(at, c.lastEnd)
    nextLine(c)
  }
  return whole
}
