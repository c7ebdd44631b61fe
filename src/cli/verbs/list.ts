// `holdfast list`: clauses, invariants, scenarios, fixes, and which of them proves which clause.
import { stdout } from 'node:process'
import { clausesProvenBy, type Coverage, type Policy, type ProofKind } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { bySection } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { fixes } from '#helpers/fixes.ts'
import { coverageOf, requireKnownProofs, unproven } from '#src/runs/coverage.ts'
import { isSelected } from '#src/runs/selection.ts'
import { exits } from '#src/runs/process/exit.ts'
import { UsageError, globMatches } from '#src/runs/settings.ts'

interface Definition {
  readonly name: string
  readonly title: string
}

/** What the verb lists, in the order of the screen. */
interface Listing {
  readonly policy: Policy
  readonly coverage: readonly Coverage[]
  readonly invariants: readonly Definition[]
  readonly drills: readonly Definition[]
  readonly fixes: readonly Definition[]
}

function proofsInWords({
  invariants,
  drills: drilled,
  fixes: repairing,
  guards,
}: Coverage): string {
  const kinds = [
    ['invariants', invariants],
    ['drills', drilled],
    ['fixes', repairing],
    ['guards', guards],
  ] as const
  return kinds
    .flatMap(([kind, names]) => (names.length === 0 ? [] : [`${kind} ${names.join(', ')}`]))
    .join('; ')
}

function proofLine(entry: Coverage): string {
  const proofs = proofsInWords(entry)
  if (proofs !== '') return `← ${proofs}`
  return entry.clause.status === 'planned' ? '– nothing proves it yet' : '× NOTHING PROVES IT'
}

const clauseLines = (coverage: readonly Coverage[]): readonly string[] =>
  coverage.flatMap(entry => [
    `  ${entry.clause.id}${entry.clause.status === 'planned' ? ' (planned)' : ''}`,
    `      ${entry.clause.statement}`,
    `      ${proofLine(entry)}`,
  ])

function table(heading: string, definitions: readonly Definition[]): readonly string[] {
  const width = Math.max(0, ...definitions.map(({ name }) => name.length))
  return ['', heading, ...definitions.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`)]
}

function choiceLines({ choices }: Policy): readonly string[] {
  if (choices.length === 0) return []
  const lines = choices.map(
    ({ topic, chosen, options, because }) =>
      `  ${topic}: ${chosen} (of ${options.join(' | ')}): ${because}`,
  )
  return ['', 'Choices where the documents disagree', ...lines]
}

/** Everything that `only` selects: by name, or by a clause that it proves. */
function listingOf(policy: Policy, only: string | undefined): Listing {
  const select = (kind: ProofKind, definitions: readonly Definition[]): readonly Definition[] =>
    definitions.filter(({ name }) => isSelected(only, policy, kind, name))
  const listing = {
    policy,
    coverage: coverageOf(policy).filter(({ clause }) => globMatches(only, [clause.id])),
    invariants: select(
      'invariant',
      bySection.map(({ invariant }) => invariant),
    ),
    drills: select('drill', drills),
    fixes: select('fix', fixes),
  }
  const { coverage, invariants, drills: drilled, fixes: repairing } = listing
  if (coverage.length + invariants.length + drilled.length + repairing.length === 0)
    throw new UsageError(
      `--only ${only} selects nothing. holdfast list without it shows everything.`,
    )
  return listing
}

function asJson({ policy, coverage, ...listing }: Listing): string {
  const short =
    (kind: ProofKind) =>
    ({ name, title }: Definition) => ({ name, title, clauses: clausesProvenBy(policy, kind, name) })
  const data = {
    cluster: policy.cluster,
    status: policy.status,
    clauses: coverage,
    invariants: listing.invariants.map(short('invariant')),
    drills: listing.drills.map(short('drill')),
    fixes: listing.fixes.map(short('fix')),
  }
  return `${JSON.stringify(data, null, 2)}\n`
}

function asText(listing: Listing, open: number, only: string | undefined): string {
  const { policy, coverage } = listing
  const planned = coverage.filter(({ clause }) => clause.status === 'planned').length
  const proven = coverage.filter(({ clause }) => clause.provenBy.length > 0).length
  return [
    `${policy.cluster}: ${policy.description}`,
    '',
    `Clauses: ${coverage.length}, ${proven} proven, ${planned} planned, ${open} ` +
      'active and unproven',
    ...clauseLines(coverage),
    ...table('Invariants', listing.invariants),
    ...table('Scenarios', listing.drills),
    ...table('Fixes', listing.fixes),
    ...(only === undefined ? choiceLines(policy) : []),
    '',
  ].join('\n')
}

/**
 * Prints the matrix of a policy. Exit 1 if an active clause has no proof. Throws a UsageError if a
 * clause names an unknown proof, or `--only` selects nothing.
 */
export async function list({ settings, json }: Arguments): Promise<number> {
  const policy = await loadPolicy(settings.cluster)
  requireKnownProofs(policy)
  const listing = listingOf(policy, settings.only)
  const clauses = listing.coverage.map(({ clause }) => clause)
  const open = unproven({ ...policy, clauses }).length
  stdout.write(json ? asJson(listing) : asText(listing, open, settings.only))
  return open > 0 ? exits.violated : exits.holds
}
