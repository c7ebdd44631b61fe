// The import of a policy file: for the type checker only, and without anything that takes time to
// load.
import type { PolicyInput } from './policy.ts'

/** Types data as a policy. `parsePolicy` checks it when it is loaded. */
export const definePolicy = (policy: PolicyInput): PolicyInput => policy
