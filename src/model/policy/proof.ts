// Proofs: the definitions that a clause names as its evidence. Definitions do not name clauses.

/** The kinds of proofs, with the prefixes of their names. An invariant goes by its bare name. */
export const proofPrefixes = {
  invariant: '',
  drill: 'drill:',
  fix: 'fix:',
  guard: 'guard:',
} as const
export type ProofKind = keyof typeof proofPrefixes

/** The names of the definitions of one kind that modules export. */
export type NamesIn<Modules, Kind extends Exclude<ProofKind, 'guard'>> = Modules extends unknown
  ? Extract<Modules[keyof Modules], { readonly kind: Kind; readonly name: string }>['name']
  : never

/**
 * The definitions of this program. Whoever has them all registers their names by declaration
 * merging, so that the model imports none of them.
 */
export interface RegisteredProofs {}
type Names = RegisteredProofs extends {
  readonly names: infer N extends Readonly<Record<ProofKind, string>>
}
  ? N
  : Readonly<Record<ProofKind, never>>

/** Every proof of this program, as an editor completes it. */
export type KnownProof = {
  [K in ProofKind]: `${(typeof proofPrefixes)[K]}${Names[K]}`
}[ProofKind]

/** The name of a proof in a clause, e.g. `nodes-are-ready`, `drill:image-missing`. */
export const proofName = (kind: ProofKind, name: string): string => proofPrefixes[kind] + name

/** The kind and the name of a proof. */
export function parseProof(proof: string): { kind: ProofKind; name: string } {
  const prefixed = (['drill', 'fix', 'guard'] as const).find(kind =>
    proof.startsWith(proofPrefixes[kind]),
  )
  if (prefixed === undefined) return { kind: 'invariant', name: proof }
  return { kind: prefixed, name: proof.slice(proofPrefixes[prefixed].length) }
}
