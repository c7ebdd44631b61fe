// Which clauses of a policy a definition proves, and which definitions prove a clause.
import type { Clause, Policy } from './policy.ts'
import { parseProof, proofName, type ProofKind } from './proof.ts'

/** The names of one kind among the proofs of a clause. */
export const proofsOf = ({ provenBy }: Clause, kind: ProofKind): readonly string[] =>
  provenBy.map(parseProof).flatMap(proof => (proof.kind === kind ? [proof.name] : []))

/** Policies are immutable, so each index is built once. */
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

/** Ids of the clauses that a definition proves, in the policy's order. */
export const clausesProvenBy = (
  policy: Pick<Policy, 'clauses'>,
  kind: ProofKind,
  name: string,
): readonly string[] => indexOf(policy.clauses).get(proofName(kind, name)) ?? []

/** The incidents of this cluster, from the clauses that a definition proves. */
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
