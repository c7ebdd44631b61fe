// Reads documents as manifests are written, fast. Of all that is not certain it says nothing:
// tree.ts reads that.
import { block, blockKey, moveOn } from './block.ts'
import { endLine, nextLine, unsure, type Cursor } from './cursor.ts'
import { flowValue } from './flow.ts'
import { byteOrderMark, isBlank, openList, openMap } from './letters.ts'
import { locateIn, type Locate, type Notes } from './marks.ts'

/** Values of one document. @source 16 MiB of small objects hold about a million */
const mostValues = 2_000_000

export interface PlainDocument {
  value: unknown
  /** Offsets of the whole. */
  from: number
  to: number
  /** Its members in the notes: the first, and the one behind the last. */
  members: readonly [number, number]
}

const cursorAt = (text: string, from: number, to: number, notes?: Notes): Cursor => ({
  text,
  at: from,
  end: to,
  column: 0,
  last: from,
  depth: 0,
  left: mostValues,
  notes,
})

function keyAt(text: string, from: number): { name: string; end: number } {
  const c = cursorAt(text, from, text.length)
  return { name: blockKey(c), end: c.last }
}

/** Finds members of a document that was read with notes. */
export const locatePlain = (
  notes: Notes,
  { from, to, members }: Omit<PlainDocument, 'value'>,
): Locate => locateIn(notes, { key: undefined, from, to }, members, keyAt)

/**
 * Reads one document, or says undefined where it is not plain. Where its members stand is added to
 * `notes`.
 */
export function readPlain(
  text: string,
  from: number,
  to: number,
  notes?: Notes,
): PlainDocument | undefined {
  const first = notes?.count ?? 0
  const c = cursorAt(text, from, to, notes)
  try {
    const read = documentAt(c)
    if (read !== undefined) return { ...read, members: [first, notes?.count ?? 0] }
  } catch (error) {
    if (error !== unsure && !(error instanceof SyntaxError)) throw error
  }
  if (notes !== undefined) notes.count = first
  return undefined
}

function documentAt(c: Cursor): Omit<PlainDocument, 'members'> | undefined {
  const { text } = c
  if (text.charCodeAt(c.at) === byteOrderMark) c.at += 1
  nextLine(c)
  if (c.column === 0 && text.startsWith('---', c.at) && isBlank(text.charCodeAt(c.at + 3))) {
    c.at += 3
    if (moveOn(c)) return undefined
  }
  if (c.column === -1) return undefined
  const start = c.at
  const code = text.charCodeAt(c.at)
  if (code !== openMap && code !== openList) {
    const value = block(c, c.column)
    return c.column === -1 ? { value, from: start, to: c.last } : undefined
  }
  const value = flowValue(c, -1)
  const end = c.last
  endLine(c)
  return c.column === -1 ? { value, from: start, to: end } : undefined
}
