// The state of a walk through a value: its path, and the diagnostics so far.
import type { Path } from '#src/model/index.ts'
import { pathInWords, valueInWords, typeInWords, type Diagnostic } from './diagnostics.ts'
import type { Schema } from './schema.ts'
import type { Shape } from './packed/shape.ts'

export interface Walk {
  schema: Schema
  /** The shape of the whole object, to find where a misplaced member belongs. */
  root: Shape
  /** The current path: one mutable list, as most values are valid and need no path of their own. */
  path: (string | number)[]
  diagnostics: Diagnostic[]
  /** Judges types and members only: the server drops these values, e.g. a status. */
  lenient: boolean
  /** Values must not appear in diagnostics. */
  secret: boolean
}

/** The path of a diagnostic: the current one, or one below it. */
export const pathBelow = (walk: Walk, ...below: Path): Path => [...walk.path, ...below]

/** The current value, in words. */
export const describeValue = (walk: Walk, value: unknown): string =>
  `${pathInWords(walk.path)} is ${walk.secret ? typeInWords(value) : valueInWords(value)}`

/** Reports a value of the wrong type. `to`: the certain correction. */
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
