// Records where the members of a document stand, and finds them by path.
import type { Path } from '#src/model/manifest.ts'
import { colon, isBlank } from './char-codes.ts'

/** Offsets of one member: its key, where it has one, and its value. */
export interface Position {
  key: readonly [number, number] | undefined
  from: number
  to: number
}

/** The result of following a path. */
export interface Located {
  /** The last member on the path that exists: the member itself if `steps` is the whole path. */
  position: Position
  steps: number
  /** The key of the first member within it. */
  firstKey: () => readonly [number, number] | undefined
}

/** Finds members of one document. */
export type Locate = (path: Path) => Located

/**
 * Members of plain documents in reading order; the members within one follow it immediately. Four
 * numbers per member: the reader records every member, and hardly any is ever looked up.
 */
export interface PositionIndex {
  readonly text: string
  /**
   * Per member: offset of its key (-1: none), start and end of its value, and the number of the
   * first member after everything within it.
   */
  numbers: Int32Array
  /** Members recorded so far. */
  count: number
  /** For members with many children: their names, by the number of the first child. */
  readonly wide: Map<number, ReadonlyMap<string | number, number>>
}

/** Numbers per member. @source PositionIndex.numbers */
const width = 4

export const newPositionIndex = (text: string): PositionIndex => ({
  text,
  numbers: new Int32Array(256 * width),
  count: 0,
  wide: new Map(),
})

/**
 * Records a member before its value is read; `key` is -1 for a list element. Pass the returned
 * number to `finishMember`.
 */
export function beginMember(index: PositionIndex, key: number, from: number): number {
  const at = index.count * width
  if (at === index.numbers.length) {
    const wider = new Int32Array(2 * at)
    wider.set(index.numbers)
    index.numbers = wider
  }
  index.numbers[at] = key
  index.numbers[at + 1] = from
  index.count += 1
  return index.count - 1
}

/** Records where the value of a member ends. */
export function finishMember({ numbers, count }: PositionIndex, member: number, to: number): void {
  numbers[member * width + 2] = to
  numbers[member * width + 3] = count
}

/** Reads a key again, as the parser read it: its name, and where it ends. */
export type KeyReader = (text: string, from: number) => { name: string; end: number }

const isLetter = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** Where the key at `from` ends if it is `step`; -1 if it is another key. */
function endOfKey(text: string, from: number, step: string | number, keyAt: KeyReader): number {
  if (typeof step !== 'string') return -1
  // A key that begins with a letter is its own name, except for spellings of true and false.
  if (isLetter(text.charCodeAt(from)) && step !== 'true' && step !== 'false') {
    if (!text.startsWith(step, from)) return -1
    const end = from + step.length
    if (text.charCodeAt(end) === colon && isBlank(text.charCodeAt(end + 1))) return end
  }
  const { name, end } = keyAt(text, from)
  return name === step ? end : -1
}

/**
 * Members compared one by one before a map of names is built. @source chosen: objects of the API
 * have fewer; in objects with thousands each one may be looked up
 */
const maxScanned = 40

/** A document that was read with an index. */
interface Indexed {
  index: PositionIndex
  keyAt: KeyReader
}

const numberOf = ({ numbers }: PositionIndex, member: number, which: number): number =>
  numbers[member * width + which] ?? 0

/** Members between two numbers by name. Built once per parent. */
function namesOf(
  { index, keyAt }: Indexed,
  from: number,
  to: number,
): ReadonlyMap<string | number, number> {
  const known = index.wide.get(from)
  if (known !== undefined) return known
  const all = new Map<string | number, number>()
  for (let member = from; member < to; member = numberOf(index, member, 3)) {
    const key = numberOf(index, member, 0)
    all.set(key === -1 ? all.size : keyAt(index.text, key).name, member)
  }
  index.wide.set(from, all)
  return all
}

/** The member of that name between two numbers; -1 where there is none. */
function findMember(indexed: Indexed, from: number, to: number, step: string | number): number {
  const { index, keyAt } = indexed
  let member = from
  for (let at = 0; member < to; at += 1) {
    if (at === maxScanned) return namesOf(indexed, from, to).get(step) ?? -1
    const key = numberOf(index, member, 0)
    if (key === -1 ? step === at : endOfKey(index.text, key, step, keyAt) !== -1) return member
    member = numberOf(index, member, 3)
  }
  return -1
}

/** Finds members of the document whose members are `first` up to and without `end` in the index. */
export function locateInIndex(
  index: PositionIndex,
  whole: Position,
  [first, end]: readonly [number, number],
  keyAt: KeyReader,
): Locate {
  const indexed = { index, keyAt }
  return path => {
    let position = whole
    let steps = 0
    let from = first
    let to = end
    for (; steps < path.length; steps += 1) {
      const step = path[steps] ?? ''
      const member = findMember(indexed, from, to, step)
      if (member === -1) break
      const key = numberOf(index, member, 0)
      position = {
        key: key === -1 ? undefined : [key, endOfKey(index.text, key, step, keyAt)],
        from: numberOf(index, member, 1),
        to: numberOf(index, member, 2),
      }
      to = numberOf(index, member, 3)
      from = member + 1
    }
    const key = from < to ? numberOf(index, from, 0) : -1
    return {
      position,
      steps,
      firstKey: () => (key === -1 ? undefined : [key, keyAt(index.text, key).end]),
    }
  }
}

/**
 * Positions of members by the object or list that holds them. A value that several aliases lead to
 * is found on each path.
 */
export type Positions = Map<object, Map<string | number, Position>>

/** Finds members of a value by their recorded positions. */
export const locateInTree =
  (positions: Positions, whole: Position, value: unknown): Locate =>
  path => {
    let [position, steps, here] = [whole, 0, value]
    const children = () =>
      typeof here === 'object' && here !== null ? positions.get(here) : undefined
    for (const step of path) {
      const next = children()?.get(step)
      if (next === undefined) break
      position = next
      steps += 1
      here = Reflect.get(Object(here), step)
    }
    return { position, steps, firstKey: () => children()?.values().next().value?.key }
  }
