// Where a reading of plain YAML stands, and the scalars that it meets.
import {
  carriageReturn,
  dot,
  doubleQuote,
  hash,
  isBlank,
  newline,
  quote,
  space,
  tab,
} from './char-codes.ts'
import type { PositionIndex } from './positions.ts'
import { isNoNumber, plainValue } from './scalar.ts'

export interface Cursor {
  readonly text: string
  /** The next letter. */
  at: number
  readonly end: number
  /** Of the line's first letter of content, from 0; -1 behind the last line. */
  column: number
  /** End of what was read last. */
  lastEnd: number
  depth: number
  /** Values that may still be made. */
  valuesLeft: number
  /** Where members stand, for whoever asks later. */
  readonly positions: PositionIndex | undefined
}

/**
 * Thrown where a reading is not certain: the whole of YAML is left to a reader that knows it. Made
 * once: it tells nobody anything.
 */
export const notPlain = new Error('this is not plain enough')

/**
 * Nesting that is read. @source the deepest published custom resource definitions nest about 60
 * levels; ten thousand would end the stack
 */
export const maxDepth = 200

/** Letters that begin something other than plain text: `,[]{}#&*!|>'"%@` and the backtick. */
const indicators = new Set(',[]{}#&*!|>\'"%@`'.split('').map(letter => letter.charCodeAt(0)))
/** `-`, `?` and `:` are plain only with something after them. */
const halfIndicators = new Set([45, 63, 58])

export function startsPlain(c: Cursor): boolean {
  const code = c.text.charCodeAt(c.at)
  if (indicators.has(code)) return false
  return !halfIndicators.has(code) || !isBlank(c.text.charCodeAt(c.at + 1))
}

/** Counts a value, and refuses what is nested deeper than anybody writes by hand. */
export function enterLevel(c: Cursor): void {
  c.depth += 1
  if (c.depth > maxDepth) throw notPlain
}

export function countValue(c: Cursor): void {
  c.valuesLeft -= 1
  if (c.valuesLeft < 0) throw notPlain
}

/**
 * Skips comments and empty lines, from anywhere in a line whose content is read, to the next line
 * with content.
 */
export function nextLine(c: Cursor): void {
  const { text, end } = c
  for (let at = c.at; at < end;) {
    const start = at
    while (text.charCodeAt(at) === space) at += 1
    const code = at < end ? text.charCodeAt(at) : newline
    if (code === newline || code === carriageReturn || code === hash) {
      const next = text.indexOf('\n', at)
      at = next === -1 ? end : next + 1
    } else if (code === tab || (at === start && code === dot && text.startsWith('...', at))) {
      throw notPlain
    } else {
      c.at = at
      c.column = at - start
      return
    }
  }
  c.at = end
  c.column = -1
}

/**
 * After a value only blanks and a comment may follow in its line. Moves to the next line with
 * content.
 */
export function endLine(c: Cursor): void {
  const { text } = c
  let at = c.at
  while (text.charCodeAt(at) === space) at += 1
  const code = at < c.end ? text.charCodeAt(at) : newline
  if (code === hash && at > c.at) at = text.indexOf('\n', at)
  else if (code === newline) c.at = at
  else if (code !== carriageReturn) throw notPlain
  else at += 1
  c.at = at === -1 || at >= c.end ? c.end : at + 1
  nextLine(c)
}

/** A text in double quotes, on one line. */
function doubleQuoted(c: Cursor): string {
  const { text } = c
  let to = text.indexOf('"', c.at + 1)
  let slashes = false
  for (let before = to - 1; to !== -1 && text.charCodeAt(before) === 92; before = to - 1) {
    slashes = true
    let first = before
    while (text.charCodeAt(first - 1) === 92) first -= 1
    if ((before - first) % 2 === 1) break
    to = text.indexOf('"', to + 1)
  }
  if (to === -1 || to >= c.end) throw notPlain
  const inside = text.slice(c.at + 1, to)
  if (inside.includes('\n')) throw notPlain
  c.at = to + 1
  if (!slashes && !inside.includes('\\')) return inside
  // JSON has some of YAML's escapes, with the same meaning.
  if (/[\t]|\\[^"\\/bfnrtu]|\\u(?:[dD][89a-fA-F]|[^]{0,3}[^\da-fA-F])/.test(inside)) throw notPlain
  const value: unknown = JSON.parse(`"${inside}"`)
  if (typeof value !== 'string') throw notPlain
  return value
}

/** A text in single quotes, on one line. */
function singleQuoted(c: Cursor): string {
  const { text } = c
  let to = text.indexOf("'", c.at + 1)
  let doubled = false
  while (to !== -1 && text.charCodeAt(to + 1) === quote) {
    doubled = true
    to = text.indexOf("'", to + 2)
  }
  if (to === -1 || to >= c.end) throw notPlain
  const inside = text.slice(c.at + 1, to)
  if (inside.includes('\n')) throw notPlain
  c.at = to + 1
  return doubled ? inside.replaceAll("''", "'") : inside
}

/** A text in quotes, or undefined where none begins. */
export function quoted(c: Cursor): string | undefined {
  const code = c.text.charCodeAt(c.at)
  if (code !== doubleQuote && code !== quote) return undefined
  const value = code === doubleQuote ? doubleQuoted(c) : singleQuoted(c)
  c.lastEnd = c.at
  return value
}

/** The value of plain text between two offsets, blanks at its end left out. */
export function plainBetween(
  c: Cursor,
  from: number,
  to: number,
): string | number | boolean | null {
  let end = to
  while (end > from && isBlank(c.text.charCodeAt(end - 1))) end -= 1
  c.lastEnd = end
  const text = c.text.slice(from, end)
  if (text.includes('\t') || isNoNumber(text)) throw notPlain
  return plainValue(text)
}

/** A key as an object of JSON has it: kubectl makes texts of numbers and booleans. */
export function keyOf(value: string | number | boolean | null): string {
  if (value === null || value === '<<' || value === '__proto__') throw notPlain
  return typeof value === 'string' ? value : String(value)
}

/** Adds a member; one that is there already is left to the reader who can say so. */
export function addMember(into: Record<string, unknown>, key: string, value: unknown): void {
  // No value is undefined; what every object has, such as toString, is left to that reader, too.
  if (into[key] !== undefined) throw notPlain
  into[key] = value
}
