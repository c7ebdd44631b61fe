// Diagnostics of the schema, and the words for values and paths in them.
import type { Change, Finding, Path, Place } from '#src/model/index.ts'

/** A finding of the schema; it always has a place. */
export interface SchemaFinding extends Finding {
  at: Place
}

/** Something that was not judged, or need not be fixed today. It fails nothing. */
export interface SchemaNote {
  /** Stable and short, e.g. `schema:unknown`. */
  code: string
  description: string
  at: Place
}

/** A finding before its object is known. */
export interface Diagnostic {
  code: string
  /** The API server takes the object and warns: a note. */
  warns?: true
  path: Path
  of?: Place['of']
  seen: string
  expected: string
  remedy: string
  change?: Change
}

const sorts: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  undefined: 'nothing',
}

/** The type of a value, in words. */
export function typeInWords(value: unknown): string {
  if (value === null) return 'nothing (null)'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object')
    return Object.keys(value).length === 0 ? 'an empty map' : 'a map of members'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number'
  return sorts[typeof value] ?? typeof value
}

/** Characters of a shown value. @source chosen: with its path it fits into 140 columns */
const longest = 60

/** A value with its type; a list or a map by its type only. */
export function valueInWords(value: unknown): string {
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' && typeof value !== 'number') return typeInWords(value)
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return `${text.length > longest ? `${text.slice(0, longest)}…` : text} (${typeInWords(value)})`
}

/** `spec.containers[0].image`; `the object` for the empty path. */
export function pathInWords(path: Path): string {
  if (path.length === 0) return 'the object'
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      return /^[\w-]+$/.test(part)
        ? `${index === 0 ? '' : '.'}${part}`
        : `[${JSON.stringify(part)}]`
    })
    .join('')
}

/** `a`, `a or b`, `a, b or c`. */
export const orInWords = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
