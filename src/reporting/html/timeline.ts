// The timeline of a drill as an SVG: phases, acts of fixes, and milestones with their budgets.
// Positions are percentages, so that a narrow page squeezes the picture and not its text.
import {
  formatDuration,
  milestones as milestoneNames,
  type DrillResult,
  type MilestoneName,
} from '#src/model/index.ts'
import { formatSpan, milestoneOf, sinceInjection } from '#src/reporting/recovery.ts'
import { eventText } from '#src/reporting/sentences.ts'
import { h, slug, type Markup } from './markup.ts'
import { axisHeight, axisOf, percent, ticks, type Axis } from './timeline/axis.ts'
import { milestoneRow, rowHeight, trackAt } from './timeline/milestones.ts'
import { band, bandHeight, isAct } from './timeline/phases.ts'

/** The row of all acts, each as a marker with its time and command. */
function actsRow(drill: DrillResult, axis: Axis, y: number): Markup {
  const acts = drill.timeline.filter(isAct)
  return h`
    <text class="t-soft over-lines" x="0" y="${y + 12}">acts of fixes</text>
    <text class="over-lines" x="100%" y="${y + 12}" text-anchor="end">${acts.length}</text>
    <rect class="track" x="0" y="${y + trackAt + 4}" width="100%" height="2"/>
    ${acts.map(
      ({ at, event }) => h`
        <svg x="${percent(axis.at(at))}" y="${y + trackAt}" overflow="visible">
          <path class="waived" d="M-5.5 0h11l-5.5 10z">
            <title>${formatDuration(at - axis.zero)}: ${eventText(event)}</title>
          </path>
        </svg>`,
    )}`
}

/** The milestones that a timeline shows: neither the injection, which is its zero, nor the undo. */
const shownNames = milestoneNames.filter(name => name !== 'injected' && name !== 'undone')

/** `recovered after 41.3 s ±3.1 s, budget 120 s`; undefined for one without a time or a budget. */
function milestoneText(drill: DrillResult, name: MilestoneName): string | undefined {
  const span = sinceInjection(drill, name)
  const budget = drill.budgets[name]
  if (span === undefined && budget === undefined) return undefined
  const time = span === undefined ? 'never' : `after ${formatSpan(span)}`
  return `${name} ${time}${budget === undefined ? '' : `, budget ${budget}`}`
}

/** The milestones as one sentence, for screen readers. */
function description(drill: DrillResult): string {
  const texts = shownNames.flatMap(name => milestoneText(drill, name) ?? [])
  return texts.length === 0 ? 'Nothing was injected.' : `${texts.join('; ')}.`
}

/** The timeline of a drill; undefined for a drill that injected nothing. */
export function timeline(drill: DrillResult): Markup | undefined {
  if (milestoneOf(drill, 'injected') === undefined) return undefined
  const axis = axisOf(drill)
  const rows = shownNames.filter(
    name => milestoneOf(drill, name) !== undefined || drill.budgets[name] !== undefined,
  )
  const top = axisHeight + bandHeight + 8
  const hasActs = drill.timeline.some(isAct)
  const firstRow = top + (hasActs ? rowHeight : 0)
  const height = firstRow + rows.length * rowHeight
  const id = slug('timeline', drill.drill)
  return h`
    <svg class="timeline" width="100%" height="${height}" role="img"
      aria-labelledby="${id}-title ${id}-text">
      <title id="${id}-title">Timeline of ${drill.drill}</title>
      <desc id="${id}-text">${description(drill)}</desc>
      ${ticks(axis, height)}
      ${band(drill, axis)}
      ${hasActs && actsRow(drill, axis, top)}
      ${rows.map((name, index) => milestoneRow(drill, name, axis, firstRow + index * rowHeight))}
    </svg>`
}
