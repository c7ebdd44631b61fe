// `holdfast list`: clauses, invariants, scenarios, fixes, and which covers which.
import { stdout } from 'node:process'
import { clausesProvenBy, type Coverage, type ProofKind } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { bySection } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { fixes } from '#helpers/fixes.ts'
import { coverageOf, requireKnownProofs, unproven } from '#src/runs/coverage.ts'
import { isSelected } from '#src/runs/selection.ts'
import { exits } from '#src/runs/process/exit.ts'
import { UsageError, globMatches } from '#src/runs/settings.ts'

const by = ({ invariants, drills: covering, fixes: repairing, guards }: Coverage): string =>
  [
    invariants.length > 0 ? `invariants ${invariants.join(', ')}` : '',
    covering.length > 0 ? `drills ${covering.join(', ')}` : '',
    repairing.length > 0 ? `fixes ${repairing.join(', ')}` : '',
    guards.length > 0 ? `guards ${guards.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join('; ')

function clauseLines(coverage: readonly Coverage[]): string[] {
  return coverage.flatMap(entry => {
    const covered = by(entry)
    return [
      `  ${entry.clause.id}${entry.clause.status === 'planned' ? ' (planned)' : ''}`,
      `      ${entry.clause.statement}`,
      `      ${covered === '' ? (entry.clause.status === 'planned' ? '– nothing proves it yet' : '× NOTHING PROVES IT') : `← ${covered}`}`,
    ]
  })
}

const table = (definitions: readonly { name: string; title: string }[]): string[] => {
  const width = Math.max(0, ...definitions.map(({ name }) => name.length))
  return definitions.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`)
}

export async function list(options: Arguments): Promise<number> {
  const { settings } = options
  const policy = await loadPolicy(settings.cluster)
  requireKnownProofs(policy)
  const select = <T extends { name: string }>(
    kind: ProofKind,
    definitions: readonly T[],
  ): readonly T[] => definitions.filter(({ name }) => isSelected(settings.only, policy, kind, name))
  const coverage = coverageOf(policy).filter(({ clause }) =>
    globMatches(settings.only, [clause.id]),
  )
  const invariants = select(
    'invariant',
    bySection.map(({ invariant }) => invariant),
  )
  const chosen = { drills: select('drill', drills), fixes: select('fix', fixes) }
  if (coverage.length + invariants.length + chosen.drills.length + chosen.fixes.length === 0)
    throw new UsageError(
      `--only ${settings.only} selects nothing. holdfast list without it shows everything.`,
    )
  const open = unproven({ ...policy, clauses: coverage.map(({ clause }) => clause) })
  if (options.json) {
    const short =
      (kind: ProofKind) =>
      ({ name, title }: { name: string; title: string }) => ({
        name,
        title,
        clauses: clausesProvenBy(policy, kind, name),
      })
    stdout.write(
      `${JSON.stringify({ cluster: policy.cluster, status: policy.status, clauses: coverage, invariants: invariants.map(short('invariant')), drills: chosen.drills.map(short('drill')), fixes: chosen.fixes.map(short('fix')) }, null, 2)}\n`,
    )
  } else {
    const planned = coverage.filter(({ clause }) => clause.status === 'planned')
    const covered = coverage.filter(entry => by(entry) !== '')
    const lines = [
      `${policy.cluster}: ${policy.description}`,
      '',
      `Clauses: ${coverage.length}, ${covered.length} proven, ${planned.length} planned, ${open.length} active and unproven`,
      ...clauseLines(coverage),
      '',
      'Invariants',
      ...table(invariants),
      '',
      'Scenarios',
      ...table(chosen.drills),
      '',
      'Fixes',
      ...table(chosen.fixes),
      ...(policy.choices.length > 0 && settings.only === undefined
        ? [
            '',
            'Choices where the documents disagree',
            ...policy.choices.map(
              choice =>
                `  ${choice.topic}: ${choice.chosen} (of ${choice.options.join(' | ')}): ${choice.because}`,
            ),
          ]
        : []),
      '',
    ]
    stdout.write(lines.join('\n'))
  }
  return open.length > 0 ? exits.violated : exits.holds
}
