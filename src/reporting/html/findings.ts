// What is not as it should be, and what to do about it: left behind, violated, failed drills,
// unknown.
import type { Judgement, Run } from '#src/model/index.ts'
import { messageOfDrill, replay, signs } from '#src/reporting/message.ts'
import { statusOf } from '#src/reporting/status.ts'
import {
  otherUnanswered,
  sectionsOf,
  unknownReasons,
  type Row,
} from '#src/reporting/verdict-counts.ts'
import { count } from '#src/reporting/text.ts'
import { h, type Markup } from './markup.ts'
import { clauseLink, drillLink, invariantLink, tag, type Places } from './signs.ts'

/** Faults that are still in the world, first of all. Undefined where there are none. */
export function leftBehind(run: Run): Markup | undefined {
  const left = run.drills.flatMap(({ drill, leftBehind }) =>
    leftBehind.map(entry => ({ drill, ...entry })),
  )
  if (left.length === 0) return undefined
  return h`<section id="left" aria-labelledby="left-title"><h2 id="left-title">Left behind</h2><p class="soft">These faults could not be undone. They are still there: undo them by hand, or run <code>holdfast undo</code>.</p>
    ${left.map(({ drill, description, manualUndo }) => h`<article class="card bad"><header><h3>${description}</h3>${tag(signs.failed)}</header><p class="names"><span>from the drill <code>${drill}</code></span></p><pre>${manualUndo}</pre></article>`)}</section>`
}

function finding({ subject, verdict }: Judgement): Markup | undefined {
  if (verdict.kind !== 'violated') return undefined
  return h`${verdict.findings.map(
    ({
      code,
      seen,
      expected,
      remedy,
    }) => h`<div class="finding"><h4>${subject} <code class="soft">${code}</code></h4>
    <dl class="facts"><dt>seen</dt><dd>${seen}</dd><dt>expected</dt><dd>${expected}</dd><dt>what to do</dt><dd class="remedy">${remedy}</dd></dl></div>`,
  )}`
}

const violatedCard = (
  { info, judgements }: Row,
  places: Places,
): Markup => h`<article class="card bad"><header><h3>${info.title}</h3>${tag(signs.violated)}</header>
  <p class="names">${invariantLink(info.name, places)}${info.clauses.map(id => clauseLink(id, places))}</p>${info.reason !== '' && h`<p class="soft">Why it matters: ${info.reason}.</p>`}
  ${info.stories.map(story => h`<p class="soft">What happened here: ${story}.</p>`)}
  ${judgements.map(finding)}</article>`

/** Violated invariants and failed drills, each with what to do. Undefined where there are none. */
export function findings(run: Run, places: Places): Markup | undefined {
  const violated = sectionsOf(run)
    .flatMap(({ rows }) => rows)
    .filter(({ worst }) => worst === 'violated')
  // A drill that only left something behind is told under that heading.
  const failed = run.drills.filter(
    drill =>
      statusOf(drill) === 'failed' &&
      (drill.misses.length > 0 || drill.outcome.kind === 'not-healed'),
  )
  if (violated.length + failed.length === 0) return undefined
  return h`<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">What to do</h2>
    <p class="soft">${[violated.length > 0 && `${count(violated.length, 'invariant is', 'invariants are')} violated`, failed.length > 0 && `${count(failed.length, 'drill')} failed`].filter(Boolean).join(', ')}.</p>
    ${violated.map(row => violatedCard(row, places))}
    ${failed.map(
      drill => h`<article class="card bad"><header><h3>${drill.title}</h3>${tag(signs.failed)}</header><p class="names">${drillLink(drill.drill, places)}${drill.clauses.map(id => clauseLink(id, places))}</p>
      <div class="finding"><dl class="facts">${messageOfDrill(drill)
        .facts.filter(({ label }) => label !== 'left' && label !== 'by hand')
        .map(
          ({ label, text }) => h`<dt>${label}</dt><dd>${text}</dd>`,
        )}<dt>play it again</dt><dd><code>${replay(drill.drill, run)}</code></dd></dl></div></article>`,
    )}</section>`
}

/** What could not be judged, by its reason. Undefined where everything could. */
export function unknowns(run: Run, places: Places): Markup | undefined {
  const reasons = unknownReasons(run)
  const questions = otherUnanswered(run)
  if (reasons.length + questions.length === 0) return undefined
  return h`<section id="unknown" aria-labelledby="unknown-title"><h2 id="unknown-title">Unknown</h2><p class="soft">What could not be seen is neither a pass nor a violation.</p>
    ${reasons.map(
      ({
        why,
        judgements,
        invariants,
      }) => h`<article class="card unknown"><header><h3>${why}</h3>${tag(signs.unknown)}</header>
      <p class="names"><span>${count(judgements.length, 'verdict')}:</span>${invariants.map(({ name, amount }) => h`<span>${invariantLink(name, places)} ${amount > 1 ? `(${amount})` : judgements.find(({ invariant }) => invariant === name)?.subject}</span>`)}</p></article>`,
    )}
    ${questions.map(({ question, origin, why }) => h`<article class="card unknown"><header><h3>could not ${question}: ${why}</h3>${tag(signs.unknown)}</header><p class="names"><span>asked ${origin}; no verdict depends on it</span></p></article>`)}</section>`
}
