// The row of one milestone in a timeline: when it came, how exactly that is known, and its budget.
import {
  formatDuration,
  ms,
  type DrillResult,
  type Duration,
  type Milestone,
  type MilestoneName,
} from '#src/model/index.ts'
import { h, type Markup } from '#src/reporting/html/markup.ts'
import { budgetTones } from '#src/reporting/html/signs.ts'
import {
  against,
  formatSpan,
  milestoneOf,
  sinceInjection,
  type Against,
  type Span,
} from '#src/reporting/recovery.ts'
import { percent, type Axis } from './axis.ts'

/** Height of a row, px. */
export const rowHeight = 40
/** From the top of a row to its track, px. */
export const trackAt = 20
const trackHeight = 10

const symbols = { within: '✓', 'at the limit': '≈', over: '×', never: '×' } as const

/** `✓ 3 min 37 s ±2.8 s of 420 s`, `× never, budget 120 s`. */
function againstText(
  span: Span | undefined,
  budget: Duration | undefined,
  state: Against | undefined,
): string {
  const sign = state === undefined ? '' : `${symbols[state]} `
  if (span === undefined) return `${sign}never${budget === undefined ? '' : `, budget ${budget}`}`
  return `${sign}${formatSpan(span)}${budget === undefined ? '' : ` of ${budget}`}`
}

/** The wait since the injection, the interval in which the milestone came, and a dot in it. */
function interval(
  { milestone, after, by }: Milestone,
  tone: string,
  axis: Axis,
  y: number,
): Markup {
  const zero = axis.at(axis.zero)
  const [from, to] = [axis.at(after), axis.at(by)]
  const since = (time: number): string => formatDuration(time - axis.zero)
  return h`
    <rect class="${tone} wait" x="${percent(zero)}" y="${y}"
      width="${percent(to - zero)}" height="${trackHeight}"/>
    <rect class="${tone}" x="${percent(from)}" y="${y}"
      width="${percent(Math.max(0.15, to - from))}" height="${trackHeight}" style="min-width:3px">
      <title>${milestone}: between ${since(after)} and ${since(by)}</title>
    </rect>
    <circle class="${tone}" cx="${percent((from + to) / 2)}" cy="${y + trackHeight / 2}" r="4.5"/>`
}

/** A dashed line; undefined where the budget ends after the picture. */
function budgetLine(budget: Duration, axis: Axis, y: number): Markup | undefined {
  const limit = axis.zero + ms(budget)
  if (limit > axis.to) return undefined
  const x = percent(axis.at(limit))
  return h`
    <line class="budget" x1="${x}" x2="${x}" y1="${y - 3}" y2="${y + trackHeight + 3}">
      <title>budget ${budget}</title>
    </line>`
}

/** `y`: the top of the row, px. */
export function milestoneRow(
  drill: DrillResult,
  name: MilestoneName,
  axis: Axis,
  y: number,
): Markup {
  const span = sinceInjection(drill, name)
  const budget = drill.budgets[name]
  const state = budget === undefined ? undefined : against(span, budget)
  const tone = state === undefined ? 'quiet' : budgetTones[state]
  const milestone = milestoneOf(drill, name)
  const weight = name === 'recovered' ? 't-strong' : 't-soft'
  const look = `${state === undefined ? 't-soft' : tone} ${name === 'recovered' ? 't-strong' : ''}`
  return h`
    <text class="${weight} over-lines" x="0" y="${y + 12}">${name}</text>
    <text class="${look} over-lines" x="100%" y="${y + 12}" text-anchor="end">
      ${againstText(span, budget, state)}
    </text>
    <rect class="track" x="0" y="${y + trackAt}" width="100%" height="${trackHeight}" rx="2"/>
    ${milestone !== undefined && interval(milestone, tone, axis, y + trackAt)}
    ${budget !== undefined && budgetLine(budget, axis, y + trackAt)}`
}
