// Moves a world's files: what it holds under a person's home and on its volumes comes to lie in a
// folder of the served lab.

/** Beginnings of paths, and what takes their place. */
export type Moves = readonly (readonly [from: string, to: string])[]

/**
 * A path's beginning is moved only where a path begins and a step of it ends: not within a longer
 * name or path.
 */
function movedText(text: string, moves: Moves): string {
  return moves.reduce((moved, [from, to]) => {
    const parts = moved.split(from)
    return parts.reduce((before, after) => {
      const whole = !/[\w./-]$/.test(before) && !/^[\w.-]/.test(after)
      return `${before}${whole ? to : from}${after}`
    })
  }, text)
}

/**
 * The same data with moved paths, in keys and values. For plain data: anything else comes back as
 * it is.
 */
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
  // Only texts were replaced, by texts.
  return move(data) as T
}
