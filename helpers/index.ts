// The door for authors of specs: the vocabulary and the bridge to vitest.
export * from './words/index.ts'
export { verify } from './verify.ts'
