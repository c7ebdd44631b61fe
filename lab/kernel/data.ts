// Copies and comparisons of plain data, the only data in the store. They are much cheaper than
// functions that accept any value.

/** A deep copy of plain data: objects, lists and simple values. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  // The copy has the shape of the original.
  if (Array.isArray(value)) return value.map(member => copyOf<unknown>(member)) as T
  const made: Record<string, unknown> = { ...(value as object) }
  for (const key in made) if (typeof made[key] === 'object') made[key] = copyOf(made[key])
  return made as T
}

/**
 * Whether two values of plain data are equal. The order of members does not matter. An undefined
 * member differs from a missing one.
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

/** Replaces each member of `draft` that equals its counterpart by the one of `before`, in place. */
export function sharing<T extends object>(before: T, draft: T): T {
  for (const key of Object.keys(draft)) {
    const [old, now]: unknown[] = [Reflect.get(before, key), Reflect.get(draft, key)]
    if (old !== now && typeof now === 'object' && isSame(old, now)) Reflect.set(draft, key, old)
  }
  return draft
}
