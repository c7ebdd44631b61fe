// The door for authors of specs: the vocabulary and the bridge to vitest.
export * from '#src/model/index.ts'
export { verify } from '#src/vitest/verify.ts'
