// Where the members of a document stand: what both readers note, and how it is looked up.
import type { Path } from '#src/model/manifest.ts'
import { colon, isBlank } from './letters.ts'

/** Offsets of one member: of its key, where it has one, and of its value. */
export interface Mark {
  key: readonly [number, number] | undefined
  from: number
  to: number
}

/** What is found on the way to a member. */
export interface Located {
  /**
   * The last one on the way that is there: the member itself, where there are as many steps as the
   * path has.
   */
  mark: Mark
  steps: number
  /** The key of the first member within it. */
  firstKey: () => readonly [number, number] | undefined
}

/** Finds members of one document. */
export type Locate = (path: Path) => Located

/**
 * Members of plain documents in the order in which they begin: what is within one follows it at
 * once. Four numbers for each, for every
 * member of every file is noted and next to none is ever asked for.
 */
export interface Notes {
  readonly text: string
  /**
   * Of each member: where its key begins (-1: it has none), where its value begins and ends, and
   * which member follows what is within it.
   */
  numbers: Int32Array
  /** Members so far. */
  count: number
  /** Members by their names, of those that have many, by the number of the first of them. */
  readonly wide: Map<number, ReadonlyMap<string | number, number>>
}

/** Numbers of a member. @source the list above */
const width = 4

export const newNotes = (text: string): Notes => ({
  text,
  numbers: new Int32Array(256 * width),
  count: 0,
  wide: new Map(),
})

/**
 * Notes a member before its value is read; `key` is -1 for one of a list. Its number is for
 * `finish`.
 */
export function begin(notes: Notes, key: number, from: number): number {
  const at = notes.count * width
  if (at === notes.numbers.length) {
    const wider = new Int32Array(2 * at)
    wider.set(notes.numbers)
    notes.numbers = wider
  }
  notes.numbers[at] = key
  notes.numbers[at + 1] = from
  notes.count += 1
  return notes.count - 1
}

/** Notes where its value ends. */
export function finish({ numbers, count }: Notes, member: number, to: number): void {
  numbers[member * width + 2] = to
  numbers[member * width + 3] = count
}

/** Reads a key as it was read the first time: what it says, and where it ends. */
export type KeyReader = (text: string, from: number) => { name: string; end: number }

const isLetter = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** Where the key at `from` ends, if it is `step`; -1 if it is another one. */
function endOfKey(text: string, from: number, step: string | number, keyAt: KeyReader): number {
  if (typeof step !== 'string') return -1
  // A key that begins with a letter is what is written, unless it is a yes or no.
  if (isLetter(text.charCodeAt(from)) && step !== 'true' && step !== 'false') {
    if (!text.startsWith(step, from)) return -1
    const end = from + step.length
    if (text.charCodeAt(end) === colon && isBlank(text.charCodeAt(end + 1))) return end
  }
  const { name, end } = keyAt(text, from)
  return name === step ? end : -1
}

/**
 * How many members are looked at one by one. @source chosen: objects of the API have no more, and
 * for what has thousands each of them may be asked for
 */
const mostInARow = 40

/** Finds members of a document that are those from `first` on and before `end` in the notes. */
export function locateIn(
  notes: Notes,
  whole: Mark,
  [first, end]: readonly [number, number],
  keyAt: KeyReader,
): Locate {
  const { text, numbers, wide } = notes
  const number = (member: number, which: number): number => numbers[member * width + which] ?? 0

  /** The members of one that has many, by name; found once. */
  const index = (from: number, to: number): ReadonlyMap<string | number, number> => {
    const known = wide.get(from)
    if (known !== undefined) return known
    const all = new Map<string | number, number>()
    for (let member = from; member < to; member = number(member, 3))
      all.set(number(member, 0) === -1 ? all.size : keyAt(text, number(member, 0)).name, member)
    wide.set(from, all)
    return all
  }

  /** The member of that name among those from one on and before another; -1 where there is none. */
  const find = (from: number, to: number, step: string | number): number => {
    let member = from
    for (let at = 0; member < to; at += 1) {
      if (at === mostInARow) return index(from, to).get(step) ?? -1
      const key = number(member, 0)
      if (key === -1 ? step === at : endOfKey(text, key, step, keyAt) !== -1) return member
      member = number(member, 3)
    }
    return -1
  }

  return path => {
    let mark = whole
    let steps = 0
    let from = first
    let to = end
    for (; steps < path.length; steps += 1) {
      const step = path[steps] ?? ''
      const member = find(from, to, step)
      if (member === -1) break
      const key = number(member, 0)
      mark = {
        key: key === -1 ? undefined : [key, endOfKey(text, key, step, keyAt)],
        from: number(member, 1),
        to: number(member, 2),
      }
      to = number(member, 3)
      from = member + 1
    }
    const key = from < to ? number(from, 0) : -1
    return { mark, steps, firstKey: () => (key === -1 ? undefined : [key, keyAt(text, key).end]) }
  }
}

/**
 * Places of members by the object or list that holds them: where several ways lead to one value, by
 * anchors, each finds it.
 */
export type Marks = Map<object, Map<string | number, Mark>>

/** Finds members of a value that stand in `marks`. */
export const locateBy =
  (marks: Marks, whole: Mark, value: unknown): Locate =>
  path => {
    let [mark, steps, here] = [whole, 0, value]
    const places = () => (typeof here === 'object' && here !== null ? marks.get(here) : undefined)
    for (const step of path) {
      const next = places()?.get(step)
      if (next === undefined) break
      mark = next
      steps += 1
      here = Reflect.get(Object(here), step)
    }
    return { mark, steps, firstKey: () => places()?.values().next().value?.key }
  }
