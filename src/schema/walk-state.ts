// Where a walk through a value is, and what it has found so far.
import type { Path } from '#src/model/index.ts'
import { pathInWords, valueInWords, typeInWords, type Diagnostic } from './diagnostics.ts'
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
  path: (string | number)[]
  diagnostics: Diagnostic[]
  /** Types and members alone: what a server drops again is not held against what it must be. */
  lenient: boolean
  /** Values are nobody's business. */
  secret: boolean
}

/** The place of a finding: where the walk is, or below it. */
export const pathBelow = (walk: Walk, ...below: Path): Path => [...walk.path, ...below]

export const describeValue = (walk: Walk, value: unknown): string =>
  `${pathInWords(walk.path)} is ${walk.secret ? typeInWords(value) : valueInWords(value)}`

/** Adds that a value is of the wrong type; `to`, where that is certain. */
export function wrongType(
  value: unknown,
  wanted: string,
  walk: Walk,
  remedy: string,
  to?: unknown,
): void {
  walk.diagnostics.push({
    code: 'schema:type',
    path: pathBelow(walk),
    seen: describeValue(walk, value),
    expected: wanted,
    remedy,
    ...(to === undefined ? {} : { change: { to } }),
  })
}
