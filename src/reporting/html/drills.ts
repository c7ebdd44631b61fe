// The drills: first all of them with their recovery against its budget, then each with its
// timeline.
import { formatDuration, ms, type DrillResult, type Run } from '#src/model/index.ts'
import { replay, signs } from '#src/reporting/message.ts'
import {
  against,
  milestoneOf,
  middleOf,
  recoveryTime,
  sinceInjection,
  formatSpan,
} from '#src/reporting/recovery.ts'
import { eventText, missText, outcomeText, uncertaintyText } from '#src/reporting/sentences.ts'
import { healers, restoredText, statusOf } from '#src/reporting/status.ts'
import { count } from '#src/reporting/text.ts'
import { clockTime, instant, machineTime } from '#src/reporting/time.ts'
import { h, slug, type Markup } from './markup.ts'
import { clauseLink, stamp, tag, type Places } from './signs.ts'
import { timeline } from './timeline.ts'

const tones = { within: 'good', 'at the limit': 'unknown', over: 'bad', never: 'bad' } as const

/** A recovery as a bar, its error as a lighter end, its budget as a line. */
function meter(drill: DrillResult): Markup | undefined {
  const budget = drill.budgets.recovered
  const span = recoveryTime(drill)
  if (budget === undefined || span === undefined) return undefined
  const limit = ms(budget)
  const whole = Math.max(limit, span.atMost) * 1.04
  const share = (value: number) => `${Number(((Math.max(0, value) / whole) * 100).toFixed(2))}%`
  const tone = tones[against(span, budget)]
  return h`<svg class="timeline meter" role="img" aria-label="${formatSpan(span)} of a budget of ${budget}"><rect class="track" y="4" width="100%" height="10" rx="2"/><rect class="${tone} reach" y="4" width="${share(span.atMost)}" height="10" rx="2"/><rect class="${tone}" y="4" width="${share(span.atLeast)}" height="10" rx="2"/><line class="budget" x1="${share(limit)}" x2="${share(limit)}" y1="0" y2="18"/></svg>`
}

function summaryRow(drill: DrillResult): Markup {
  const span = recoveryTime(drill)
  const detected = sinceInjection(drill, 'detected')
  const injected = milestoneOf(drill, 'injected') !== undefined
  const by = healers(drill)
  return h`<tr role="row"><th role="rowheader" scope="row"><a href="#${slug('drill', drill.drill)}">${drill.drill}</a></th><td role="cell" class="bare nowrap">${tag(signs[statusOf(drill)])}</td>
    <td role="cell" class="number" data-label="noticed after"${detected === undefined && h` data-none`}>${detected === undefined ? '–' : formatSpan(detected)}</td>
    <td role="cell" class="number" data-label="recovered in"${!injected && h` data-none`}>${span === undefined ? (injected ? 'never' : '–') : formatSpan(span)}</td>
    <td role="cell" class="against" data-label="budget"><span class="gauge">${meter(drill)}<span class="nowrap">${drill.budgets.recovered ?? '–'}</span></span></td><td role="cell" data-label="healed by"${by.length === 0 && h` data-none`}>${by.length === 0 ? '–' : by.join(', ')}</td><td role="cell" data-label="back to before"${!injected && h` data-none`}>${restoredText(drill)}</td></tr>`
}

const summary = ({ drills }: Run): Markup =>
  h`<table role="table" class="drills"><thead role="rowgroup"><tr role="row">${[
    'drill',
    'result',
    'noticed after',
    'recovered in',
    'of its budget',
    'healed by',
    'back to before',
  ].map(
    (name, index) =>
      h`<th role="columnheader" scope="col" class="${index === 2 || index === 3 ? 'number' : ''}">${name}</th>`,
  )}</tr></thead><tbody role="rowgroup">${drills.map(summaryRow)}</tbody></table>`

function momentList(drill: DrillResult): Markup | undefined {
  if (drill.timeline.length === 0) return undefined
  const zero = milestoneOf(drill, 'injected')?.by
  const offset = (at: number) =>
    zero === undefined
      ? clockTime(at)
      : `${at < zero ? '−' : '+'}${formatDuration(Math.abs(at - zero))}`
  return h`<details><summary>${count(drill.timeline.length, 'moment')}, from ${clockTime(drill.startedAt)} to ${clockTime(drill.endedAt)} UTC</summary><ol class="moments">${drill.timeline.map(
    ({ at, phase, event }) =>
      h`<li><span class="at" title="${instant(at)}">${offset(at)}</span><span class="phase">${phase}</span><span>${eventText(event)}</span></li>`,
  )}</ol></details>`
}

function article(drill: DrillResult, run: Run, places: Places): Markup {
  const sign = signs[statusOf(drill)]
  const trouble = [
    ...drill.misses
      .filter(({ kind }) => kind !== 'outcome')
      .map(miss => missText(miss, drill.outcome)),
    ...drill.unknown.map(about => `unknown: ${uncertaintyText(about)}`),
    ...drill.leftBehind.map(({ description }) => `left behind: ${description}`),
  ]
  return h`<article class="card ${sign.tone}" id="${slug('drill', drill.drill)}"><header><h3>${drill.title}</h3>${tag(sign)}</header>
    <p class="names"><code>${drill.drill}</code>${drill.clauses.map(id => clauseLink(id, places))}${stamp(machineTime(drill.startedAt), instant(drill.startedAt))}</p>
    <dl class="facts"><dt>incident</dt><dd>${drill.incident.story} <span class="soft small">${drill.incident.source}</span></dd><dt>${drill.faults.length > 1 ? 'faults' : 'fault'}</dt><dd>${drill.faults.map((fault, index) => h`${index > 0 && h`<br>`}${fault}`)}</dd><dt>outcome</dt><dd>${outcomeText(drill.outcome)}</dd>
    ${trouble.length > 0 && h`<dt>missed</dt><dd class="remedy">${trouble.map((text, index) => h`${index > 0 && h`<br>`}${text}`)}</dd>`}</dl>
    ${timeline(drill)}${momentList(drill)}<p class="soft small again">play it again: <code>${replay(drill.drill, run)}</code></p></article>`
}

/**
 * How much time of the best recovery is left against its budget is no fact worth a line; the
 * slowest is.
 */
function slowest(drills: readonly DrillResult[]): string {
  const timed = drills
    .flatMap(drill => {
      const span = recoveryTime(drill)
      return span === undefined ? [] : [{ drill, span }]
    })
    .toSorted((a, b) => middleOf(b.span) - middleOf(a.span))
  const [first] = timed
  return first === undefined || timed.length < 2
    ? ''
    : ` The slowest recovery took ${formatSpan(first.span)} (${first.drill.drill}).`
}

/** All drills. Undefined where none ran. */
export function drillSection(run: Run, places: Places): Markup | undefined {
  if (run.drills.length === 0) return undefined
  return h`<section id="drills" aria-labelledby="drills-title"><h2 id="drills-title">Drills</h2>
    <p class="soft">Times count from the injection. What is seen by looking now and then has an error, told with ±. The dashed line is the budget.${slowest(run.drills)}</p>
    ${summary(run)}${run.drills.map(drill => article(drill, run, places))}</section>`
}
