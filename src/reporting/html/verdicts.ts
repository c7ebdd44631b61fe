// All verdicts by section.
import type { Judgement, Run } from '#src/model/index.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { reasonOf } from '#src/reporting/sentences.ts'
import { count } from '#src/reporting/text.ts'
import { countText, sectionsOf, type Row } from '#src/reporting/verdict-counts.ts'
import { h, slug, type Markup } from './markup.ts'
import { clauseLink, symbol, type Anchors } from './signs.ts'

function subjectItem({ subject, verdict }: Judgement): Markup {
  const why =
    verdict.kind === 'violated'
      ? verdict.findings.map(({ code }) => code).join(', ')
      : reasonOf({ verdict })
  return h`<li>${symbol(signs[verdict.kind])} ${subject}${why === '' ? '' : `: ${why}`}</li>`
}

function invariantItem(row: Row, anchors: Anchors): Markup {
  const { info, judgements, worst } = row
  return h`
    <li class="invariant" id="${slug('invariant', info.name)}">
      ${symbol(signs[worst])}<span>${info.title}</span><span class="count">${countText(row)}</span>
      <p class="links soft small">
        <code>${info.name}</code>${info.clauses.map(id => clauseLink(id, anchors))}
      </p>
      <details>
        <summary>${count(judgements.length, 'verdict')}</summary>
        <ul class="subjects">${judgements.map(subjectItem)}</ul>
        ${info.reason !== '' && h`<p class="soft small">Why: ${info.reason}.</p>`}
      </details>
    </li>`
}

/** Every invariant with its verdicts folded. Undefined for a run without verdicts. */
export function verdictSection(run: Run, anchors: Anchors): Markup | undefined {
  const sections = sectionsOf(run)
  if (sections.length === 0) return undefined
  return h`
    <section id="verdicts" class="verdicts" aria-labelledby="verdicts-title">
      <h2 id="verdicts-title">All verdicts</h2>
      ${sections.map(
        ({ name, rows }) => h`
          <h3>${name}</h3>
          <ul class="rows">${rows.map(row => invariantItem(row, anchors))}</ul>`,
      )}
    </section>`
}
