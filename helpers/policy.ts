// The policy of this program: what every cluster has, with the sections of the platforms.
import { parsePolicyBy } from '#src/model/policy/parse.ts'
import type { AnyPlatform } from '#src/model/platform/platform.ts'
import { policySchemaWith, type Policy, type PolicySections } from '#src/model/policy/policy.ts'
import { platforms, type ListedPlatform } from './listed.ts'

type Listed = Extract<ListedPlatform['policy'], object>
type Intersection<U> = (U extends unknown ? (member: U) => void : never) extends (
  member: infer I,
) => void
  ? I
  : never
type AddedAt<K extends keyof PolicySections> = Listed extends infer S
  ? S extends Readonly<Record<K, infer M>>
    ? M
    : never
  : never
/** The members that all listed platforms add, by their place. */
type Sections = {
  readonly [K in keyof PolicySections]: [AddedAt<K>] extends [never] ? {} : Intersection<AddedAt<K>>
}

/** The members that platforms add at one place. Throws where two add the same one. */
function membersAt<K extends keyof PolicySections>(
  place: K,
  platforms: readonly AnyPlatform[],
): Sections[K] {
  const members = new Map<string, unknown>()
  for (const { name, policy } of platforms)
    for (const [member, schema] of Object.entries(policy?.[place] ?? {})) {
      if (members.has(member))
        throw new Error(`${name} adds the member ${place}.${member}, which another platform adds`)
      members.set(member, schema)
    }
  // Collected from the platforms of the type, member by member.
  return Object.fromEntries(members) as Sections[K]
}

/** The schema of a policy with the members of these platforms at their places. */
export const policySchemaOf = (platforms: readonly AnyPlatform[]) =>
  policySchemaWith<Sections>({
    policy: membersAt('policy', platforms),
    node: membersAt('node', platforms),
    identity: membersAt('identity', platforms),
    network: membersAt('network', platforms),
    endpoints: membersAt('endpoints', platforms),
  })

export const policySchema = policySchemaOf(platforms)

declare module '#src/model/policy/policy.ts' {
  interface RegisteredSchema {
    readonly schema: typeof policySchema
  }
}

/** Checks a policy. Throws a PolicyError that lists all mistakes at once. */
export const parsePolicy = (input: unknown, file: string): Policy =>
  parsePolicyBy(policySchema, input, file)
