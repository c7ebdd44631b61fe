// One seed for a run, and one derived from it for each drill: a drill's history does not depend on
// the other drills.

/** A 32-bit seed from a run's seed and a name (FNV-1a over the name). */
export function seedFor(seed: number, name: string): number {
  let value = (0x811c9dc5 ^ seed) >>> 0
  for (const letter of name)
    value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return value
}
