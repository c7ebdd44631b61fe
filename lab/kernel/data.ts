// Copies and comparisons of plain data, which is all that the store holds: much cheaper than those for any value there is.

/** A deep copy of plain data: objects, lists and simple values. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  // The copy has the shape of what was copied.
  if (Array.isArray(value)) return value.map(copyOf) as T
  const made: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) made[key] = typeof member === 'object' ? copyOf(member) : member
  return made as T
}

/** Whether two pieces of plain data are the same, members in any order; a member that is undefined is not one that is missing. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b)
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((member, index) => isSame(member, b[index]))
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)))
}
