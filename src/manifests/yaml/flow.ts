// The fast reader for flow collections: JSON, and YAML in braces and brackets.
import {
  addMember,
  countValue,
  enterLevel,
  keyOf,
  plainBetween,
  quoted,
  startsPlain,
  notPlain,
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
} from './char-codes.ts'
import { beginMember, finishMember } from './positions.ts'

const isFlowIndicator = (code: number): boolean =>
  code === comma || code === openList || code === closeList || code === openMap || code === closeMap

/**
 * Skips blanks and line ends. A continued line must be indented deeper than `indent`, the column of
 * the parent.
 */
function skip(c: Cursor, indent: number): void {
  const { text, end } = c
  let start = -1
  let at = c.at
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === newline) start = at + 1
    // Where the column counts, a tab is not a blank.
    else if (code === tab ? indent >= 0 : code !== space && code !== carriageReturn) break
  }
  if (start !== -1 && at - start <= indent) throw notPlain
  c.at = at
  if (at < end && text.charCodeAt(at) === hash) throw notPlain
}

/** A plain scalar in a collection; it ends with its line. */
function plainScalar(c: Cursor): string | number | boolean | null {
  if (
    !startsPlain(c) ||
    (isFlowIndicator(c.text.charCodeAt(c.at + 1)) && !/[\w]/.test(c.text.charAt(c.at)))
  )
    throw notPlain
  const { text, end } = c
  const from = c.at
  let at = from
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (isFlowIndicator(code) || code === newline) break
    if (code === colon) {
      const next = text.charCodeAt(at + 1)
      if (isFlowIndicator(next)) throw notPlain
      if (isBlank(next)) break
    }
    if (code === hash && isBlank(text.charCodeAt(at - 1))) throw notPlain
  }
  c.at = at
  return plainBetween(c, from, at)
}

function flowMember(c: Cursor, into: Record<string, unknown>, indent: number): void {
  const from = c.at
  const inQuotes = quoted(c)
  const key = keyOf(inQuotes ?? plainScalar(c))
  if (inQuotes === '<<') throw notPlain
  while (c.text.charCodeAt(c.at) === space) c.at += 1
  if (c.text.charCodeAt(c.at) !== colon || c.at - from > 1000) throw notPlain
  c.at += 1
  // After a quoted key the value may follow without a blank, as in JSON.
  if (inQuotes === undefined && !isBlank(c.text.charCodeAt(c.at))) throw notPlain
  skip(c, indent)
  const { positions } = c
  const number = positions === undefined ? 0 : beginMember(positions, from, c.at)
  addMember(into, key, flowValue(c, indent))
  if (positions !== undefined) finishMember(positions, number, c.lastEnd)
}

/** Reads the separator after a member. True at the end of the collection. */
function endsCollection(c: Cursor, indent: number, close: number): boolean {
  skip(c, indent)
  const code = c.text.charCodeAt(c.at)
  if (code !== comma && code !== close) throw notPlain
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
    do flowMember(c, into, indent)
    while (!endsCollection(c, indent, closeMap))
  return into
}

function flowList(c: Cursor, indent: number): readonly unknown[] {
  const into: unknown[] = []
  const { positions } = c
  c.at += 1
  skip(c, indent)
  if (c.text.charCodeAt(c.at) === closeList) {
    c.at += 1
    return into
  }
  do {
    const number = positions === undefined ? 0 : beginMember(positions, -1, c.at)
    into.push(flowValue(c, indent))
    if (positions !== undefined) finishMember(positions, number, c.lastEnd)
  } while (!endsCollection(c, indent, closeList))
  return into
}

/** Reads a flow collection, or a value in one. */
export function flowValue(c: Cursor, indent: number): unknown {
  countValue(c)
  if (c.at >= c.end) throw notPlain
  const code = c.text.charCodeAt(c.at)
  if (code !== openMap && code !== openList) return quoted(c) ?? plainScalar(c)
  enterLevel(c)
  const value = code === openMap ? flowMap(c, indent) : flowList(c, indent)
  c.depth -= 1
  c.lastEnd = c.at
  return value
}
