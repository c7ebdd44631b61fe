// Edits of a file's text that make one change and nothing else.
import { isDeepStrictEqual } from 'node:util'
import type { Change, Edit, Manifest, Path } from '#src/model/manifest.ts'
import { candidates } from './edit-places.ts'
import { newPositionIndex, type Locate } from '#src/manifests/yaml/positions.ts'
import { locatePlain, readPlain } from '#src/manifests/yaml/plain.ts'
import { maxTreeSize } from '#src/manifests/read-document.ts'
import { isRendered } from '#src/manifests/rendered.ts'
import { documentsIn, type DocumentSpan } from '#src/manifests/yaml/documents.ts'
import { readTree } from '#src/manifests/yaml/tree.ts'

/** The edits of one change, none if it is already made. Or the reason why no edit is certain. */
export type EditPlan = { kind: 'edits'; edits: readonly Edit[] } | { kind: 'refused'; why: string }

const refused = (why: string): EditPlan => ({ kind: 'refused', why })

const valueIn = (text: string, { from, to }: DocumentSpan): unknown =>
  readPlain(text, from, to)?.value ?? readTree(text, from, to).value

const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null

function memberOf(value: unknown, path: Path): unknown {
  let here = value
  for (const step of path)
    here = isHolder(here) && Object.hasOwn(here, step) ? Reflect.get(here, step) : undefined
  return here
}

/** A value after a change. Missing parents of the changed member are created. */
function changed(value: unknown, path: Path, change: Change): unknown {
  const [step, ...rest] = path
  if (step === undefined) return 'to' in change ? change.to : undefined
  const inner = changed(
    isHolder(value) && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined,
    rest,
    change,
  )
  const gone = rest.length === 0 && 'removed' in change
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(value) ? [...value] : []
    if (gone) list.splice(step, 1)
    else list[step] = inner
    return list
  }
  const entries = isHolder(value) && !Array.isArray(value) ? Object.entries(value) : []
  if (rest.length === 0 && 'renamed' in change)
    return Object.fromEntries(
      entries.map(([key, item]) => [key === step ? change.renamed : key, item]),
    )
  if (gone) return Object.fromEntries(entries.filter(([key]) => key !== step))
  return entries.some(([key]) => key === step)
    ? Object.fromEntries(entries.map(([key, item]) => [key, key === step ? inner : item]))
    : Object.fromEntries([...entries, [step, inner]])
}

/** The path of an object within its document, which may be a list of objects. */
function baseOf(
  manifest: Manifest,
  value: unknown,
  starts: (path: Path) => number | undefined,
): Path | undefined {
  const target = manifest.where([]).from
  const search = (here: unknown, path: Path): Path | undefined => {
    if (starts(path) === target && isHolder(here) && !Array.isArray(memberOf(here, ['items'])))
      return path
    const items = memberOf(here, ['items'])
    if (!Array.isArray(items)) return starts(path) === target ? path : undefined
    for (const [index, item] of items.entries()) {
      const found = search(item, [...path, 'items', index])
      if (found !== undefined) return found
    }
    return undefined
  }
  return search(value, [])
}

/** Applies edits of one text. Refuses edits that overlap; the same edit twice counts once. */
export function applyEdits(
  text: string,
  edits: readonly Edit[],
): { kind: 'applied'; text: string } | { kind: 'refused'; why: string } {
  const each = edits
    .filter((edit, index) => edits.findIndex(other => isDeepStrictEqual(other, edit)) === index)
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
  let after = ''
  let at = 0
  for (const { from, to, text: put } of each) {
    if (from < at || to < from || to > text.length)
      return {
        kind: 'refused',
        why: 'two changes overlap, or one lies outside the file',
      }
    after += text.slice(at, from) + put
    at = to
  }
  return { kind: 'applied', text: after + text.slice(at) }
}

/** The edits of a change at a path of a document. */
function editsAt(
  file: string,
  text: string,
  piece: DocumentSpan,
  path: Path,
  change: Change,
): EditPlan {
  if (piece.to - piece.from > maxTreeSize)
    return refused('the document is too large to change it with certainty')
  const before = valueIn(text, piece)
  const present = memberOf(before, path)
  if ('to' in change ? isDeepStrictEqual(present, change.to) : present === undefined)
    return { kind: 'edits', edits: [] }
  if ('renamed' in change && memberOf(before, [...path.slice(0, -1), change.renamed]) !== undefined)
    return refused(`${change.renamed} already exists`)
  if (path.length === 0) return refused('whole objects are not replaced')
  const expected = changed(before, path, change)
  const found = candidates(text, piece, path, change)
  if (found.kind === 'refused') return found
  for (const { from, to, text: put } of found.edits) {
    const after = text.slice(piece.from, from) + put + text.slice(to, piece.to)
    // An edit counts only if the text then reads as expected and is still one document.
    if (
      documentsIn(after).length === 1 &&
      isDeepStrictEqual(valueIn(after, { from: 0, to: after.length, document: 0 }), expected)
    ) {
      return { kind: 'edits', edits: [{ file, from, to, text: put }] }
    }
  }
  return refused('no edit certainly changes this member and nothing else')
}

interface Target {
  piece: DocumentSpan
  base: Path
}

/** The value of a document, and the index of its members. */
function readWithPlaces(
  text: string,
  { from, to }: DocumentSpan,
): { value: unknown; locate: Locate } {
  const positions = newPositionIndex(text)
  const plain = readPlain(text, from, to, positions)
  return plain === undefined
    ? readTree(text, from, to)
    : { value: plain.value, locate: locatePlain(positions, plain) }
}

function targetOf(manifest: Manifest, text: string): Target | { why: string } {
  if (isRendered(manifest.file))
    return { why: `a program generates ${manifest.file} from other files: change those` }
  if (manifest.file.startsWith('<'))
    return { why: 'it came from a pipe: there is no file to change' }
  const piece = documentsIn(text)[manifest.document]
  if (piece === undefined) return { why: 'the file has changed since it was read' }
  const { value, locate } = readWithPlaces(text, piece)
  const starts = (path: Path): number | undefined => {
    const { position, steps } = locate(path)
    return steps === path.length ? position.from : undefined
  }
  const base = baseOf(manifest, value, starts)
  return base === undefined ? { why: 'the file has changed since it was read' } : { piece, base }
}

/**
 * The edits that change one member of a manifest. `text`: the file as it was read. Comments, order,
 * indentation, quotes and line ends stay the same. Values from an alias, a merge key or a template
 * are refused.
 */
export function editsFor(manifest: Manifest, text: string, path: Path, change: Change): EditPlan {
  const target = targetOf(manifest, text)
  return 'why' in target
    ? refused(target.why)
    : editsAt(manifest.file, text, target.piece, [...target.base, ...path], change)
}

/** One change of one member. */
export interface Wanted {
  manifest: Manifest
  path: Path
  change: Change
}

/**
 * The order of changes, so that each finds its member by the original path. Values come first, then
 * items of lists from the end on, which keeps the indexes of the others. Renames come last, the
 * deepest first.
 */
function turnOf({ path, change }: Wanted): readonly [turn: number, within: number] {
  const last = path.at(-1)
  if ('renamed' in change) return [2, -path.length]
  return 'removed' in change && typeof last === 'number' ? [1, -last] : [0, 0]
}

function inOrder(a: Wanted, b: Wanted): number {
  const [[turnA, withinA], [turnB, withinB]] = [turnOf(a), turnOf(b)]
  return turnA - turnB || withinA - withinB
}

/** Makes all changes of one file in turn, so that two of them can create the same parent. */
export function applyChanges<One extends Wanted>(
  text: string,
  wanted: readonly One[],
): { text: string; refused: readonly { wanted: One; why: string }[] } {
  const pieces = documentsIn(text)
  const parts = pieces.map(({ from, to }) => text.slice(from, to))
  const left: { wanted: One; why: string }[] = []
  const targets = new Map(
    [...new Set(wanted.map(({ manifest }) => manifest))].map(manifest => [
      manifest,
      targetOf(manifest, text),
    ]),
  )
  for (const one of wanted.toSorted(inOrder)) {
    const target = targets.get(one.manifest) ?? { why: 'it was not read' }
    const part = 'why' in target ? undefined : parts[target.piece.document]
    if ('why' in target || part === undefined) {
      left.push({
        wanted: one,
        why: 'why' in target ? target.why : 'the file has changed since it was read',
      })
      continue
    }
    const plan = editsAt(
      one.manifest.file,
      part,
      { from: 0, to: part.length, document: 0 },
      [...target.base, ...one.path],
      one.change,
    )
    const applied = plan.kind === 'edits' ? applyEdits(part, plan.edits) : plan
    if (applied.kind === 'refused') left.push({ wanted: one, why: applied.why })
    else parts[target.piece.document] = applied.text
  }
  return { text: pieces.length === 0 ? text : parts.join(''), refused: left }
}
