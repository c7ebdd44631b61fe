// The policy of this program: what every cluster has, with the sections of the platforms.
import { parsePolicyBy } from '#src/model/policy/parse.ts'
import { policySchemaWith, type Policy, type PolicySections } from '#src/model/policy/policy.ts'
import { platforms, type ListedPlatform } from './listed.ts'

type Listed = Extract<ListedPlatform['policy'], object>
type Intersection<U> = (U extends unknown ? (member: U) => void : never) extends (
  member: infer I,
) => void
  ? I
  : never
/** The members that all platforms add at one place. */
type MembersAt<K extends keyof PolicySections> = Intersection<
  Listed extends infer S ? (S extends Readonly<Record<K, infer M>> ? M : never) : never
>
type Sections = { readonly [K in keyof PolicySections]: MembersAt<K> }

/** The members that all platforms add at one place. Throws where two add the same one. */
function membersAt<K extends keyof PolicySections>(place: K): Sections[K] {
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

/** The sections of the platforms, at the places where their members go. */
export const policySchema = policySchemaWith<Sections>({
  policy: membersAt('policy'),
  node: membersAt('node'),
  identity: membersAt('identity'),
  network: membersAt('network'),
  endpoints: membersAt('endpoints'),
})

declare module '#src/model/policy/policy.ts' {
  interface RegisteredSchema {
    readonly schema: typeof policySchema
  }
}

/** Checks a policy. Throws a PolicyError that lists all mistakes at once. */
export const parsePolicy = (input: unknown, file: string): Policy =>
  parsePolicyBy(policySchema, input, file)
