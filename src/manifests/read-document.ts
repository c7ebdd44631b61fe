// Reads one document of a text: the fast reader first, all of YAML where that one is not certain.
import type { Path, Place } from '#src/model/manifest.ts'
import type { DocumentSpan } from './yaml/documents.ts'
import { locatePlain, readPlain } from './yaml/plain.ts'
import type { Locate, PositionIndex } from './yaml/positions.ts'
import { readTree } from './yaml/tree.ts'
import type { YamlFault } from './yaml/yaml-faults.ts'

const MiB = 2 ** 20
/**
 * UTF-16 units of one document. @source ten times etcd’s limit for a request (1.5 MiB): a List of
 * that size holds a whole cluster
 */
export const maxDocumentSize = 16 * MiB
/**
 * UTF-16 units of one document with anchors, tags or folded texts. @source Kubernetes, ConfigMap
 * and Secret: at most 1 MiB of data in an object
 */
export const maxTreeSize = MiB

/** What was read of one document. */
export interface DocumentReading {
  value: unknown
  /** Offsets of its first and behind its last character. */
  from: number
  to: number
  faults: readonly YamlFault[]
  /** The range of its members in the position index; undefined where its reader keeps none. */
  members?: readonly [number, number]
}

/**
 * Characters that YAML forbids: only binary files contain them. Readers disagree on a carriage
 * return without a newline: some end the line there, others read a blank.
 */
// oxlint-disable-next-line no-control-regex -- these are the characters to find
const forbidden = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF]|\r(?!\n)/
/** A cheap first test without lookahead: a text that it does not match has no forbidden one. */
// oxlint-disable-next-line no-control-regex -- these are the characters to find
const unusual = /[\0-\x08\x0B-\x1F\x7F\uFFFE\uFFFF]/

export const hasForbiddenCharacters = (text: string): boolean =>
  unusual.test(text) && forbidden.test(text)

const tooLarge = ({ from, to }: DocumentSpan, most: number, what: string): YamlFault => ({
  from,
  to: from,
  code: 'too-large',
  kind: 'unreadable',
  seen: `${what} of ${((to - from) / MiB).toFixed(1)} MiB`,
  expected: `at most ${most / MiB} MiB`,
  remedy: 'Split it into documents with ---; nothing in it was judged.',
})

function controlCharacter(at: number, character: string): YamlFault {
  const hex = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  return {
    from: at,
    to: at + 1,
    code: 'control-character',
    kind: 'unreadable',
    seen: `the control character U+${hex}`,
    expected: 'text',
    remedy: 'Remove it, or leave this file out of the set; nothing in this document was judged.',
  }
}

const unreadable = ({ from, to }: DocumentSpan, fault: YamlFault): DocumentReading => ({
  value: undefined,
  from,
  to,
  faults: [fault],
})

/**
 * Reads one document. `suspect`: the text contains forbidden characters somewhere. Positions go
 * into `positions`.
 */
export function readDocument(
  text: string,
  span: DocumentSpan,
  suspect: boolean,
  positions: PositionIndex,
): DocumentReading {
  const { from, to } = span
  if (to - from > maxDocumentSize)
    return unreadable(span, tooLarge(span, maxDocumentSize, 'one document'))
  const bad = suspect ? forbidden.exec(text.slice(from, to)) : null
  if (bad !== null) return unreadable(span, controlCharacter(from + bad.index, bad[0]))
  const plain = readPlain(text, from, to, positions)
  if (plain !== undefined) return { ...plain, faults: [] }
  if (to - from <= maxTreeSize) return readTree(text, from, to)
  const what = 'one document with anchors, tags, folded texts, mistakes or millions of values'
  return unreadable(span, tooLarge(span, maxTreeSize, what))
}

/**
 * Locates members of documents that are not in the position index. It keeps the last document:
 * callers ask document by document.
 */
function treeLocator(text: string): (span: DocumentSpan) => Locate {
  let last: { span: DocumentSpan; locate: Locate } | undefined
  return span => {
    if (last?.span === span) return last.locate
    last = { span, locate: readTree(text, span.from, span.to).locate }
    return last.locate
  }
}

/** Offsets of a member's value, or of its key; of a missing one, of the nearest key above it. */
export type Offsets = (path: Path, of: Place['of']) => readonly [number, number]

const offsetsOf =
  (locateIn: () => Locate): Offsets =>
  (path, of) => {
    const { position, steps, firstKey } = locateIn()(path)
    const { key, from, to } = position
    // A value without a key of its own is shown at the first key in it.
    if (steps < path.length) return key ?? firstKey() ?? [from, to]
    return of === 'key' && key !== undefined ? key : [from, to]
  }

/** Finds members of the documents of one text. */
export function offsetsIn(
  text: string,
  positions: PositionIndex,
): (span: DocumentSpan, reading: DocumentReading) => Offsets {
  const inTree = treeLocator(text)
  return (span, { from, to, members }) =>
    offsetsOf(() =>
      members === undefined ? inTree(span) : locatePlain(positions, { from, to, members }),
    )
}
