// The section of the drills: a table of all with their recovery against its budget, then a card for
// each.
import { ms, type DrillResult, type Run } from '#src/model/index.ts'
import { signs } from '#src/reporting/message/signs.ts'
import {
  against,
  formatSpan,
  middleOf,
  milestoneOf,
  recoveryTime,
  sinceInjection,
} from '#src/reporting/recovery.ts'
import { healers, restoredText, statusOf } from '#src/reporting/status.ts'
import { drillCard } from './drill-card.ts'
import { h, slug, type Content, type Markup } from './markup.ts'
import { budgetTones, tag, type Anchors } from './signs.ts'

/** A recovery as a bar, its error as a lighter end, its budget as a line. */
function meter(drill: DrillResult): Markup | undefined {
  const budget = drill.budgets.recovered
  const span = recoveryTime(drill)
  if (budget === undefined || span === undefined) return undefined
  const limit = ms(budget)
  const whole = Math.max(limit, span.atMost) * 1.04
  const share = (value: number) => `${Number(((Math.max(0, value) / whole) * 100).toFixed(2))}%`
  const tone = budgetTones[against(span, budget)]
  return h`
    <svg class="timeline meter" role="img"
      aria-label="${formatSpan(span)} of a budget of ${budget}">
      <rect class="track" y="4" width="100%" height="10" rx="2"/>
      <rect class="${tone} wait" y="4" width="${share(span.atMost)}" height="10" rx="2"/>
      <rect class="${tone}" y="4" width="${share(span.atLeast)}" height="10" rx="2"/>
      <line class="budget" x1="${share(limit)}" x2="${share(limit)}" y1="0" y2="18"/>
    </svg>`
}

const columns = [
  'drill',
  'result',
  'detected after',
  'recovered in',
  'budget',
  'healed by',
  'restored',
] as const

/** A narrow page shows the label in front of the value, and leaves out a cell without one. */
const cell = (label: (typeof columns)[number], look: string, value: Content | undefined): Markup =>
  h`
    <td role="cell"${look !== '' && h` class="${look}"`} data-label="${label}"
      ${value === undefined && h` data-none`}>
      ${value ?? '–'}
    </td>`

function recoveredText(drill: DrillResult): string | undefined {
  const span = recoveryTime(drill)
  if (span !== undefined) return formatSpan(span)
  return milestoneOf(drill, 'injected') === undefined ? undefined : 'never'
}

function summaryRow(drill: DrillResult): Markup {
  const detected = sinceInjection(drill, 'detected')
  const by = healers(drill)
  const changed = milestoneOf(drill, 'injected') !== undefined || drill.leftBehind.length > 0
  return h`
    <tr role="row">
      <th role="rowheader" scope="row">
        <a href="#${slug('drill', drill.drill)}">${drill.drill}</a>
      </th>
      <td role="cell" class="bare nowrap">${tag(signs[statusOf(drill)])}</td>
      ${cell('detected after', 'number', detected && formatSpan(detected))}
      ${cell('recovered in', 'number', recoveredText(drill))}
      <td role="cell" class="against" data-label="budget">
        <span class="gauge">
          ${meter(drill)}<span class="nowrap">${drill.budgets.recovered ?? '–'}</span>
        </span>
      </td>
      ${cell('healed by', '', by.length === 0 ? undefined : by.join(', '))}
      ${cell('restored', '', changed ? restoredText(drill) : undefined)}
    </tr>`
}

const isNumber = (column: string): boolean =>
  column === 'detected after' || column === 'recovered in'

const summary = ({ drills }: Run): Markup => h`
  <table role="table" class="drills">
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(
          name => h`
            <th role="columnheader" scope="col" class="${isNumber(name) ? 'number' : ''}">
              ${name}
            </th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">${drills.map(summaryRow)}</tbody>
  </table>`

/** The slowest recovery as a sentence; empty for fewer than two recoveries. */
function slowest(drills: readonly DrillResult[]): string {
  const timed = drills
    .flatMap(drill => {
      const span = recoveryTime(drill)
      return span === undefined ? [] : [{ drill, span }]
    })
    .toSorted((a, b) => middleOf(b.span) - middleOf(a.span))
  const [first] = timed
  if (first === undefined || timed.length < 2) return ''
  return ` The slowest recovery took ${formatSpan(first.span)} (${first.drill.drill}).`
}

/** All drills. Undefined for a run without drills. */
export function drillSection(run: Run, anchors: Anchors): Markup | undefined {
  if (run.drills.length === 0) return undefined
  return h`
    <section id="drills" aria-labelledby="drills-title">
      <h2 id="drills-title">Drills</h2>
      <p class="soft">
        Times count from the injection. A time that comes from polling has an error, shown as ±. The
        dashed line is the budget.${slowest(run.drills)}
      </p>
      ${summary(run)}
      ${run.drills.map(drill => drillCard(drill, run, anchors))}
    </section>`
}
