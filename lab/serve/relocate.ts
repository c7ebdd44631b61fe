// Moves a world's paths: a home folder and volumes become folders of the served lab.

/** Path prefixes and their replacements. */
export type Moves = readonly (readonly [from: string, to: string])[]

/** Replaces whole path prefixes only, never the middle of a path or a part of a name. */
function movedText(text: string, moves: Moves): string {
  return moves.reduce((moved, [from, to]) => {
    const parts = moved.split(from)
    return parts.reduce((before, after) => {
      const whole = !/[\w./-]$/.test(before) && !/^[\w.-]/.test(after)
      return `${before}${whole ? to : from}${after}`
    })
  }, text)
}

/** A copy of plain data with moved paths, in keys and values. Other objects stay unchanged. */
export function relocated<T>(data: T, moves: Moves): T {
  const move = (value: unknown): unknown => {
    if (typeof value === 'string') return movedText(value, moves)
    if (Array.isArray(value)) return value.map(move)
    if (
      typeof value !== 'object' ||
      value === null ||
      Object.getPrototypeOf(value) !== Object.prototype
    )
      return value
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [movedText(key, moves), move(entry)]),
    )
  }
  // Texts were replaced by texts: the type is the same.
  return move(data) as T
}
