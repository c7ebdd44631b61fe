// Where a walk through a value is, and what it has found so far.
import type { Path } from '#src/model/index.ts'
import { pathInWords, shown, sortOf, type Found } from './found.ts'
import type { Schema } from './schema.ts'
import type { Shape } from './packed/shape.ts'

export interface Walk {
  schema: Schema
  /** The shape of the whole object: where else a member belongs. */
  root: Shape
  /**
   * Where the walk is: one list for all of it, for most places are right and nobody asks for
   * theirs.
   */
  at: (string | number)[]
  found: Found[]
  /** Types and members alone: what a server drops again is not held against what it must be. */
  lenient: boolean
  /** Values are nobody's business. */
  secret: boolean
}

/** The place of a finding: where the walk is, or below it. */
export const placed = (walk: Walk, ...below: Path): Path => [...walk.at, ...below]

export const tell = (walk: Walk, value: unknown): string =>
  `${pathInWords(walk.at)} is ${walk.secret ? sortOf(value) : shown(value)}`

/** Adds that a value is of the wrong type; `to`, where that is certain. */
export function wrongType(
  value: unknown,
  wanted: string,
  walk: Walk,
  remedy: string,
  to?: unknown,
): void {
  walk.found.push({
    code: 'schema:type',
    path: placed(walk),
    seen: tell(walk, value),
    expected: wanted,
    remedy,
    ...(to === undefined ? {} : { change: { to } }),
  })
}
