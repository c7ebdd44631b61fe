// What a policy file imports: a word for the type checker, and nothing that takes time to load.
import type { PolicyInput } from './policy.ts'

/** Marks data as a policy for the type checker; `parsePolicy` checks it when it is loaded. */
export const definePolicy = (policy: PolicyInput): PolicyInput => policy
