// Signs, names and links as markup: a symbol with its word, a clause, a definition.
import type { ClauseState } from '#src/reporting/clauses.ts'
import { signs, type Tone } from '#src/reporting/message/signs.ts'
import type { Against } from '#src/reporting/recovery.ts'
import { h, slug, type Markup } from './markup.ts'

/** A state as readers see it. */
export interface Look {
  readonly symbol: string
  readonly word: string
  readonly tone: Tone
}

/** How each state of a clause is shown. */
export const clauseLooks: Readonly<Record<ClauseState, Look>> = {
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

/** The colour of a time against its budget. */
export const budgetTones = {
  within: 'good',
  'at the limit': 'unknown',
  over: 'bad',
  never: 'bad',
} as const satisfies Readonly<Record<Against, Tone>>

/** A symbol with its word, so that the meaning does not depend on the colour. */
export const tag = ({ symbol, word, tone }: Look): Markup =>
  h`<span class="tag ${tone}"><span aria-hidden="true">${symbol}</span>${word}</span>`

/** The symbol alone. Screen readers get its word. */
export const symbol = ({ symbol: character, word, tone }: Look): Markup => h`
  <span class="sign ${tone}">
    <span aria-hidden="true">${character}</span><span class="unseen">${word}</span>
  </span>`

/** The names that the page has an anchor for. Other names get no link. */
export interface Anchors {
  readonly clauses: ReadonlySet<string>
  readonly invariants: ReadonlySet<string>
  readonly drills: ReadonlySet<string>
}

const link = (kind: string, name: string, known: boolean): Markup =>
  known ? h`<a href="#${slug(kind, name)}"><code>${name}</code></a>` : h`<code>${name}</code>`

export const clauseLink = (id: string, { clauses }: Anchors): Markup =>
  link('clause', id, clauses.has(id))
export const invariantLink = (name: string, { invariants }: Anchors): Markup =>
  link('invariant', name, invariants.has(name))
export const drillLink = (name: string, { drills }: Anchors): Markup =>
  link('drill', name, drills.has(name))

/** A point in time for people and machines. */
export const stamp = (machine: string, people: string): Markup =>
  h`<time datetime="${machine}">${people}</time>`
