// Reads values in braces and brackets: JSON, and what is written like it in YAML.
import {
  add,
  count,
  deeper,
  keyOf,
  plainBetween,
  quoted,
  startsPlain,
  unsure,
  type Cursor,
} from './cursor.ts'
import {
  carriageReturn,
  closeList,
  closeMap,
  colon,
  comma,
  hash,
  isBlank,
  newline,
  openList,
  openMap,
  space,
  tab,
} from './letters.ts'
import { begin, finish } from './marks.ts'

const isFlow = (code: number): boolean =>
  code === comma || code === openList || code === closeList || code === openMap || code === closeMap

/**
 * Skips blanks and ends of lines. A continued line stands deeper than `indent`, the column of what
 * holds the value.
 */
function skip(c: Cursor, indent: number): void {
  const { text, end } = c
  let start = -1
  let at = c.at
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === newline) start = at + 1
    // Tabs are no blanks where the column counts.
    else if (code === tab ? indent >= 0 : code !== space && code !== carriageReturn) break
  }
  if (start !== -1 && at - start <= indent) throw unsure
  c.at = at
  if (at < end && text.charCodeAt(at) === hash) throw unsure
}

/** Plain text inside of a collection; it ends with its line. */
function plain(c: Cursor): string | number | boolean | null {
  if (!startsPlain(c) || (isFlow(c.text.charCodeAt(c.at + 1)) && !/[\w]/.test(c.text.charAt(c.at))))
    throw unsure
  const { text, end } = c
  const from = c.at
  let at = from
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (isFlow(code) || code === newline) break
    if (code === colon) {
      const next = text.charCodeAt(at + 1)
      if (isFlow(next)) throw unsure
      if (isBlank(next)) break
    }
    if (code === hash && isBlank(text.charCodeAt(at - 1))) throw unsure
  }
  c.at = at
  return plainBetween(c, from, at)
}

function member(c: Cursor, into: Record<string, unknown>, indent: number): void {
  const from = c.at
  const inQuotes = quoted(c)
  const key = keyOf(inQuotes ?? plain(c))
  if (inQuotes === '<<') throw unsure
  while (c.text.charCodeAt(c.at) === space) c.at += 1
  if (c.text.charCodeAt(c.at) !== colon || c.at - from > 1000) throw unsure
  c.at += 1
  // Right behind a text in quotes a value may follow at once, as in JSON.
  if (inQuotes === undefined && !isBlank(c.text.charCodeAt(c.at))) throw unsure
  skip(c, indent)
  const { notes } = c
  const number = notes === undefined ? 0 : begin(notes, from, c.at)
  add(into, key, flowValue(c, indent))
  if (notes !== undefined) finish(notes, number, c.last)
}

/** What separates two members, or ends them. True when it was the end. */
function separated(c: Cursor, indent: number, close: number): boolean {
  skip(c, indent)
  const code = c.text.charCodeAt(c.at)
  if (code !== comma && code !== close) throw unsure
  c.at += 1
  if (code === close) return true
  skip(c, indent)
  if (c.text.charCodeAt(c.at) !== close) return false
  c.at += 1
  return true
}

function flowMap(c: Cursor, indent: number): Record<string, unknown> {
  const into: Record<string, unknown> = {}
  c.at += 1
  skip(c, indent)
  if (c.text.charCodeAt(c.at) === closeMap) c.at += 1
  else
    do member(c, into, indent)
    while (!separated(c, indent, closeMap))
  return into
}

function flowList(c: Cursor, indent: number): readonly unknown[] {
  const into: unknown[] = []
  const { notes } = c
  c.at += 1
  skip(c, indent)
  if (c.text.charCodeAt(c.at) === closeList) {
    c.at += 1
    return into
  }
  do {
    const number = notes === undefined ? 0 : begin(notes, -1, c.at)
    into.push(flowValue(c, indent))
    if (notes !== undefined) finish(notes, number, c.last)
  } while (!separated(c, indent, closeList))
  return into
}

/** Reads one value that stands in a collection, or the collection itself. */
export function flowValue(c: Cursor, indent: number): unknown {
  count(c)
  if (c.at >= c.end) throw unsure
  const code = c.text.charCodeAt(c.at)
  if (code !== openMap && code !== openList) return quoted(c) ?? plain(c)
  deeper(c)
  const value = code === openMap ? flowMap(c, indent) : flowList(c, indent)
  c.depth -= 1
  c.last = c.at
  return value
}
