// Builds the clauses of one heading of honeydue's failure catalogue. They are planned and cite it.
import type { ClauseInput } from '#src/model/index.ts'

export const title = '16 — Failure Modes'

/**
 * Clauses of one heading, `<heading> › <sub-heading>`. All are planned: no invariant judges them
 * yet.
 */
export const under = (
  heading: string,
  clauses: readonly Omit<ClauseInput, 'source' | 'status'>[],
): readonly ClauseInput[] =>
  clauses.map(clause => ({ ...clause, source: `${title}, ${heading}`, status: 'planned' }))
