// One drill as a card: its incident, its outcome, its timeline and its log.
import { formatDuration, type DrillResult, type Run } from '#src/model/index.ts'
import { replay } from '#src/reporting/message.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { milestoneOf } from '#src/reporting/recovery.ts'
import { eventText, missText, outcomeText, uncertaintyText } from '#src/reporting/sentences.ts'
import { statusOf } from '#src/reporting/status.ts'
import { count } from '#src/reporting/text.ts'
import { clockTime, instant, machineTime } from '#src/reporting/time.ts'
import { h, slug, type Markup } from './markup.ts'
import { clauseLink, stamp, tag, type Anchors } from './signs.ts'
import { timeline } from './timeline.ts'

/** The time of a log entry: its distance from the injection, else the time of day. */
function offsetText(at: number, injected: number | undefined): string {
  if (injected === undefined) return clockTime(at)
  return `${at < injected ? '−' : '+'}${formatDuration(Math.abs(at - injected))}`
}

/** Every log entry, folded. Undefined for a drill without one. */
function log({
  timeline: entries,
  startedAt,
  endedAt,
  milestones,
}: DrillResult): Markup | undefined {
  if (entries.length === 0) return undefined
  const injected = milestoneOf({ milestones }, 'injected')?.by
  const amount = count(entries.length, 'log entry', 'log entries')
  return h`
    <details>
      <summary>${amount}, from ${clockTime(startedAt)} to ${clockTime(endedAt)} UTC</summary>
      <ol class="log">
        ${entries.map(
          ({ at, phase, event }) => h`
            <li>
              <span class="at" title="${instant(at)}">${offsetText(at, injected)}</span>
              <span class="phase">${phase}</span>
              <span>${eventText(event)}</span>
            </li>`,
        )}
      </ol>
    </details>`
}

/** What a drill missed, could not see or left behind. */
const troubleOf = ({ misses, outcome, unknown, leftBehind }: DrillResult): readonly string[] => [
  ...misses.filter(({ kind }) => kind !== 'outcome').map(miss => missText(miss, outcome)),
  ...unknown.map(about => `unknown: ${uncertaintyText(about)}`),
  ...leftBehind.map(({ description }) => `left behind: ${description}`),
]

const onLines = (texts: readonly string[]): Markup =>
  h`${texts.map((text, index) => h`${index > 0 && h`<br>`}${text}`)}`

function facts(drill: DrillResult): Markup {
  const { incident, faults, outcome } = drill
  const trouble = troubleOf(drill)
  return h`
    <dl class="facts">
      <dt>incident</dt>
      <dd>${incident.story} <span class="soft small">${incident.source}</span></dd>
      <dt>${faults.length > 1 ? 'faults' : 'fault'}</dt>
      <dd>${onLines(faults)}</dd>
      <dt>outcome</dt>
      <dd>${outcomeText(outcome)}</dd>
      ${trouble.length > 0 && h`<dt>missed</dt><dd class="remedy">${onLines(trouble)}</dd>`}
    </dl>`
}

/** The card of a drill. */
export function drillCard(drill: DrillResult, run: Run, anchors: Anchors): Markup {
  const sign = signs[statusOf(drill)]
  return h`
    <article class="card ${sign.tone}" id="${slug('drill', drill.drill)}">
      <header><h3>${drill.title}</h3>${tag(sign)}</header>
      <p class="names">
        <code>${drill.drill}</code>
        ${drill.clauses.map(id => clauseLink(id, anchors))}
        ${stamp(machineTime(drill.startedAt), instant(drill.startedAt))}
      </p>
      ${facts(drill)}
      ${timeline(drill)}
      ${log(drill)}
      <p class="soft small again">run it again: <code>${replay(drill.drill, run)}</code></p>
    </article>`
}
