// Clauses of one section of the TazLab document: planned, and citing the heading under which the
// document tells of them.
import type { ClauseInput } from '#src/model/index.ts'

export const title = 'Baptism by Fire'

/**
 * Clauses of one heading, `<heading> › <sub-heading>`. All planned: no cluster is judged by them
 * yet.
 */
export const under = (
  heading: string,
  clauses: readonly Omit<ClauseInput, 'source' | 'status'>[],
): readonly ClauseInput[] =>
  clauses.map(clause => ({ ...clause, source: `${title}, ${heading}`, status: 'planned' }))
