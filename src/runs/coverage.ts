// Which definitions prove which clause of a policy. An active clause without a proof is an error.
import { fixes, type FixName } from '#helpers/fixes.ts'
import { drills, type DrillName } from '#specs/chaos/index.ts'
import { invariants, type InvariantName } from '#specs/invariants/index.ts'
import { forbiddenActs, type ForbiddenName } from '#helpers/forbidden/acts.ts'
import {
  parseProof,
  proofName,
  proofsOf,
  type Coverage,
  type Policy,
  type ProofKind,
} from '#src/model/index.ts'
import { policyFile } from './clusters.ts'
import { nearest } from '#src/commands/nearest.ts'
import { UsageError } from './settings.ts'

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

/** The proofs of each clause, by kind. */
export const coverageOf = (policy: Policy): readonly Coverage[] =>
  policy.clauses.map(clause => ({
    clause,
    invariants: proofsOf(clause, 'invariant'),
    drills: proofsOf(clause, 'drill'),
    fixes: proofsOf(clause, 'fix'),
    guards: proofsOf(clause, 'guard'),
  }))

/** Active clauses that nothing proves. */
export const unproven = (policy: Policy): readonly Policy['clauses'][number][] =>
  policy.clauses.filter(({ status, provenBy }) => status === 'active' && provenBy.length === 0)

/** Throws a UsageError that lists every unknown proof with clause and nearest name. */
export function requireKnownProofs(policy: Policy): void {
  const mistakes = policy.clauses.flatMap(({ id, provenBy }) =>
    provenBy.flatMap(proof => {
      const { kind, name } = parseProof(proof)
      if (known[kind].includes(name)) return []
      const near = nearest(name, known[kind])
      const hint = near === undefined ? '' : ` Did you mean “${proofName(kind, near)}”?`
      return [`  ${id}.provenBy: “${proof}”: there is no ${kind} “${name}”.${hint}`]
    }),
  )
  if (mistakes.length === 0) return
  throw new UsageError(
    `${policyFile(policy)} names proofs that do not exist:\n${mistakes.join('\n')}\n` +
      'holdfast list shows all names.',
  )
}
