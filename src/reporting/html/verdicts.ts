// All verdicts by section, and the waivers with the days that are left of them.
import type { Judgement, Run } from '#src/model/index.ts'
import { reasonOf } from '#src/reporting/sentences.ts'
import { daysLeftText, signs } from '#src/reporting/message.ts'
import { countText, sectionsOf, type Row } from '#src/reporting/verdict-counts.ts'
import { count } from '#src/reporting/text.ts'
import { h, slug, type Markup } from './markup.ts'
import { clauseLink, invariantLink, symbol, type Places } from './signs.ts'

function subject({ subject: name, verdict }: Judgement): Markup {
  const told =
    verdict.kind === 'violated'
      ? verdict.findings.map(({ code }) => code).join(', ')
      : reasonOf({ verdict })
  const why = told === '' ? '' : `: ${told}`
  return h`<li>${symbol(signs[verdict.kind])} ${name}${why}</li>`
}

function item(row: Row, places: Places): Markup {
  const { info, judgements, worst } = row
  return h`<li class="invariant" id="${slug('invariant', info.name)}">${symbol(signs[worst])}<span>${info.title}</span><span class="count">${countText(row)}</span>
    <p class="links soft small"><code>${info.name}</code>${info.clauses.map(id => clauseLink(id, places))}</p><details><summary>${count(judgements.length, 'verdict')}</summary><ul class="subjects">${judgements.map(subject)}</ul>${info.reason !== '' && h`<p class="soft small">Why: ${info.reason}.</p>`}</details></li>`
}

/** Every invariant with its verdicts folded. Undefined where nothing was judged. */
export function verdictSection(run: Run, places: Places): Markup | undefined {
  const sections = sectionsOf(run)
  if (sections.length === 0) return undefined
  return h`<section id="verdicts" class="verdicts" aria-labelledby="verdicts-title"><h2 id="verdicts-title">All verdicts</h2>
    ${sections.map(({ name, rows }) => h`<h3>${name}</h3><ul class="rows">${rows.map(row => item(row, places))}</ul>`)}</section>`
}

/** Days in which somebody can still do something before a waived finding counts again. */
const soon = 14

/** Waivers in force, those that end first on top. Undefined where there are none. */
export function waivers(run: Run, places: Places): Markup | undefined {
  const waived = run.judgements
    .flatMap(judgement =>
      judgement.verdict.kind === 'waived' ? [{ ...judgement, verdict: judgement.verdict }] : [],
    )
    .toSorted((a, b) => a.verdict.daysLeft - b.verdict.daysLeft)
  if (waived.length === 0) return undefined
  return h`<section id="waivers" aria-labelledby="waivers-title"><h2 id="waivers-title">Waivers</h2><p class="soft">Findings that somebody answers for until a day. After it they count again.</p>
    <table role="table"><thead role="rowgroup"><tr role="row">${['left', 'what', 'reason', 'owner', 'last day'].map(name => h`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead><tbody role="rowgroup">
    ${waived.map(
      ({
        invariant,
        subject: name,
        verdict,
      }) => h`<tr role="row"><td role="cell" class="bare nowrap"><strong class="${verdict.daysLeft <= soon ? 'unknown' : 'waived'}">${daysLeftText(verdict.daysLeft)}</strong>${verdict.daysLeft <= soon && h` <span class="small unknown">soon</span>`}</td>
      <th role="rowheader" scope="row">${name}<br><span class="small soft">${verdict.findings.map(({ code }) => code).join(', ')}<br>${invariantLink(invariant, places)}</span></th><td role="cell" class="bare">${verdict.waiver.reason}</td><td role="cell" data-label="owner">${verdict.waiver.owner}</td><td role="cell" class="nowrap" data-label="last day">${verdict.waiver.until}</td></tr>`,
    )}
    </tbody></table></section>`
}
