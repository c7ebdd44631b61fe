// The fast reader for block collections: objects and lists held together by indentation.
import {
  addMember,
  countValue,
  enterLevel,
  endLine,
  keyOf,
  nextLine,
  plainBetween,
  quoted,
  startsPlain,
  notPlain,
  type Cursor,
} from './cursor.ts'
import { flowValue } from './flow.ts'
import {
  bar,
  carriageReturn,
  colon,
  dash,
  dot,
  doubleQuote,
  hash,
  isBlank,
  newline,
  openList,
  openMap,
  quote,
  space,
  tab,
} from './char-codes.ts'
import { beginMember, finishMember } from './positions.ts'
import { plainValue } from './scalar.ts'
import { literal, plainText } from './text-lines.ts'

/**
 * Most keys, and most values on the line of their key. A regular expression is fast from the first
 * line on; a loop only after the engine has compiled it, thousands of lines later.
 */
const simpleKey = /[A-Za-z][\w./-]*:(?=[ \n])/y
const simpleText = /[A-Za-z\d/][\w./:@+,=-]*(?<!:)\n/y

/** The start of a line that may have no content: its end, a tab, a comment, or `...`. */
const isNoContent = (code: number): boolean =>
  code === newline || code === carriageReturn || code === tab || code === hash || code === dot

const isElementStart = (c: Cursor, at = c.at): boolean =>
  c.text.charCodeAt(at) === dash && (isBlank(c.text.charCodeAt(at + 1)) || at + 1 >= c.end)

/** Whether a key begins here: a scalar and a colon on this line. */
function isKey(c: Cursor): boolean {
  const { text, end } = c
  simpleKey.lastIndex = c.at
  if (simpleKey.test(text)) return true
  const first = text.charCodeAt(c.at)
  let at = c.at
  // A flow collection as a key is found when the collection is read.
  if (first === openMap || first === openList) return false
  if (first === doubleQuote || first === quote) {
    const copy = { ...c }
    quoted(copy)
    at = copy.at
    while (text.charCodeAt(at) === space) at += 1
    return text.charCodeAt(at) === colon
  }
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === newline) return false
    if (code === colon && isBlank(text.charCodeAt(at + 1))) return true
    if (code === hash && text.charCodeAt(at - 1) === space) return false
  }
  return false
}

/** A simple scalar that ends with its line and does not continue below; otherwise undefined. */
function simpleScalar(c: Cursor, indent: number): string | number | boolean | null | undefined {
  const { text } = c
  simpleText.lastIndex = c.at
  if (!simpleText.test(text)) return undefined
  const from = c.at
  let at = simpleText.lastIndex
  const to = at - 1
  while (text.charCodeAt(at) === space) at += 1
  const column = at - to - 1
  if (at >= c.end || column > indent || isNoContent(text.charCodeAt(at))) return undefined
  c.at = at
  c.lastEnd = to
  c.column = column
  return plainValue(text.slice(from, to))
}

/**
 * A value on the line of its key or dash, which stands at column `indent`. Moves to the next line
 * with content.
 */
function inlineValue(c: Cursor, indent: number): unknown {
  countValue(c)
  const short = simpleScalar(c, indent)
  if (short !== undefined) return short
  const { text } = c
  const code = text.charCodeAt(c.at)
  if (code === bar) {
    const value = literal(c, indent)
    nextLine(c)
    if (c.column > indent) throw notPlain
    return value
  }
  if (code === openMap || code === openList) {
    const value = flowValue(c, indent)
    endLine(c)
    if (c.column > indent) throw notPlain
    return value
  }
  const inQuotes = quoted(c)
  if (inQuotes !== undefined) {
    endLine(c)
    if (c.column > indent) throw notPlain
    return inQuotes
  }
  return plainText(c, indent)
}

/** Moves from a key or dash to its value. False if the value is not on this line. */
export function moveToValue(c: Cursor): boolean {
  const { text } = c
  const before = c.at
  while (text.charCodeAt(c.at) === space) c.at += 1
  const code = c.at < c.end ? text.charCodeAt(c.at) : newline
  if (code === tab) throw notPlain
  if (code !== newline && code !== carriageReturn && !(code === hash && c.at > before)) return true
  const next = text.indexOf('\n', c.at)
  c.at = next === -1 || next >= c.end ? c.end : next + 1
  nextLine(c)
  return false
}

/** The key at the cursor. Moves to its colon. */
export function blockKey(c: Cursor): string {
  simpleKey.lastIndex = c.at
  if (simpleKey.test(c.text)) {
    const from = c.at
    c.at = c.lastEnd = simpleKey.lastIndex - 1
    const key = c.text.slice(from, c.at)
    return key.length <= 5 ? keyOf(plainValue(key)) : key
  }
  const inQuotes = quoted(c)
  if (inQuotes !== undefined) {
    if (inQuotes === '<<') throw notPlain
    while (c.text.charCodeAt(c.at) === space) c.at += 1
    if (c.text.charCodeAt(c.at) !== colon) throw notPlain
    return keyOf(inQuotes)
  }
  if (!startsPlain(c)) throw notPlain
  const { text, end } = c
  const from = c.at
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === colon && isBlank(text.charCodeAt(at + 1))) {
      c.at = at
      return keyOf(plainBetween(c, from, at))
    }
    if (code === newline || (code === hash && isBlank(text.charCodeAt(at - 1)))) throw notPlain
  }
  throw notPlain
}

function blockMap(c: Cursor, indent: number): Record<string, unknown> {
  const into: Record<string, unknown> = {}
  const { positions } = c
  do {
    const from = c.at
    const key = blockKey(c)
    if (c.at - from > 1000) throw notPlain
    c.at += 1
    const isHere = moveToValue(c)
    const isBelow = !isHere && (c.column > indent || (c.column === indent && isElementStart(c)))
    const member =
      positions === undefined ? 0 : beginMember(positions, from, isHere || isBelow ? c.at : from)
    let value: unknown = null
    if (isHere) value = inlineValue(c, indent)
    else if (isBelow) value = blockValue(c, c.column)
    addMember(into, key, value)
    if (positions !== undefined) finishMember(positions, member, c.lastEnd)
    if (c.column > indent) throw notPlain
  } while (c.column === indent && !isElementStart(c))
  return into
}

function blockList(c: Cursor, indent: number): readonly unknown[] {
  const into: unknown[] = []
  const { positions } = c
  do {
    const start = c.at - c.column
    c.at += 1
    const isHere = moveToValue(c)
    if (isHere) c.column = c.at - start
    // An empty element is usually a mistake.
    else if (c.column <= indent) throw notPlain
    const member = positions === undefined ? 0 : beginMember(positions, -1, c.at)
    // A collection that begins after the dash is indented by the column where it begins.
    into.push(
      !isHere || isElementStart(c) || isKey(c) ? blockValue(c, c.column) : inlineValue(c, indent),
    )
    if (positions !== undefined) finishMember(positions, member, c.lastEnd)
    if (c.column > indent) throw notPlain
  } while (c.column === indent && isElementStart(c))
  return into
}

/** Reads the object or list at column `indent`. */
export function blockValue(c: Cursor, indent: number): unknown {
  countValue(c)
  enterLevel(c)
  const value = isElementStart(c) ? blockList(c, indent) : blockMap(c, indent)
  c.depth -= 1
  return value
}
