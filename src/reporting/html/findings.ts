// What needs a person, and what to do about it: faults left behind, violations, failed drills, and
// what is unknown.
import type { DrillResult, Finding, Judgement, Run } from '#src/model/index.ts'
import { messageOfDrill, replay } from '#src/reporting/message.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { statusOf } from '#src/reporting/status.ts'
import { count } from '#src/reporting/text.ts'
import {
  otherUnanswered,
  sectionsOf,
  unknownReasons,
  type Reason,
  type Row,
} from '#src/reporting/verdict-counts.ts'
import { h, type Markup } from './markup.ts'
import { clauseLink, drillLink, invariantLink, tag, type Anchors } from './signs.ts'

/** Faults that are still in the cluster. Undefined for a run that undid all of them. */
export function leftBehind(run: Run): Markup | undefined {
  const left = run.drills.flatMap(({ drill, leftBehind: all }) =>
    all.map(entry => ({ drill, ...entry })),
  )
  if (left.length === 0) return undefined
  return h`
    <section id="left" aria-labelledby="left-title">
      <h2 id="left-title">Left behind</h2>
      <p class="soft">
        holdfast could not undo these faults. Undo them by hand, or run <code>holdfast undo</code>.
      </p>
      ${left.map(
        ({ drill, description, manualUndo }) => h`
          <article class="card bad">
            <header><h3>${description}</h3>${tag(signs.failed)}</header>
            <p class="names"><span>from the drill <code>${drill}</code></span></p>
            <pre>${manualUndo}</pre>
          </article>`,
      )}
    </section>`
}

const findingOf = (subject: string, { code, seen, expected, remedy }: Finding): Markup => h`
  <div class="finding">
    <h4>${subject} <code class="soft">${code}</code></h4>
    <dl class="facts">
      <dt>seen</dt><dd>${seen}</dd>
      <dt>expected</dt><dd>${expected}</dd>
      <dt>what to do</dt><dd class="remedy">${remedy}</dd>
    </dl>
  </div>`

const findingsOf = ({ subject, verdict }: Judgement): readonly Markup[] =>
  verdict.kind === 'violated' ? verdict.findings.map(finding => findingOf(subject, finding)) : []

const violatedCard = ({ info, judgements }: Row, anchors: Anchors): Markup => h`
  <article class="card bad">
    <header><h3>${info.title}</h3>${tag(signs.violated)}</header>
    <p class="names">
      ${invariantLink(info.name, anchors)}
      ${info.clauses.map(id => clauseLink(id, anchors))}
    </p>
    ${info.reason !== '' && h`<p class="soft">Why it matters: ${info.reason}.</p>`}
    ${info.stories.map(story => h`<p class="soft">What happened here: ${story}.</p>`)}
    ${judgements.map(findingsOf)}
  </article>`

/** A failed drill without what it left behind, which has a section of its own. */
function failedCard(drill: DrillResult, run: Run, anchors: Anchors): Markup {
  const facts = messageOfDrill(drill).facts.filter(
    ({ label }) => label !== 'left' && label !== 'by hand',
  )
  return h`
    <article class="card bad">
      <header><h3>${drill.title}</h3>${tag(signs.failed)}</header>
      <p class="names">
        ${drillLink(drill.drill, anchors)}
        ${drill.clauses.map(id => clauseLink(id, anchors))}
      </p>
      <div class="finding">
        <dl class="facts">
          ${facts.map(({ label, text }) => h`<dt>${label}</dt><dd>${text}</dd>`)}
          <dt>run it again</dt><dd><code>${replay(drill.drill, run)}</code></dd>
        </dl>
      </div>
    </article>`
}

/** Whether a drill failed by more than what it left behind. */
const isFailed = (drill: DrillResult): boolean =>
  statusOf(drill) === 'failed' && (drill.misses.length > 0 || drill.outcome.kind === 'not-healed')

/** Violated invariants and failed drills, each with what to do. Undefined without either. */
export function findings(run: Run, anchors: Anchors): Markup | undefined {
  const violated = sectionsOf(run)
    .flatMap(({ rows }) => rows)
    .filter(({ worst }) => worst === 'violated')
  const failed = run.drills.filter(isFailed)
  if (violated.length + failed.length === 0) return undefined
  const counts = [
    violated.length > 0 && `${count(violated.length, 'invariant is', 'invariants are')} violated`,
    failed.length > 0 && `${count(failed.length, 'drill')} failed`,
  ]
  return h`
    <section id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">What to do</h2>
      <p class="soft">${counts.filter(Boolean).join(', ')}.</p>
      ${violated.map(row => violatedCard(row, anchors))}
      ${failed.map(drill => failedCard(drill, run, anchors))}
    </section>`
}

function reasonCard({ why, judgements, invariants }: Reason, anchors: Anchors): Markup {
  const firstSubject = (name: string): string | undefined =>
    judgements.find(({ invariant }) => invariant === name)?.subject
  return h`
    <article class="card unknown">
      <header><h3>${why}</h3>${tag(signs.unknown)}</header>
      <p class="names">
        <span>${count(judgements.length, 'verdict')}:</span>
        ${invariants.map(
          ({ name, amount }) => h`
            <span>
              ${invariantLink(name, anchors)}${' '}
              ${amount > 1 ? `(${amount})` : firstSubject(name)}
            </span>`,
        )}
      </p>
    </article>`
}

const questionCard = ({ question, origin, why }: Run['unanswered'][number]): Markup => h`
  <article class="card unknown">
    <header><h3>could not ${question}: ${why}</h3>${tag(signs.unknown)}</header>
    <p class="names"><span>asked ${origin}; no verdict depends on it</span></p>
  </article>`

/** What could not be judged, by its cause. Undefined when every question was answered. */
export function unknowns(run: Run, anchors: Anchors): Markup | undefined {
  const reasons = unknownReasons(run)
  const questions = otherUnanswered(run)
  if (reasons.length + questions.length === 0) return undefined
  return h`
    <section id="unknown" aria-labelledby="unknown-title">
      <h2 id="unknown-title">Unknown</h2>
      <p class="soft">A missing answer is neither a pass nor a violation.</p>
      ${reasons.map(reason => reasonCard(reason, anchors))}
      ${questions.map(questionCard)}
    </section>`
}
