// Which definitions cover which clause. A clause of an active policy that nothing covers is an
// error of the suite.
import { drills } from '#specs/chaos/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import type { Coverage, Fix, Policy } from '#src/model/index.ts'

/** Every fix that an invariant names, each once. */
export const fixes: readonly Fix[] = [
  ...new Set(invariants.flatMap(invariant => invariant.healedBy ?? [])),
]

const names = (
  definitions: readonly { name: string; clauses: readonly string[] }[],
  clause: string,
): readonly string[] =>
  definitions
    .filter(definition => definition.clauses.includes(clause))
    .map(definition => definition.name)

export const coverageOf = (policy: Policy): readonly Coverage[] =>
  policy.clauses.map(clause => ({
    clause,
    invariants: names(invariants, clause.id),
    drills: names(drills, clause.id),
    fixes: names(fixes, clause.id),
    ...(clause.keptByGuard === undefined ? {} : { guard: clause.keptByGuard }),
  }))

/** Active clauses that nothing covers. */
export const uncovered = (coverage: readonly Coverage[]): readonly Coverage[] =>
  coverage.filter(
    ({ clause, ...by }) =>
      clause.status === 'active' &&
      by.invariants.length + by.drills.length + by.fixes.length === 0 &&
      by.guard === undefined,
  )
