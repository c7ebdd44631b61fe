// Reads blocks of plain YAML: objects and lists that their indentation holds together.
import {
  add,
  count,
  deeper,
  endLine,
  keyOf,
  nextLine,
  plainBetween,
  quoted,
  startsPlain,
  unsure,
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
} from './letters.ts'
import { begin, finish } from './marks.ts'
import { plainValue } from './scalar.ts'
import { literal, plainText } from './text-lines.ts'

/**
 * Most keys, and most values that follow one in its line: letters that need no care. An expression
 * is fast from the first line on,
 * a loop of ours only after thousands.
 */
const simpleKey = /[A-Za-z][\w./-]*:(?=[ \n])/y
const simpleText = /[A-Za-z\d/][\w./:@+,=-]*(?<!:)\n/y

/**
 * What begins a line that may hold nothing: its end, a tab, a comment, or the `...` at the end of a
 * document.
 */
const isNoContent = (code: number): boolean =>
  code === newline || code === carriageReturn || code === tab || code === hash || code === dot

const isDash = (c: Cursor, at = c.at): boolean =>
  c.text.charCodeAt(at) === dash && (isBlank(c.text.charCodeAt(at + 1)) || at + 1 >= c.end)

/** Whether a key begins here: text and a colon, on this line. */
function isKey(c: Cursor): boolean {
  const { text, end } = c
  simpleKey.lastIndex = c.at
  if (simpleKey.test(text)) return true
  const first = text.charCodeAt(c.at)
  let at = c.at
  // What comes after a collection in braces is looked at when that is read.
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

/**
 * A simple text that ends with its line, and nothing below goes on with it; undefined where it is
 * not as simple as that.
 */
function simple(c: Cursor, indent: number): string | number | boolean | null | undefined {
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
  c.last = to
  c.column = column
  return plainValue(text.slice(from, to))
}

/**
 * A value that begins in the line of its key or dash, which stands at `indent`. Moves to the next
 * line with content.
 */
function inline(c: Cursor, indent: number): unknown {
  count(c)
  const short = simple(c, indent)
  if (short !== undefined) return short
  const { text } = c
  const code = text.charCodeAt(c.at)
  if (code === bar) {
    const value = literal(c, indent)
    nextLine(c)
    if (c.column > indent) throw unsure
    return value
  }
  if (code === openMap || code === openList) {
    const value = flowValue(c, indent)
    endLine(c)
    if (c.column > indent) throw unsure
    return value
  }
  const inQuotes = quoted(c)
  if (inQuotes !== undefined) {
    endLine(c)
    if (c.column > indent) throw unsure
    return inQuotes
  }
  return plainText(c, indent)
}

/** Moves behind a key or a dash to what stands there. False when the line is over. */
export function moveOn(c: Cursor): boolean {
  const { text } = c
  const before = c.at
  while (text.charCodeAt(c.at) === space) c.at += 1
  const code = c.at < c.end ? text.charCodeAt(c.at) : newline
  if (code === tab) throw unsure
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
    c.at = c.last = simpleKey.lastIndex - 1
    const key = c.text.slice(from, c.at)
    return key.length <= 5 ? keyOf(plainValue(key)) : key
  }
  const inQuotes = quoted(c)
  if (inQuotes !== undefined) {
    if (inQuotes === '<<') throw unsure
    while (c.text.charCodeAt(c.at) === space) c.at += 1
    if (c.text.charCodeAt(c.at) !== colon) throw unsure
    return keyOf(inQuotes)
  }
  if (!startsPlain(c)) throw unsure
  const { text, end } = c
  const from = c.at
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === colon && isBlank(text.charCodeAt(at + 1))) {
      c.at = at
      return keyOf(plainBetween(c, from, at))
    }
    if (code === newline || (code === hash && isBlank(text.charCodeAt(at - 1)))) throw unsure
  }
  throw unsure
}

function blockMap(c: Cursor, indent: number): Record<string, unknown> {
  const into: Record<string, unknown> = {}
  const { notes } = c
  do {
    const from = c.at
    const key = blockKey(c)
    if (c.at - from > 1000) throw unsure
    c.at += 1
    const isHere = moveOn(c)
    const isBelow = !isHere && (c.column > indent || (c.column === indent && isDash(c)))
    const member = notes === undefined ? 0 : begin(notes, from, isHere || isBelow ? c.at : from)
    add(into, key, isHere ? inline(c, indent) : isBelow ? block(c, c.column) : null)
    if (notes !== undefined) finish(notes, member, c.last)
    if (c.column > indent) throw unsure
  } while (c.column === indent && !isDash(c))
  return into
}

function blockList(c: Cursor, indent: number): readonly unknown[] {
  const into: unknown[] = []
  const { notes } = c
  do {
    const start = c.at - c.column
    c.at += 1
    const isHere = moveOn(c)
    if (isHere) c.column = c.at - start
    // An empty item is a mistake more often than not.
    else if (c.column <= indent) throw unsure
    const member = notes === undefined ? 0 : begin(notes, -1, c.at)
    // A list or an object that begins behind the dash stands at the column at which it begins.
    into.push(!isHere || isDash(c) || isKey(c) ? block(c, c.column) : inline(c, indent))
    if (notes !== undefined) finish(notes, member, c.last)
    if (c.column > indent) throw unsure
  } while (c.column === indent && isDash(c))
  return into
}

/** Reads the object or list that stands at `indent`. */
export function block(c: Cursor, indent: number): unknown {
  count(c)
  deeper(c)
  const value = isDash(c) ? blockList(c, indent) : blockMap(c, indent)
  c.depth -= 1
  return value
}
