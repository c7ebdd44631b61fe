// A run as one HTML file that needs nothing else: the verdict first, then what to do, then how
// everything stands.
import { formatDuration, type Run } from '#src/model/index.ts'
import { drillCounts, exitMeaning, headline, proofOf } from '#src/reporting/headline.ts'
import { signs } from '#src/reporting/message.ts'
import { statuses, statusOf } from '#src/reporting/status.ts'
import { countKinds } from '#src/reporting/verdict-counts.ts'
import { count } from '#src/reporting/text.ts'
import { instant, machineTime } from '#src/reporting/time.ts'
import { about, choices, healings } from './background.ts'
import { drillSection } from './drills.ts'
import { findings, leftBehind, unknowns } from './findings.ts'
import { h, trusted, type Markup } from './markup.ts'
import { matrix } from './matrix.ts'
import { stamp, type Evaluation, type Places } from './signs.ts'
import { style } from './style.ts'
import { verdictSection, waivers } from './verdicts.ts'

const verdictOrder = ['violated', 'unknown', 'waived', 'holds', 'not-applicable'] as const

function bar(title: string, parts: readonly { amount: number; evaluate: Evaluation }[]): Markup {
  const shown = parts.filter(({ amount }) => amount > 0)
  return h`<div><h2>${title}</h2><div class="bar" aria-hidden="true">${shown.map(({ amount, evaluate }) => h`<span class="${evaluate.tone}" style="flex-grow:${amount}"></span>`)}</div>
    <p class="legend">${shown.map(({ amount, evaluate }) => h`<span class="${evaluate.tone}"><span aria-hidden="true">${evaluate.symbol}</span> <b>${amount}</b> ${evaluate === signs.holds && amount !== 1 ? 'hold' : evaluate.word}</span>`)}</p></div>`
}

function tally(run: Run): Markup | undefined {
  const counts = countKinds(run.judgements)
  const ends = run.drills.map(statusOf)
  if (run.judgements.length + run.drills.length === 0) return undefined
  return h`<div class="tally">${
    run.judgements.length > 0 &&
    bar(
      count(run.judgements.length, 'verdict'),
      verdictOrder.map(kind => ({ amount: counts[kind], evaluate: signs[kind] })),
    )
  }
    ${
      ends.length > 0 &&
      bar(
        count(ends.length, 'drill'),
        ['failed', 'aborted', 'unknown', 'refused', 'passed', 'not-applicable']
          .flatMap(name => statuses.filter(status => status === name))
          .map(status => ({
            amount: ends.filter(end => end === status).length,
            evaluate: signs[status],
          })),
      )
    }</div>`
}

/** The run in one sentence. */
function lead(run: Run): string {
  const broken = new Set(
    run.judgements
      .filter(({ verdict }) => verdict.kind === 'violated')
      .map(({ invariant }) => invariant),
  ).size
  const unseen = new Set(
    run.judgements
      .filter(({ verdict }) => verdict.kind === 'unknown')
      .map(({ invariant }) => invariant),
  ).size
  const invariants = new Set(run.judgements.map(({ invariant }) => invariant)).size
  const helped = run.healings.filter(
    ({ outcome }) => outcome.kind === 'applied' && outcome.helped,
  ).length
  const verdicts =
    invariants === 0
      ? undefined
      : broken + unseen === 0
        ? `All ${count(invariants, 'invariant')} hold${run.judgements.every(({ verdict }) => verdict.kind === 'holds') ? '' : ', are waived or do not apply'}.`
        : `Of ${count(invariants, 'invariant')}${broken === 0 ? '' : `, ${broken} ${broken === 1 ? 'is' : 'are'} violated`}${unseen === 0 ? '' : `${broken === 0 ? ',' : ' and'} ${unseen} cannot be judged`}.`
  const drills = drillCounts(run)
  const sentences = [
    verdicts,
    drills === undefined ? undefined : `${drills[0]?.toUpperCase()}${drills.slice(1)}.`,
    helped === 0 ? undefined : `${count(helped, 'fix', 'fixes')} helped.`,
  ]
  return sentences.filter(Boolean).join(' ') || 'Nothing was selected, so nothing is known.'
}

function hero(run: Run): Markup {
  const { tone, title } = headline(run)
  const sign = { good: signs.holds, bad: signs.violated, unknown: signs.unknown }[tone]
  return h`<header class="hero"><p class="eyebrow"><strong>holdfast ${run.verb}</strong><span>${run.cluster}</span>${stamp(machineTime(run.startedAt), instant(run.startedAt))}<span>took ${formatDuration(run.endedAt - run.startedAt)}</span><span>seed ${run.seed}</span><span>exit ${run.exitCode}: ${exitMeaning(run)}</span></p>
    <h1 class="${tone}"><span class="sign" aria-hidden="true">${sign.symbol}</span>${title}</h1><p class="lead">${lead(run)}</p>
    <p class="proof ${run.target.kind === 'live' ? '' : 'rehearsal'}"><strong>${proofOf(run)}</strong><span>${run.target.description}</span></p>${tally(run)}</header>`
}

/**
 * A run as one self-contained HTML page. Pure: the same run gives the same bytes. It holds no
 * script, and everything from the cluster is escaped.
 */
export function html(run: Run): string {
  const places: Places = {
    clauses: new Set(run.coverage.map(({ clause }) => clause.id)),
    invariants: new Set(run.judgements.map(({ invariant }) => invariant)),
    drills: new Set(run.drills.map(({ drill }) => drill)),
  }
  const sections: readonly (readonly [id: string, name: string, body: Markup | undefined])[] = [
    ['left', 'Left behind', leftBehind(run)],
    ['findings', 'What to do', findings(run, places)],
    ['unknown', 'Unknown', unknowns(run, places)],
    ['drills', 'Drills', drillSection(run, places)],
    ['healed', 'Healed', healings(run)],
    ['clauses', 'Clauses', matrix(run, places)],
    ['waivers', 'Waivers', waivers(run, places)],
    ['verdicts', 'All verdicts', verdictSection(run, places)],
    ['choices', 'Choices', choices(run)],
    ['about', 'About', about(run)],
  ]
  const shown = sections.filter(([, , body]) => body !== undefined)
  return h`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${headline(run).title} · ${run.cluster} · ${run.target.kind} · holdfast ${run.verb}</title>
<style>${trusted(style)}</style></head><body><a class="skip" href="#main">Skip to the report</a><div class="page">
${hero(run)}
<nav aria-label="Sections"><ul>${shown.map(([id, name]) => h`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main">${shown.map(([, , body]) => body)}</main>
<footer><p>${run.id} · ${proofOf(run)}</p></footer>
</div></body></html>
`.markup
}
