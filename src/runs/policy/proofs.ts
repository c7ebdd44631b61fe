// The names that a clause may give as its proofs, and those that do not exist.
import { fixes, type FixName } from '#helpers/fixes.ts'
import { forbiddenActs, type ForbiddenName } from '#helpers/forbidden/acts.ts'
import { nearest } from '#src/commands/nearest.ts'
import { parseProof, proofName, type ProofKind } from '#src/model/index.ts'
import { drills, type DrillName } from '#specs/chaos/index.ts'
import { invariants, type InvariantName } from '#specs/invariants/index.ts'

const names = (definitions: readonly { name: string }[]): readonly string[] =>
  definitions.map(({ name }) => name)

/** Everything that a clause can name as its proof. */
const known: Readonly<Record<ProofKind, readonly string[]>> = {
  invariant: names(invariants),
  drill: names(drills),
  fix: names(fixes),
  guard: names(forbiddenActs),
}

declare module '#src/model/policy/proof.ts' {
  interface RegisteredProofs {
    readonly names: {
      readonly invariant: InvariantName
      readonly drill: DrillName
      readonly fix: FixName
      readonly guard: ForbiddenName
    }
  }
}

/** One line for each unknown proof of these clauses: the clause, the proof and the nearest name. */
export const unknownProofs = (
  clauses: readonly { readonly id: string; readonly provenBy: readonly string[] }[],
): readonly string[] =>
  clauses.flatMap(({ id, provenBy }) =>
    provenBy.flatMap(proof => {
      const { kind, name } = parseProof(proof)
      if (known[kind].includes(name)) return []
      const near = nearest(name, known[kind])
      const hint = near === undefined ? '' : ` Did you mean “${proofName(kind, near)}”?`
      return [`  ${id}.provenBy: “${proof}”: there is no ${kind} “${name}”.${hint}`]
    }),
  )

/** The clauses of something that is not a policy yet, as far as they have an id and proofs. */
export function clausesWithin(data: unknown) {
  const clauses: unknown = data instanceof Object ? Reflect.get(data, 'clauses') : undefined
  return (Array.isArray(clauses) ? clauses : []).flatMap((clause: unknown) => {
    if (!(clause instanceof Object)) return []
    const [id, provenBy]: unknown[] = [Reflect.get(clause, 'id'), Reflect.get(clause, 'provenBy')]
    const proofs = Array.isArray(provenBy) ? provenBy.filter(each => typeof each === 'string') : []
    return [{ id: String(id), provenBy: proofs }]
  })
}
