// Proofs: what a clause of a policy names as its evidence. Definitions know no clause.
import type { Clause, Policy } from './policy.ts'

/** What can prove a clause, with the prefix of its names. An invariant goes by its bare name. */
export const proofPrefixes = {
  invariant: '',
  drill: 'drill:',
  fix: 'fix:',
  guard: 'guard:',
} as const
export type ProofKind = keyof typeof proofPrefixes

/** A proof as a clause writes it, e.g. `nodes-are-ready`, `drill:image-missing`. */
export const proofName = (kind: ProofKind, name: string): string => proofPrefixes[kind] + name

/** The kind and the name behind a proof. */
export function parseProof(proof: string): { kind: ProofKind; name: string } {
  const prefixed = (['drill', 'fix', 'guard'] as const).find(kind =>
    proof.startsWith(proofPrefixes[kind]),
  )
  if (prefixed === undefined) return { kind: 'invariant', name: proof }
  return { kind: prefixed, name: proof.slice(proofPrefixes[prefixed].length) }
}

/** Names of one kind among the proofs of a clause. */
export const proofsOf = ({ provenBy }: Clause, kind: ProofKind): readonly string[] =>
  provenBy.map(parseProof).flatMap(proof => (proof.kind === kind ? [proof.name] : []))

/** Policies are immutable: their index is made once. */
const indexes = new WeakMap<Policy['clauses'], ReadonlyMap<string, readonly string[]>>()

function indexOf(clauses: Policy['clauses']): ReadonlyMap<string, readonly string[]> {
  const found = indexes.get(clauses)
  if (found !== undefined) return found
  const index = new Map<string, string[]>()
  for (const { id, provenBy } of clauses) {
    for (const proof of provenBy) index.set(proof, [...(index.get(proof) ?? []), id])
  }
  indexes.set(clauses, index)
  return index
}

/** Ids of the policy's clauses that a definition proves, in the policy's order. */
export const clausesProvenBy = (
  policy: Pick<Policy, 'clauses'>,
  kind: ProofKind,
  name: string,
): readonly string[] => indexOf(policy.clauses).get(proofName(kind, name)) ?? []

/** What the cluster lived through, as the clauses tell that a definition proves. */
export function storiesProvenBy(
  policy: Pick<Policy, 'clauses'>,
  kind: ProofKind,
  name: string,
): readonly string[] {
  const ids = new Set(clausesProvenBy(policy, kind, name))
  return policy.clauses.flatMap(({ id, story }) =>
    story !== undefined && ids.has(id) ? [story] : [],
  )
}
