// `holdfast list`: clauses, invariants, scenarios, fixes, and which covers which.
import { stdout } from 'node:process'
import type { Coverage } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { bySection } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { coverageOf, fixes, uncovered } from '#src/runs/coverage.ts'
import { exits } from '#src/runs/process/exit.ts'
import { UsageError, globMatches } from '#src/runs/settings.ts'

const by = ({ invariants, drills: covering, fixes: repairing, guard }: Coverage): string =>
  [
    invariants.length > 0 ? `invariants ${invariants.join(', ')}` : '',
    covering.length > 0 ? `drills ${covering.join(', ')}` : '',
    repairing.length > 0 ? `fixes ${repairing.join(', ')}` : '',
    guard === undefined ? '' : `guard ${guard}`,
  ]
    .filter(Boolean)
    .join('; ')

function clauseLines(coverage: readonly Coverage[]): string[] {
  return coverage.flatMap(entry => {
    const covered = by(entry)
    return [
      `  ${entry.clause.id}${entry.clause.status === 'planned' ? ' (planned)' : ''}`,
      `      ${entry.clause.statement}`,
      `      ${covered === '' ? (entry.clause.status === 'planned' ? '– nothing covers it yet' : '× NOTHING COVERS IT') : `← ${covered}`}`,
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
  const select = <T extends { name: string; clauses: readonly string[] }>(
    definitions: readonly T[],
  ): readonly T[] =>
    definitions.filter(({ name, clauses }) => globMatches(settings.only, [name, ...clauses]))
  const coverage = coverageOf(policy).filter(({ clause }) =>
    globMatches(settings.only, [clause.id]),
  )
  const invariants = select(bySection.map(({ invariant }) => invariant))
  const chosen = { drills: select(drills), fixes: select(fixes) }
  if (coverage.length + invariants.length + chosen.drills.length + chosen.fixes.length === 0)
    throw new UsageError(
      `--only ${settings.only} selects nothing. holdfast list without it shows everything.`,
    )
  const open = uncovered(coverage)
  if (options.json) {
    const short = ({
      name,
      title,
      clauses,
    }: {
      name: string
      title: string
      clauses: readonly string[]
    }) => ({ name, title, clauses })
    stdout.write(
      `${JSON.stringify({ cluster: policy.cluster, status: policy.status, clauses: coverage, invariants: invariants.map(short), drills: chosen.drills.map(short), fixes: chosen.fixes.map(short) }, null, 2)}\n`,
    )
  } else {
    const planned = coverage.filter(({ clause }) => clause.status === 'planned')
    const covered = coverage.filter(entry => by(entry) !== '')
    const lines = [
      `${policy.cluster}: ${policy.description}`,
      '',
      `Clauses: ${coverage.length}, ${covered.length} covered, ${planned.length} planned, ${open.length} active and uncovered`,
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
