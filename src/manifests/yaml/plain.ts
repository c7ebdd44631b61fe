// The fast reader: reads documents in the subset of YAML that manifests use. Where it is not
// certain it gives up, and tree.ts reads the document.
import { blockValue, blockKey, moveToValue } from './block.ts'
import { endLine, nextLine, notPlain, type Cursor } from './cursor.ts'
import { flowValue } from './flow.ts'
import { byteOrderMark, isBlank, openList, openMap } from './char-codes.ts'
import { locateInIndex, type Locate, type PositionIndex } from './positions.ts'

/** Values of one document. @source 16 MiB of small objects hold about a million */
const maxValues = 2_000_000

export interface PlainDocument {
  value: unknown
  /** Offsets of the whole value. */
  from: number
  to: number
  /** The range of its members in the position index. */
  members: readonly [number, number]
}

const cursorAt = (text: string, from: number, to: number, positions?: PositionIndex): Cursor => ({
  text,
  at: from,
  end: to,
  column: 0,
  lastEnd: from,
  depth: 0,
  valuesLeft: maxValues,
  positions,
})

function keyAt(text: string, from: number): { name: string; end: number } {
  const c = cursorAt(text, from, text.length)
  return { name: blockKey(c), end: c.lastEnd }
}

/** Finds members of a document that was read with a position index. */
export const locatePlain = (
  positions: PositionIndex,
  { from, to, members }: Omit<PlainDocument, 'value'>,
): Locate => locateInIndex(positions, { key: undefined, from, to }, members, keyAt)

/** Reads one document; undefined where it is not plain. Adds its members to `positions`. */
export function readPlain(
  text: string,
  from: number,
  to: number,
  positions?: PositionIndex,
): PlainDocument | undefined {
  const first = positions?.count ?? 0
  const c = cursorAt(text, from, to, positions)
  try {
    const read = documentAt(c)
    if (read !== undefined) return { ...read, members: [first, positions?.count ?? 0] }
  } catch (error) {
    if (error !== notPlain && !(error instanceof SyntaxError)) throw error
  }
  if (positions !== undefined) positions.count = first
  return undefined
}

function documentAt(c: Cursor): Omit<PlainDocument, 'members'> | undefined {
  const { text } = c
  if (text.charCodeAt(c.at) === byteOrderMark) c.at += 1
  nextLine(c)
  if (c.column === 0 && text.startsWith('---', c.at) && isBlank(text.charCodeAt(c.at + 3))) {
    c.at += 3
    if (moveToValue(c)) return undefined
  }
  if (c.column === -1) return undefined
  const start = c.at
  const code = text.charCodeAt(c.at)
  if (code !== openMap && code !== openList) {
    const value = blockValue(c, c.column)
    return c.column === -1 ? { value, from: start, to: c.lastEnd } : undefined
  }
  const value = flowValue(c, -1)
  const end = c.lastEnd
  endLine(c)
  return c.column === -1 ? { value, from: start, to: end } : undefined
}
