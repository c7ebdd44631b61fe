// Where a test stands in Allure: labels by section, clause and incident, and links to its sources.
import type { Clause, Policy } from '#src/model/index.ts'
import type { AllureOutcome } from './outcome.ts'

/** What Allure calls a label, a link and a parameter. */
export interface Label {
  readonly name: string
  readonly value: string
}
export interface Link {
  readonly url: string
  readonly name: string
  readonly type: 'link' | 'tms'
}
export interface Parameter {
  readonly name: string
  readonly value: string
  /** Not a part of what tells one test from another over several runs. */
  readonly excluded?: boolean
}

type Severity = 'blocker' | 'critical' | 'normal' | 'minor'

/** Worst first. */
const severities = ['blocker', 'critical', 'normal', 'minor'] as const satisfies Severity[]

/** How much a broken clause of each kind matters. */
const severityOf: Readonly<Record<Clause['kind'], Severity>> = {
  danger: 'blocker',
  must: 'critical',
  'failure-mode': 'critical',
  rule: 'normal',
  checklist: 'normal',
  lesson: 'minor',
}

/** The clauses of a policy that these ids name, in the order of the policy. */
export const clausesOf = (policy: Policy, ids: readonly string[]): readonly Clause[] =>
  policy.clauses.filter(({ id }) => ids.includes(id))

/** The worst severity of some clauses; `normal` where there is none. */
export function worstSeverity(clauses: readonly Clause[]): Severity {
  const all = new Set(clauses.map(({ kind }) => severityOf[kind]))
  return severities.find(severity => all.has(severity)) ?? 'normal'
}

export interface Placement {
  /** One alone: Allure shows a test below each of its sections and clauses together. */
  readonly section: string
  readonly clauses: readonly Clause[]
  readonly story: string
  readonly owner: string | undefined
  readonly outcome: AllureOutcome
  readonly tags: readonly string[]
}

/** Epic = section, feature = clause, story = incident, with severity, owner and tags. */
export function labelsOf(placement: Placement): readonly Label[] {
  const { section, clauses, story, owner, outcome, tags } = placement
  const label = (name: string) => (value: string) => ({ name, value })
  return [
    { name: 'epic', value: section },
    ...clauses.map(({ id }) => id).map(label('feature')),
    { name: 'story', value: story },
    { name: 'severity', value: worstSeverity(clauses) },
    ...[owner ?? []].flat().map(label('owner')),
    { name: 'outcome', value: outcome },
    ...tags.map(label('tag')),
  ]
}

/** The spec, and each document of the policy that a source names and that has an address. */
export function linksOf(
  policy: Policy,
  sources: readonly string[],
  spec: { readonly name: string; readonly url: string },
): readonly Link[] {
  const cited = policy.documents.filter(({ id }) => sources.some(source => source.includes(id)))
  return [
    ...cited.flatMap(({ id, title, url }): Link[] =>
      url === undefined ? [] : [{ url, name: `${id}: ${title}`, type: 'tms' }],
    ),
    { ...spec, type: 'link' },
  ]
}
