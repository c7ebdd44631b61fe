// Reads YAML as manifests are written, fast. Of all that is not certain it says nothing: tree.ts reads that.
import { add, carriageReturn, colon, count, deeper, endLine, hash, isBlank, keyOf, mark, newline, nextLine, plainBetween, quoted, space, startsPlain, unsure, type Cursor, type Marks } from './cursor.ts'
import { flowValue } from './flow.ts'
import { literal, plainText } from './text-lines.ts'

/** The code of `-`. @source ASCII */
const dash = 45

const isDash = (c: Cursor, at = c.at): boolean => c.text.charCodeAt(at) === dash && (isBlank(c.text.charCodeAt(at + 1)) || at + 1 >= c.end)

/** Whether a key begins here: text and a colon, on this line. */
function isKey(c: Cursor): boolean {
  const { text, end } = c
  const first = text.charCodeAt(c.at)
  let at = c.at
  if (first === 34 || first === 39) {
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

/** A value that begins in the line of its key or dash, which stands at `indent`. Moves to the next line with content. */
function inline(c: Cursor, indent: number): unknown {
  count(c)
  const { text } = c
  const code = text.charCodeAt(c.at)
  if (code === 124) {
    const value = literal(c, indent)
    nextLine(c)
    if (c.column > indent) throw unsure
    return value
  }
  if (code === 123 || code === 91) {
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
function moveOn(c: Cursor): boolean {
  const { text } = c
  const before = c.at
  while (text.charCodeAt(c.at) === space) c.at += 1
  const code = c.at < c.end ? text.charCodeAt(c.at) : newline
  if (code === 9) throw unsure
  if (code !== newline && code !== carriageReturn && !(code === hash && c.at > before)) return true
  const next = text.indexOf('\n', c.at)
  c.at = next === -1 || next >= c.end ? c.end : next + 1
  nextLine(c)
  return false
}

function blockKey(c: Cursor): string {
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
  do {
    const from = c.at
    const key = blockKey(c)
    const keyEnd = c.last
    if (c.at - from > 1000) throw unsure
    c.at += 1
    if (moveOn(c)) {
      const at = c.at
      add(into, key, inline(c, indent))
      if (c.marks !== undefined) mark(c.marks, into, key, { key: [from, keyEnd], from: at, to: c.last })
    } else if (c.column > indent || (c.column === indent && isDash(c))) {
      const at = c.at
      add(into, key, block(c, c.column))
      if (c.marks !== undefined) mark(c.marks, into, key, { key: [from, keyEnd], from: at, to: c.last })
    } else {
      add(into, key, null)
      if (c.marks !== undefined) mark(c.marks, into, key, { key: [from, keyEnd], from, to: keyEnd })
    }
    if (c.column > indent) throw unsure
  } while (c.column === indent && !isDash(c))
  return into
}

function blockList(c: Cursor, indent: number): readonly unknown[] {
  const into: unknown[] = []
  do {
    const start = c.at - c.column
    c.at += 1
    let at: number
    if (moveOn(c)) {
      at = c.at
      c.column = at - start
      // A list or an object that begins behind the dash stands at the column at which it begins.
      into.push(isDash(c) || isKey(c) ? block(c, c.column) : inline(c, indent))
    } else {
      // An empty item is a mistake more often than not.
      if (c.column <= indent) throw unsure
      at = c.at
      into.push(block(c, c.column))
    }
    if (c.marks !== undefined) mark(c.marks, into, into.length - 1, { key: undefined, from: at, to: c.last })
    if (c.column > indent) throw unsure
  } while (c.column === indent && isDash(c))
  return into
}

function block(c: Cursor, indent: number): unknown {
  count(c)
  deeper(c)
  const value = isDash(c) ? blockList(c, indent) : blockMap(c, indent)
  c.depth -= 1
  return value
}

/** Values of one document. @source 16 MiB of small objects hold about a million */
const mostValues = 2_000_000

export interface PlainDocument {
  value: unknown
  /** Offsets of the whole. */
  from: number
  to: number
}

/** Reads one document, or says undefined where it is not plain. With `marks` it notes where every member stands. */
export function readPlain(text: string, from: number, to: number, marks?: Marks): PlainDocument | undefined {
  const c: Cursor = { text, at: from, end: to, column: 0, last: from, depth: 0, left: mostValues, marks }
  try {
    if (text.charCodeAt(c.at) === 0xfeff) c.at += 1
    nextLine(c)
    if (c.column === 0 && text.startsWith('---', c.at) && isBlank(text.charCodeAt(c.at + 3))) {
      c.at += 3
      if (moveOn(c)) return undefined
    }
    if (c.column === -1) return undefined
    const start = c.at
    const code = text.charCodeAt(c.at)
    if (code !== 123 && code !== 91) {
      const value = block(c, c.column)
      return c.column === -1 ? { value, from: start, to: c.last } : undefined
    }
    const value = flowValue(c, -1)
    const end = c.last
    endLine(c)
    return c.column === -1 ? { value, from: start, to: end } : undefined
  } catch (error) {
    if (error === unsure || error instanceof SyntaxError) return undefined
    throw error
  }
}
