// Clauses of one section of honeydue's failure catalogue: planned, and citing the heading under
// which it tells of them.
import type { ClauseInput } from '#src/model/index.ts'

export const title = '16 — Failure Modes'

/**
 * Clauses of one heading, `<heading> › <sub-heading>`. All planned: no cluster is judged by them
 * yet.
 */
export const under = (
  heading: string,
  clauses: readonly Omit<ClauseInput, 'source' | 'status'>[],
): readonly ClauseInput[] =>
  clauses.map(clause => ({ ...clause, source: `${title}, ${heading}`, status: 'planned' }))
