// The door for authors of specs: the vocabulary and the bridge to vitest.
export * from '#src/model/index.ts'
export { verify } from '#src/vitest/verify.ts'

/** A list of what is there: of nothing, an empty one. */
export const present = <T>(value: T | undefined): readonly T[] =>
  value === undefined ? [] : [value]
