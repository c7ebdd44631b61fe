// Every clause of the policy with its source, its proofs, and its state in this run.
import type { Coverage, Run } from '#src/model/index.ts'
import { clauseState, type ClauseState } from '#src/reporting/clauses.ts'
import { count } from '#src/reporting/text.ts'
import { groupBy } from '#src/reporting/verdict-counts.ts'
import { h, slug, type Markup } from './markup.ts'
import { clauseLooks, drillLink, invariantLink, tag, type Anchors } from './signs.ts'

/** States that need attention. */
const openStates: ReadonlySet<ClauseState> = new Set(['violated', 'unknown', 'uncovered'])

function proofsOf({ invariants, drills, fixes, guards }: Coverage, anchors: Anchors): Markup {
  const kinds = [
    ['judged by', invariants.map(name => invariantLink(name, anchors))],
    ['drilled by', drills.map(name => drillLink(name, anchors))],
    ['repaired by', fixes.map(name => h`<code>${name}</code>`)],
    ['refused by the guard', guards.map(guard => h`<code>${guard}</code>`)],
  ] as const
  const proofs = kinds.filter(([, names]) => names.length > 0)
  if (proofs.length === 0) return h`<span class="soft">nothing yet</span>`
  return h`${proofs.map(
    ([how, names]) => h`<p class="links"><span class="soft small">${how}</span>${names}</p>`,
  )}`
}

function clauseRow(coverage: Coverage, state: ClauseState, anchors: Anchors): Markup {
  const { id, kind, statement, source } = coverage.clause
  return h`
    <tr role="row" id="${slug('clause', id)}" data-state="${state}"
      ${openStates.has(state) && h` data-open`}>
      <td role="cell" class="bare nowrap">${tag(clauseLooks[state])}</td>
      <th role="rowheader" scope="row" class="clause">
        <code>${id}</code> <span class="soft small">${kind}</span><br>
        ${statement}<br>
        <span class="soft small">${source}</span>
      </th>
      <td role="cell" class="bare">${proofsOf(coverage, anchors)}</td>
    </tr>`
}

/** The order of the states in the summary. */
const order = [
  'violated',
  'uncovered',
  'unknown',
  'waived',
  'holds',
  'kept-by-guard',
  'not-judged',
  'not-applicable',
  'planned',
] as const satisfies readonly ClauseState[]

const filters = [
  ['all', 'all'],
  ['open', 'needs attention'],
  ['planned', 'planned'],
] as const

/** The filter needs no script: the style sheet hides rows by the checked button. */
const filterButtons = (): Markup => h`
  <fieldset>
    <legend class="unseen">Which clauses to show</legend>
    ${filters.map(
      ([id, description], index) => h`
        <label>
          <input type="radio" name="show" id="show-${id}"${index === 0 && h` checked`}>
          ${description}
        </label>`,
    )}
  </fieldset>`

interface StateOfClause {
  readonly coverage: Coverage
  readonly state: ClauseState
}

/** `2 violated, 9 hold, 3 planned`. */
const countsText = (states: readonly StateOfClause[]): string =>
  order
    .flatMap(state => {
      const amount = states.filter(each => each.state === state).length
      if (amount === 0) return []
      const word = state === 'holds' && amount > 1 ? 'hold' : clauseLooks[state].word
      return [`${amount} ${word}`]
    })
    .join(', ')

const groupBody = (
  section: string,
  states: readonly StateOfClause[],
  anchors: Anchors,
): Markup => h`
  <tbody role="rowgroup">
    <tr role="row" class="group">
      <th role="columnheader" scope="rowgroup" colspan="3">${section}</th>
    </tr>
    ${states.map(({ coverage, state }) => clauseRow(coverage, state, anchors))}
  </tbody>`

/** All clauses in a table. Undefined for a policy without clauses. */
export function matrix(run: Run, anchors: Anchors): Markup | undefined {
  if (run.coverage.length === 0) return undefined
  const states = run.coverage.map(coverage => ({ coverage, state: clauseState(coverage, run) }))
  const bySection = groupBy(states, ({ coverage }) => coverage.clause.id.split('.')[0] ?? '')
  return h`
    <section id="clauses" aria-labelledby="clauses-title">
      <h2 id="clauses-title">Clauses</h2>
      <p class="soft">
        ${count(run.coverage.length, 'duty', 'duties')} of the policy: ${countsText(states)}. A
        clause has the worst result of the invariants and drills that prove it.
      </p>
      ${filterButtons()}
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">verdict</th>
            <th role="columnheader" scope="col">clause and source</th>
            <th role="columnheader" scope="col">covered by</th>
          </tr>
        </thead>
        ${bySection.map(({ key, items }) => groupBody(key, items, anchors))}
      </table>
    </section>`
}
