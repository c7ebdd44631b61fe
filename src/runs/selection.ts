// What `--only` selects: by the name of a definition, or by a clause that it proves.
import { clausesProvenBy, type Policy, type ProofKind } from '#src/model/index.ts'
import { globMatches } from './settings.ts'

/** Whether a pattern fits a definition (`*` stands for any text). No pattern fits everything. */
export const isSelected = (
  pattern: string | undefined,
  policy: Pick<Policy, 'clauses'>,
  kind: ProofKind,
  name: string,
): boolean => globMatches(pattern, [name, ...clausesProvenBy(policy, kind, name)])
