// The place of a test in Allure: labels by section, clause and incident, and links to its sources.
import type { Clause, Policy } from '#src/model/index.ts'
import type { AllureOutcome } from './outcome.ts'

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
  /** Whether the parameter does not identify the test over several runs. */
  readonly excluded?: boolean
}

type Severity = 'blocker' | 'critical' | 'normal' | 'minor'

/** Worst first. */
const severities = ['blocker', 'critical', 'normal', 'minor'] as const satisfies Severity[]

/** The severity of breaking a clause of each kind. */
const severityOf: Readonly<Record<Clause['kind'], Severity>> = {
  danger: 'blocker',
  must: 'critical',
  'failure-mode': 'critical',
  rule: 'normal',
  checklist: 'normal',
  lesson: 'minor',
}

/** The clauses with these ids, in the order of the policy. */
export const clausesOf = (policy: Policy, ids: readonly string[]): readonly Clause[] =>
  policy.clauses.filter(({ id }) => ids.includes(id))

/** The worst severity of some clauses; `normal` for none. */
export function worstSeverity(clauses: readonly Clause[]): Severity {
  const all = new Set(clauses.map(({ kind }) => severityOf[kind]))
  return severities.find(severity => all.has(severity)) ?? 'normal'
}

export interface Placement {
  /** Only one, because Allure shows a test once below each pair of a section and a clause. */
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

/** An address in a source, without the punctuation of the sentence around it. */
const address = /https?:\/\/[^\s<>"”]*[^\s<>"”.,;:!?)\]]/g

/**
 * Links to the documents of the policy that the sources cite and that have an address, to the
 * addresses in the sources, and to the spec.
 */
export function linksOf(
  policy: Policy,
  sources: readonly string[],
  spec: { readonly name: string; readonly url: string },
): readonly Link[] {
  const cited = policy.documents.filter(({ id }) => sources.some(source => source.includes(id)))
  const documents = cited.flatMap(({ id, title, url }): Link[] =>
    url === undefined ? [] : [{ url, name: `${id}: ${title}`, type: 'tms' }],
  )
  const known = new Set(documents.map(({ url }) => url))
  const addresses = new Set(sources.flatMap(source => source.match(address) ?? []))
  return [
    ...documents,
    ...[...addresses.difference(known)].map((url): Link => ({ url, name: url, type: 'link' })),
    { ...spec, type: 'link' },
  ]
}
