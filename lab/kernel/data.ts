// Copies and comparisons of plain data, which is all that the store holds: much cheaper than those
// for any value there is.

/** A deep copy of plain data: objects, lists and simple values. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  // The copy has the shape of what was copied.
  if (Array.isArray(value)) return value.map(member => copyOf<unknown>(member)) as T
  const made: Record<string, unknown> = { ...(value as object) }
  for (const key in made) if (typeof made[key] === 'object') made[key] = copyOf(made[key])
  return made as T
}

/**
 * Whether two pieces of plain data are the same, members in any order; a member that is undefined
 * is not one that is missing.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Number.isNaN(a) && Number.isNaN(b)
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((member, index) => isSame(member, b[index]))
    )
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  // Plain data has plain members.
  const [left, right] = [
    a as Readonly<Record<string, unknown>>,
    b as Readonly<Record<string, unknown>>,
  ]
  for (const key of keys) {
    const [one, other] = [left[key], right[key]]
    if (one === other ? one === undefined && !Object.hasOwn(b, key) : !isSame(one, other))
      return false
  }
  return true
}

/**
 * `draft` with every member that is the same as in `before` being the very one of before: what did
 * not change is shared.
 */
export function sharing<T extends object>(before: T, draft: T): T {
  for (const key of Object.keys(draft)) {
    const [old, now]: unknown[] = [Reflect.get(before, key), Reflect.get(draft, key)]
    if (old !== now && typeof now === 'object' && isSame(old, now)) Reflect.set(draft, key, old)
  }
  return draft
}
