// A rule that the API server enforces beyond types, and the words for a violation.
import type { Change, Path } from '#src/model/index.ts'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'

export interface Problem {
  code: string
  /** Relative to the object that the rule judges. */
  path: Path
  /** Takes the place in words, and returns the sentence. */
  seen: (where: string) => string
  expected: string
  remedy: string
  change?: Change
}

export interface Rules {
  /**
   * Required by the published schema, but the API server takes the zero value or sets a default
   * where it is missing.
   */
  optional?: readonly string[]
  judge?: (object: JsonObject) => readonly Problem[]
}

/** A required member. */
export const missing = (path: Path, why: string): Problem => ({
  code: 'schema:required',
  path,
  seen: where => `${where} is missing or empty`,
  expected: `${path.at(-1)}, ${why}`,
  remedy: `add ${path.at(-1)}`,
})

export const outOfRange = (path: Path, value: unknown, from: number, to: number): Problem => ({
  code: 'schema:range',
  path,
  seen: where => `${where} is ${String(value)}`,
  expected: to === Infinity ? `at least ${from}` : `a number from ${from} to ${to}`,
  remedy: to === Infinity ? 'write a larger number' : 'write a number in that range',
})

export const misnamed = (path: Path, value: string, expected: string): Problem => ({
  code: 'schema:name',
  path,
  seen: where => `${where} is ${value === '' ? 'empty' : JSON.stringify(value.slice(0, 80))}`,
  expected,
  remedy: 'write it in that form',
})

export const ruleBroken = (
  path: Path,
  message: string,
  expected: string,
  remedy: string,
  change?: Change,
): Problem => ({
  code: 'schema:rule',
  path,
  seen: where => `${where} ${message}`,
  expected,
  remedy,
  ...(change === undefined ? {} : { change }),
})

/** The result of most checks, allocated once. */
export const noProblems: readonly never[] = []

/**
 * Joins the problems of several checks. Most objects have none, and then it allocates nothing.
 * Loops here and in walk.ts use an index: an iterator allocates two objects at each step until the
 * engine has optimized it, and by then most sets are judged.
 */
export function allOf(...found: readonly (readonly Problem[])[]): readonly Problem[] {
  let all: readonly Problem[] = noProblems
  for (let at = 0; at < found.length; at += 1) {
    const some = found[at] ?? noProblems
    if (some.length > 0) all = all.length === 0 ? some : [...all, ...some]
  }
  return all
}

/** A whole number outside a range. Other types are left to other rules. */
export const checkRange = (
  object: JsonObject,
  member: string,
  from: number,
  to = Infinity,
): readonly Problem[] => {
  const value = object[member]
  return typeof value === 'number' && Number.isInteger(value) && (value < from || value > to)
    ? [outOfRange([member], value, from, to)]
    : noProblems
}

/** Missing, null or empty text: the API server treats them alike. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === ''
export const emptyMembers = (
  object: JsonObject,
  ...members: readonly string[]
): readonly Problem[] =>
  // The schema reports a missing member that it requires.
  members
    .filter(member => object[member] === '')
    .map(member => missing([member], 'which must not be empty'))

/** Members of a list that are objects, with their places. */
export function objectsIn(value: unknown): readonly (readonly [JsonObject, number])[] {
  if (!Array.isArray(value) || value.length === 0) return noProblems
  const found: (readonly [JsonObject, number])[] = []
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index]
    if (isJsonObject(item)) found.push([item, index])
  }
  return found
}

export const membersOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})

/** Exactly one of several members must be present. */
export function exactlyOne(
  object: JsonObject,
  members: readonly string[],
  what: string,
  none = true,
): readonly Problem[] {
  let count = 0
  for (let at = 0; at < members.length; at += 1)
    if ((object[members[at] ?? ''] ?? null) !== null) count += 1
  if (count === 1 || (count === 0 && !none)) return noProblems
  const there = members.filter(member => (object[member] ?? null) !== null)
  if (there.length === 0)
    return [
      ruleBroken(
        [],
        `has none of ${members.slice(0, 5).join(', ')}${members.length > 5 ? ', …' : ''}`,
        `exactly one ${what}`,
        `add the ${what}`,
      ),
    ]
  return [
    ruleBroken(
      [there[1] ?? ''],
      `is there beside ${there[0]}`,
      `exactly one ${what}`,
      'keep one of them',
    ),
  ]
}

/** Texts that occur twice in a list, with the place of the second. */
export function duplicates(list: unknown, member: string): readonly Problem[] {
  if (!Array.isArray(list) || list.length < 2) return noProblems
  const seen = new Set<string>()
  return objectsIn(list).flatMap(([item, index]) => {
    const value = item[member]
    if (typeof value !== 'string' || value === '') return []
    if (!seen.has(value)) {
      seen.add(value)
      return []
    }
    return [
      {
        code: 'schema:duplicate',
        path: [index, member],
        seen: (where: string) =>
          `${where} is ${JSON.stringify(value)}, which another item has, too`,
        expected: `${member} that no other item of the list has`,
        remedy: 'tell the two apart, or take one out',
      },
    ]
  })
}

export const below = (part: string | number, problems: readonly Problem[]): readonly Problem[] =>
  problems.length === 0
    ? problems
    : problems.map(problem => ({ ...problem, path: [part, ...problem.path] }))
