// Changes of a file's text that say one thing and change nothing else.
import { isDeepStrictEqual } from 'node:util'
import type { Change, Edit, Manifest, Path } from '#src/model/manifest.ts'
import { candidates } from './edit-places.ts'
import { newPositionIndex, type Locate } from '#src/manifests/yaml/positions.ts'
import { locatePlain, readPlain } from '#src/manifests/yaml/plain.ts'
import { maxTreeSize } from '#src/manifests/read-document.ts'
import { isRendered } from '#src/manifests/rendered.ts'
import { documentsIn, type DocumentSpan } from '#src/manifests/yaml/documents.ts'
import { readTree } from '#src/manifests/yaml/tree.ts'

/**
 * Edits of one change, none where the text says so already; or why there are none that are certain.
 */
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

/** What a value is after a change: members on the way to it are made where they are missing. */
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

/** Where an object of a list stands within its document. */
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

/**
 * Applies edits of one text. Two of them that touch the same letters are refused; the same one
 * twice counts once.
 */
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
        why: 'two changes touch the same piece of the file, or one lies outside of it',
      }
    after += text.slice(at, from) + put
    at = to
  }
  return { kind: 'applied', text: after + text.slice(at) }
}

/** The same for a place that is known by its document and its path in it. */
function editsAt(
  file: string,
  text: string,
  piece: DocumentSpan,
  path: Path,
  change: Change,
): EditPlan {
  if (piece.to - piece.from > maxTreeSize)
    return refused('the document is too large to be changed with certainty')
  const before = valueIn(text, piece)
  const present = memberOf(before, path)
  if ('to' in change ? isDeepStrictEqual(present, change.to) : present === undefined)
    return { kind: 'edits', edits: [] }
  if ('renamed' in change && memberOf(before, [...path.slice(0, -1), change.renamed]) !== undefined)
    return refused(`there is a ${change.renamed} already`)
  if (path.length === 0) return refused('a whole object is not replaced')
  const expected = changed(before, path, change)
  const found = candidates(text, piece, path, change)
  if (found.kind === 'refused') return found
  for (const { from, to, text: put } of found.edits) {
    const after = text.slice(piece.from, from) + put + text.slice(to, piece.to)
    // Whatever was meant, it counts only when it reads as it should and is still one document.
    if (
      documentsIn(after).length === 1 &&
      isDeepStrictEqual(valueIn(after, { from: 0, to: after.length, document: 0 }), expected)
    ) {
      return { kind: 'edits', edits: [{ file, from, to, text: put }] }
    }
  }
  return refused('it cannot be written there with certainty that nothing else changes')
}

interface Target {
  piece: DocumentSpan
  base: Path
}

/** A document, and how to find its members. */
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
    return { why: `${manifest.file} is what a program makes of other files: change those` }
  if (manifest.file.startsWith('<'))
    return { why: 'it came through a pipe: there is no file to change' }
  const piece = documentsIn(text)[manifest.document]
  if (piece === undefined) return { why: 'the file is not the one that was read' }
  const { value, locate } = readWithPlaces(text, piece)
  const starts = (path: Path): number | undefined => {
    const { position, steps } = locate(path)
    return steps === path.length ? position.from : undefined
  }
  const base = baseOf(manifest, value, starts)
  return base === undefined ? { why: 'the file is not the one that was read' } : { piece, base }
}

/**
 * Edits that give one member of a manifest its value, or take it away. `text`: of the file, as it
 * was read. Comments, order, indentation, quotes and ends of lines stay as they are; what comes
 * through an alias, a merge key or a template is refused.
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

/** Values first, while every member is found by its number and by the name that it had. */
const turn = ({ path, change }: Wanted): number =>
  'renamed' in change ? 2 : 'removed' in change && typeof path.at(-1) === 'number' ? 1 : 0

/**
 * Items of lists go from the end on, so that the others keep their numbers; names change from
 * within, so that the way to them stays.
 */
function inOrder(a: Wanted, b: Wanted): number {
  const place = ({ path }: Wanted, among: number): number =>
    among === 0 ? 0 : among === 1 ? Number(path.at(-1)) : path.length
  return turn(a) - turn(b) || place(b, turn(b)) - place(a, turn(a))
}

/**
 * Makes all changes of one file, one after another, so that two of them can share a member that is
 * not there yet.
 */
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
        why: 'why' in target ? target.why : 'the file is not the one that was read',
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
