// The policy of this program: what every cluster has, with the section of each platform.
import { parsePolicyBy } from '#src/model/policy/parse.ts'
import { policySchemaWith, type Policy } from '#src/model/policy/policy.ts'
import { sections as colima } from './colima/policy.ts'
import { sections as docker } from './docker/policy.ts'
import { sections as flannel } from './flannel/policy.ts'
import { sections as systemd } from './systemd/policy.ts'
import { sections as talos } from './talos/policy.ts'

/** A platform that has a section of a policy stands here, at the place where its members go. */
export const policySchema = policySchemaWith({
  policy: { ...colima.policy },
  node: { ...docker.node, ...systemd.node },
  identity: { ...talos.identity },
  network: { ...flannel.network },
  endpoints: { ...talos.endpoints },
})

declare module '#src/model/policy/policy.ts' {
  interface RegisteredSchema {
    readonly schema: typeof policySchema
  }
}

/** Checks a policy. Throws a PolicyError that lists all mistakes at once. */
export const parsePolicy = (input: unknown, file: string): Policy =>
  parsePolicyBy(policySchema, input, file)
