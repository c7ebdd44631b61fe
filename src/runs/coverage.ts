// Which definitions prove which clause of a policy. An active clause without a proof is an error.
import { proofsOf, type Coverage, type Policy } from '#src/model/index.ts'
import { policyFile } from './clusters.ts'
import { unknownProofs } from './policy/proofs.ts'
import { UsageError } from './settings.ts'

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
  const mistakes = unknownProofs(policy.clauses)
  if (mistakes.length === 0) return
  throw new UsageError(
    `${policyFile(policy)} names proofs that do not exist:\n${mistakes.join('\n')}\n` +
      'holdfast list shows all names.',
  )
}
