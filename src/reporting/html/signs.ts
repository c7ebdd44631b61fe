// Signs, names and links as markup: a symbol with its word, a clause, a definition.
import { signs, type Tone } from '#src/reporting/message.ts'
import type { ClauseState } from '#src/reporting/clauses.ts'
import { h, slug, type Markup } from './markup.ts'

export interface Evaluation {
  readonly symbol: string
  readonly word: string
  readonly tone: Tone
}

/** How each state of a clause is shown. */
export const clauseLooks: Readonly<Record<ClauseState, Evaluation>> = {
  holds: signs.holds,
  violated: signs.violated,
  unknown: signs.unknown,
  waived: signs.waived,
  'not-applicable': signs['not-applicable'],
  'not-judged': { symbol: '·', word: 'not judged', tone: 'quiet' },
  'kept-by-guard': { symbol: '✓', word: 'kept by guard', tone: 'good' },
  planned: { symbol: '○', word: 'planned', tone: 'quiet' },
  uncovered: { symbol: '!', word: 'not covered', tone: 'bad' },
}

/** A symbol with its word: the word is for those who do not see the colour. */
export const tag = ({ symbol, word, tone }: Evaluation): Markup =>
  h`<span class="tag ${tone}"><span aria-hidden="true">${symbol}</span>${word}</span>`

/** The symbol alone, with its word for those who listen. */
export const symbol = ({ symbol, word, tone }: Evaluation): Markup =>
  h`<span class="sign ${tone}"><span aria-hidden="true">${symbol}</span><span class="unseen">${word}</span></span>`

/** Which names the page has a place for: a link to nowhere is worse than none. */
export interface Places {
  readonly clauses: ReadonlySet<string>
  readonly invariants: ReadonlySet<string>
  readonly drills: ReadonlySet<string>
}

const link = (kind: string, name: string, known: boolean): Markup =>
  known ? h`<a href="#${slug(kind, name)}"><code>${name}</code></a>` : h`<code>${name}</code>`

export const clauseLink = (id: string, { clauses }: Places): Markup =>
  link('clause', id, clauses.has(id))
export const invariantLink = (name: string, { invariants }: Places): Markup =>
  link('invariant', name, invariants.has(name))
export const drillLink = (name: string, { drills }: Places): Markup =>
  link('drill', name, drills.has(name))

/** A point in time for people and machines. */
export const stamp = (machine: string, people: string): Markup =>
  h`<time datetime="${machine}">${people}</time>`
