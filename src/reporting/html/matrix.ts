// Every clause of the policy with its source, what covers it, and what this run says of it.
import type { Coverage, Run } from '#src/model/index.ts'
import { clauseState, type ClauseState } from '#src/reporting/clauses.ts'
import { groupBy } from '#src/reporting/verdict-counts.ts'
import { count } from '#src/reporting/text.ts'
import { h, slug, type Markup } from './markup.ts'
import { clauseLooks, drillLink, invariantLink, tag, type Places } from './signs.ts'

const openStates: ReadonlySet<ClauseState> = new Set(['violated', 'unknown', 'uncovered'])

function covered({ invariants, drills, fixes, guards }: Coverage, places: Places): Markup {
  const kinds = [
    ['judged by', invariants.map(name => invariantLink(name, places))],
    ['drilled by', drills.map(name => drillLink(name, places))],
    ['repaired by', fixes.map(name => h`<code>${name}</code>`)],
    ['refused by the guard', guards.map(guard => h`<code>${guard}</code>`)],
  ] as const
  const told = kinds.filter(([, names]) => names.length > 0)
  return told.length === 0
    ? h`<span class="soft">nothing yet</span>`
    : h`${told.map(([how, names]) => h`<p class="links"><span class="soft small">${how}</span>${names}</p>`)}`
}

function row(coverage: Coverage, state: ClauseState, places: Places): Markup {
  const { clause } = coverage
  return h`<tr role="row" id="${slug('clause', clause.id)}" data-state="${state}"${openStates.has(state) && h` data-open`}><td role="cell" class="bare nowrap">${tag(clauseLooks[state])}</td>
    <th role="rowheader" scope="row" class="clause"><code>${clause.id}</code> <span class="soft small">${clause.kind}</span><br>${clause.statement}<br><span class="soft small">${clause.source}</span></th><td role="cell" class="bare">${covered(coverage, places)}</td></tr>`
}

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

/** The matrix. Undefined where the policy has no clauses. */
export function matrix(run: Run, places: Places): Markup | undefined {
  if (run.coverage.length === 0) return undefined
  const states = run.coverage.map(coverage => ({ coverage, state: clauseState(coverage, run) }))
  const counts = order.flatMap(state => {
    const amount = states.filter(each => each.state === state).length
    return amount === 0
      ? []
      : [`${amount} ${state === 'holds' && amount > 1 ? 'hold' : clauseLooks[state].word}`]
  })
  return h`<section id="clauses" aria-labelledby="clauses-title"><h2 id="clauses-title">Clauses</h2><p class="soft">${count(run.coverage.length, 'duty', 'duties')} of the policy: ${counts.join(', ')}. A clause is as good as the worst of what was judged and drilled in its name.</p>
    <fieldset><legend class="unseen">Which clauses to show</legend>${filters.map(([id, description], index) => h`<label><input type="radio" name="show" id="show-${id}"${index === 0 && h` checked`}>${description}</label>`)}</fieldset>
    <table role="table"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">verdict</th><th role="columnheader" scope="col">clause and source</th><th role="columnheader" scope="col">covered by</th></tr></thead>
    ${groupBy(states, ({ coverage }) => coverage.clause.id.split('.')[0] ?? '').map(({ key, items }) => h`<tbody role="rowgroup"><tr role="row" class="group"><th role="columnheader" scope="rowgroup" colspan="3">${key}</th></tr>${items.map(({ coverage, state }) => row(coverage, state, places))}</tbody>`)}</table></section>`
}
