// `holdfast explain`: a clause, invariant, scenario or fix in full.
import { stdout } from 'node:process'
import {
  clausesProvenBy,
  parseProof,
  storiesProvenBy,
  type Drill,
  type Fix,
  type Invariant,
  type Policy,
  type ProofKind,
} from '#src/model/index.ts'
import { byFile, drills } from '#specs/chaos/index.ts'
import { bySection, invariants } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { nearest } from '#src/commands/nearest.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { coverageOf } from '#src/runs/coverage.ts'
import { fixes } from '#helpers/fixes.ts'
import { UsageError } from '#src/runs/settings.ts'

type Lines = readonly (string | readonly [label: string, value: string | readonly string[]])[]

function layOut(lines: Lines): string {
  return `${lines
    .map(line => {
      if (typeof line === 'string') return line
      const [label, value] = line
      const rows = typeof value === 'string' ? [value] : value
      return rows
        .map((row, index) => `  ${(index === 0 ? label : '').padEnd(12)} ${row}`)
        .join('\n')
    })
    .filter(Boolean)
    .join('\n')}\n`
}

function explainClause(id: string, policy: Policy): string | undefined {
  const entry = coverageOf(policy).find(({ clause }) => clause.id === id)
  if (entry === undefined) return undefined
  const { clause } = entry
  return layOut([
    `clause ${clause.id} (${clause.kind}${clause.status === 'planned' ? ', planned' : ''})`,
    ['statement', clause.statement],
    ['story', clause.story ?? []],
    ['source', clause.source],
    ['invariants', entry.invariants],
    ['drills', entry.drills],
    ['fixes', entry.fixes],
    ['guards', entry.guards.map(guard => `holdfast refuses “${guard}” to every caller`)],
    [
      'choice',
      policy.choices
        .filter(choice => choice.topic === clause.id)
        .map(choice => `${choice.chosen}: ${choice.because}`),
    ],
  ])
}

/** The clauses that a definition proves, with their sources. */
function proves(policy: Policy, kind: ProofKind, name: string): readonly string[] {
  const ids = clausesProvenBy(policy, kind, name)
  return policy.clauses.flatMap(({ id, source }) => (ids.includes(id) ? [`${id}: ${source}`] : []))
}

/** The questions of a definition, each once, with the origin of the answer. */
const questionsOf = ({ observe }: Pick<Fix, 'observe'>, policy: Policy): readonly string[] => [
  ...new Set(observe(policy).map(({ description, origin }) => `${description} (${origin})`)),
]

function explainInvariant(invariant: Invariant, policy: Policy): string {
  const section = bySection.find(entry => entry.invariant === invariant)?.section
  return layOut([
    `invariant ${invariant.name} (specs/invariants/${section}.spec.ts)`,
    ['title', invariant.title],
    ['reason', invariant.reason],
    ['stories', storiesProvenBy(policy, 'invariant', invariant.name)],
    ['clauses', proves(policy, 'invariant', invariant.name)],
    ['observes', questionsOf(invariant, policy)],
    ['subjects', invariant.subjects(policy).map(subject => subject.name)],
    ['healed by', (invariant.healedBy ?? []).map(fix => `${fix.name}: ${fix.title}`)],
  ])
}

function explainDrill(drill: Drill, policy: Policy): string {
  return layOut([
    `scenario ${drill.name} (${byFile.find(entry => entry.drill === drill)?.file})`,
    ['title', drill.title],
    ['incident', drill.incident.story],
    ['source', drill.incident.source],
    ['clauses', proves(policy, 'drill', drill.name)],
    ['steady state', `${drill.steadyState.length} invariants hold before it starts`],
    ['always', (drill.always ?? []).map(({ name, title }) => `${name}: ${title}`)],
    ['setup', (drill.setup?.(policy) ?? []).map(fault => fault.description)],
    ['injects', drill.faults(policy).map(fault => `${fault.description} (blast: ${fault.blast})`)],
    [
      'noticed by',
      drill.breaks.map(({ invariant, within }) => `${invariant.name} within ${within}`),
    ],
    [
      'healer',
      drill.healer === 'cluster'
        ? 'the cluster, without holdfast'
        : `holdfast, by any of: ${drill.expects.join(', ')}`,
    ],
    [
      'budgets',
      [
        ...Object.entries(drill.budgets).map(
          ([milestone, budget]) => `${milestone} within ${budget}`,
        ),
        `stable for ${drill.stability}`,
      ],
    ],
    [
      'undo',
      'every fault restores the state that it found; the report names the command for what stays',
    ],
    ['plan', `holdfast drill ${drill.name} --dry-run shows what it would do now`],
  ])
}

function explainFix(fix: Fix, policy: Policy): string {
  return layOut([
    `fix ${fix.name}`,
    ['title', fix.title],
    ['reason', fix.reason],
    ['harm', fix.harm],
    ['clauses', proves(policy, 'fix', fix.name)],
    ['observes', questionsOf(fix, policy)],
    [
      'acts when',
      invariants
        .filter(invariant => invariant.healedBy?.includes(fix))
        .map(invariant => `${invariant.name} is violated`),
    ],
    [
      'confirms',
      fix.confirm === undefined
        ? []
        : [`evaluates ${fix.confirm.looks} times, ${fix.confirm.every} apart, before it acts`],
    ],
    ['cooldown', fix.cooldown === undefined ? [] : [`${fix.cooldown} between two attempts`]],
    ['settles', `the invariants must hold again within ${fix.settles}`],
  ])
}

/** Everything with this name, in full; undefined: nothing has this name. */
function explanationOf(word: string, policy: Policy): string | undefined {
  const { name } = parseProof(word)
  const invariant = invariants.find(candidate => candidate.name === name)
  const drill = drills.find(candidate => candidate.name === name)
  const fix = fixes.find(candidate => candidate.name === name)
  return (
    explainClause(word, policy) ??
    (invariant && explainInvariant(invariant, policy)) ??
    (drill && explainDrill(drill, policy)) ??
    (fix && explainFix(fix, policy))
  )
}

function unknownName(word: string, policy: Policy): UsageError {
  const near = nearest(word, [
    ...policy.clauses.map(({ id }) => id),
    ...[...invariants, ...drills, ...fixes].map(({ name }) => name),
  ])
  const hint = near === undefined ? '' : ` Did you mean “${near}”?`
  return new UsageError(`Nothing is called “${word}”.${hint} holdfast list shows all names.`)
}

/**
 * Prints each named definition in full. A name can have the prefix of a clause's proof, e.g.
 * `drill:image-missing`. Throws a UsageError for an unknown name, with the nearest one.
 */
export async function explain({ settings, words }: Arguments): Promise<number> {
  if (words.length === 0)
    throw new UsageError(
      'holdfast explain needs a name: a clause, invariant, scenario or fix. ' +
        'holdfast list shows all names.',
    )
  const policy = await loadPolicy(settings.cluster)
  for (const word of words) {
    const text = explanationOf(word, policy)
    if (text === undefined) throw unknownName(word, policy)
    stdout.write(text)
  }
  return 0
}
