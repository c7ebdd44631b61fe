// The state of the fast reader, and the scalars and line ends that it reads.
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
  /** Offset of the next character. */
  at: number
  readonly end: number
  /** Column of the line's first content, from 0; -1 after the last line. */
  column: number
  /** End of the last value or key. */
  lastEnd: number
  depth: number
  /** Values that it may still create. */
  valuesLeft: number
  /** Collects the positions of members; undefined where no caller needs them. */
  readonly positions: PositionIndex | undefined
}

/**
 * Thrown where the fast reader is not certain; the full reader then takes the document. One
 * instance: its stack is never read.
 */
export const notPlain = new Error('this document is not plain YAML')

/**
 * Levels of nesting. @source the deepest published custom resource definitions have about 60; ten
 * thousand would overflow the stack
 */
export const maxDepth = 200

/** Characters that no plain scalar begins with: `,[]{}#&*!|>'"%@` and the backtick. */
const indicators = new Set(',[]{}#&*!|>\'"%@`'.split('').map(letter => letter.charCodeAt(0)))
/** `-`, `?` and `:` begin a plain scalar only if a blank does not follow. */
const halfIndicators = new Set([45, 63, 58])

export function startsPlain(c: Cursor): boolean {
  const code = c.text.charCodeAt(c.at)
  if (indicators.has(code)) return false
  return !halfIndicators.has(code) || !isBlank(c.text.charCodeAt(c.at + 1))
}

/** Enters a collection; gives up beyond the deepest nesting. */
export function enterLevel(c: Cursor): void {
  c.depth += 1
  if (c.depth > maxDepth) throw notPlain
}

/** Counts a value; gives up beyond the limit. */
export function countValue(c: Cursor): void {
  c.valuesLeft -= 1
  if (c.valuesLeft < 0) throw notPlain
}

/**
 * Skips comments and empty lines to the next line with content. It may start anywhere in a line
 * whose content is read.
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

/** Expects blanks or a comment after a value, then moves to the next line with content. */
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

/** A double-quoted scalar on one line. */
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
  // These escapes mean the same in JSON and YAML.
  if (/[\t]|\\[^"\\/bfnrtu]|\\u(?:[dD][89a-fA-F]|[^]{0,3}[^\da-fA-F])/.test(inside)) throw notPlain
  const value: unknown = JSON.parse(`"${inside}"`)
  if (typeof value !== 'string') throw notPlain
  return value
}

/** A single-quoted scalar on one line. */
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

/** A quoted scalar; undefined where none begins. */
export function quoted(c: Cursor): string | undefined {
  const code = c.text.charCodeAt(c.at)
  if (code !== doubleQuote && code !== quote) return undefined
  const value = code === doubleQuote ? doubleQuoted(c) : singleQuoted(c)
  c.lastEnd = c.at
  return value
}

/** The value of a plain scalar between two offsets, without trailing blanks. */
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

/** A key as kubectl converts it: numbers and booleans become strings. */
export function keyOf(value: string | number | boolean | null): string {
  if (value === null || value === '<<' || value === '__proto__') throw notPlain
  return typeof value === 'string' ? value : String(value)
}

/** Adds a member; the full reader reports duplicates. */
export function addMember(into: Record<string, unknown>, key: string, value: unknown): void {
  // Values are never undefined. Inherited names, such as toString, go to the full reader too.
  if (into[key] !== undefined) throw notPlain
  into[key] = value
}
