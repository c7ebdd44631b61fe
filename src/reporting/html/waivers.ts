// The waivers in force, with the days that are left.
import type { Judgement, Run, Verdict } from '#src/model/index.ts'
import { daysLeftText } from '#src/reporting/message.ts'
import { h, type Markup } from './markup.ts'
import { invariantLink, type Anchors } from './signs.ts'

/** Waivers that end within this many days are marked. */
const soon = 14

interface Waived extends Judgement {
  readonly verdict: Verdict & { kind: 'waived' }
}

/** The waived verdicts. Those that end first come first. */
const waivedOf = ({ judgements }: Run): readonly Waived[] =>
  judgements
    .flatMap(judgement => {
      const { verdict } = judgement
      return verdict.kind === 'waived' ? [{ ...judgement, verdict }] : []
    })
    .toSorted((a, b) => a.verdict.daysLeft - b.verdict.daysLeft)

function waiverRow({ invariant, subject, verdict }: Waived, anchors: Anchors): Markup {
  const { waiver, findings, daysLeft } = verdict
  const endsSoon = daysLeft <= soon
  return h`
    <tr role="row">
      <td role="cell" class="bare nowrap">
        <strong class="${endsSoon ? 'unknown' : 'waived'}">${daysLeftText(daysLeft)}</strong>
        ${endsSoon && h` <span class="small unknown">soon</span>`}
      </td>
      <th role="rowheader" scope="row">
        ${subject}<br>
        <span class="small soft">
          ${findings.map(({ code }) => code).join(', ')}<br>
          ${invariantLink(invariant, anchors)}
        </span>
      </th>
      <td role="cell" class="bare">${waiver.reason}</td>
      <td role="cell" data-label="owner">${waiver.owner}</td>
      <td role="cell" class="nowrap" data-label="last day">${waiver.until}</td>
    </tr>`
}

const columns = ['left', 'what', 'reason', 'owner', 'last day'] as const

/** All waivers in force. Undefined for a run without any. */
export function waivers(run: Run, anchors: Anchors): Markup | undefined {
  const waived = waivedOf(run)
  if (waived.length === 0) return undefined
  return h`
    <section id="waivers" aria-labelledby="waivers-title">
      <h2 id="waivers-title">Waivers</h2>
      <p class="soft">
        Findings that a named person accepts until a last day. After that day they count again.
      </p>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            ${columns.map(name => h`<th role="columnheader" scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">${waived.map(each => waiverRow(each, anchors))}</tbody>
      </table>
    </section>`
}
