// The picture of a drill: phases, acts and marks over time, as an SVG that gets narrower without
// its text getting smaller.
import {
  formatDuration,
  milestones as markNames,
  ms,
  type DrillResult,
  type LogEntry,
  type MilestoneName,
} from '#src/model/index.ts'
import { eventText } from '#src/reporting/sentences.ts'
import { against, milestoneOf, sinceInjection, formatSpan } from '#src/reporting/recovery.ts'
import { h, slug, type Markup } from './markup.ts'

/** Pixels. Across, everything is a share of the width. */
const axisHeight = 24
const laneHeight = 24
const rowHeight = 40
const trackAt = 20
const trackHeight = 10

/** Steps between the ticks of the axis, ms: those of a clock. */
const steps = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  1_200_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000,
]
/** More labels than this meet each other on a telephone. */
const mostTicks = 6

interface Axis {
  readonly zero: number
  readonly from: number
  readonly to: number
  /** A point in time as a share of the width. */
  at(time: number): number
}

/** From the drill's start to its end, with zero at the injection. */
function axisOf(drill: DrillResult): Axis {
  const zero = milestoneOf(drill, 'injected')?.by ?? drill.startedAt
  const from = Math.min(drill.startedAt, ...drill.timeline.map(({ at }) => at))
  const to = Math.max(
    drill.endedAt,
    from + 1,
    ...drill.milestones.map(({ by }) => by),
    ...drill.timeline.map(({ at }) => at),
  )
  return {
    zero,
    from,
    to,
    at: time => Math.min(100, Math.max(0, ((time - from) / (to - from)) * 100)),
  }
}

/** A share with two decimals and no minus zero. */
const share = (value: number): string => `${Number(value.toFixed(2))}%`

const tickName = (offset: number): string =>
  offset === 0
    ? '0'
    : offset % 60_000 === 0
      ? `${offset / 60_000} min`
      : offset < 1000
        ? `${offset} ms`
        : `${offset / 1000} s`

function ticks(axis: Axis, height: number): Markup {
  const length = axis.to - axis.from
  const step = steps.find(candidate => length / candidate <= mostTicks) ?? length
  const offsets = Array.from(
    { length: Math.floor((axis.to - axis.zero) / step) + 1 },
    (_, index) => index * step,
  )
  return h`${offsets.map(offset => {
    const x = axis.at(axis.zero + offset)
    const anchor = x > 94 ? 'end' : x < 3 ? 'start' : 'middle'
    return h`<line class="${offset === 0 ? 'zero' : 'grid'}" x1="${share(x)}" x2="${share(x)}" y1="${axisHeight - 6}" y2="${height}"/><text class="t-soft" x="${share(x)}" y="12" text-anchor="${anchor}">${tickName(offset)}</text>`
  })}`
}

interface Stretch {
  readonly description: string
  readonly tone: 'quiet' | 'bad' | 'good' | 'waived'
  readonly from: number
  readonly to: number
}

/**
 * What the drill was at: before the injection, until recovered, while it stayed well, and while it
 * was undone.
 */
export function stretches(drill: DrillResult): readonly Stretch[] {
  const { from, to } = axisOf(drill)
  const injected = milestoneOf(drill, 'injected')?.by
  if (injected === undefined) return [{ description: 'prepare', tone: 'quiet', from, to }]
  const undoAt = Math.min(
    to,
    drill.timeline.find(({ at, phase }) => phase === 'undo' && at >= injected)?.at ??
      milestoneOf(drill, 'undone')?.after ??
      to,
  )
  const recovered = milestoneOf(drill, 'recovered')?.by
  const acted =
    drill.outcome.kind === 'healed-by-fixes' || drill.timeline.some(logEntry => isAct(logEntry))
  return [
    { description: 'prepare', tone: 'quiet', from, to: injected } as const,
    {
      description: acted ? 'watch and heal' : 'watch',
      tone: 'bad',
      from: injected,
      to: recovered ?? undoAt,
    } as const,
    ...(recovered === undefined
      ? []
      : [
          {
            description: 'judge: it stays well',
            tone: 'good',
            from: recovered,
            to: Math.max(recovered, undoAt),
          } as const,
        ]),
    { description: 'undo', tone: 'waived', from: undoAt, to } as const,
  ].filter(stretch => stretch.to > stretch.from)
}

const lanes = (drill: DrillResult, axis: Axis): Markup =>
  h`${stretches(drill).map(({ description, tone, from, to }) => {
    const [x, width] = [axis.at(from), axis.at(to) - axis.at(from)]
    // A nested picture cuts a name that its stretch is too short for; shorter still and not even a
    // letter would show.
    return h`<svg x="${share(x)}" y="${axisHeight}" width="${share(width)}" height="${laneHeight}"><title>${description}: ${formatDuration(to - from)}</title><rect class="wash-${tone}" width="100%" height="100%"/>${width > 7 && h`<text class="${tone}" x="6" y="16">${description}</text>`}</svg>`
  })}`

/** Whether a fix changes something, as opposed to what is reported about fixes. */
export const isAct = ({ event }: LogEntry): boolean => event.kind === 'fix-acts'

function acts(drill: DrillResult, axis: Axis, y: number): Markup {
  const told = drill.timeline.filter(isAct)
  return h`<text class="t-soft over-lines" x="0" y="${y + 12}">acts of fixes</text><text class="over-lines" x="100%" y="${y + 12}" text-anchor="end">${told.length}</text><rect class="track" x="0" y="${y + trackAt + 4}" width="100%" height="2"/>
    ${told.map(({ at, event }) => h`<svg x="${share(axis.at(at))}" y="${y + trackAt}" overflow="visible"><path class="waived" d="M-5.5 0h11l-5.5 10z"><title>${formatDuration(at - axis.zero)}: ${eventText(event)}</title></path></svg>`)}`
}

const tones = { within: 'good', 'at the limit': 'unknown', over: 'bad', never: 'bad' } as const
const symbols = { within: '✓', 'at the limit': '≈', over: '×', never: '×' } as const

function row(drill: DrillResult, name: MilestoneName, axis: Axis, y: number): Markup {
  const span = sinceInjection(drill, name)
  const budget = drill.budgets[name]
  const state = budget === undefined ? undefined : against(span, budget)
  const tone = state === undefined ? 'quiet' : tones[state]
  const told = `${state === undefined ? '' : `${symbols[state]} `}${span === undefined ? 'never' : formatSpan(span)}${budget === undefined ? '' : span === undefined ? `, budget ${budget}` : ` of ${budget}`}`
  const limit = budget === undefined ? undefined : axis.zero + ms(budget)
  const start = axis.at(axis.zero)
  const milestone = milestoneOf(drill, name)
  return h`<text class="${name === 'recovered' ? 't-strong' : 't-soft'} over-lines" x="0" y="${y + 12}">${name}</text><text class="${state === undefined ? 't-soft' : tone} ${name === 'recovered' ? 't-strong' : ''} over-lines" x="100%" y="${y + 12}" text-anchor="end">${told}</text>
    <rect class="track" x="0" y="${y + trackAt}" width="100%" height="${trackHeight}" rx="2"/>
    ${milestone !== undefined && h`<rect class="${tone} reach" x="${share(start)}" y="${y + trackAt}" width="${share(axis.at(milestone.by) - start)}" height="${trackHeight}"/><rect class="${tone}" x="${share(axis.at(milestone.after))}" y="${y + trackAt}" width="${share(Math.max(0.15, axis.at(milestone.by) - axis.at(milestone.after)))}" height="${trackHeight}" style="min-width:3px"><title>${name}: between ${formatDuration(milestone.after - axis.zero)} and ${formatDuration(milestone.by - axis.zero)}</title></rect><circle class="${tone}" cx="${share((axis.at(milestone.after) + axis.at(milestone.by)) / 2)}" cy="${y + trackAt + trackHeight / 2}" r="4.5"/>`}
    ${limit !== undefined && limit <= axis.to && h`<line class="budget" x1="${share(axis.at(limit))}" x2="${share(axis.at(limit))}" y1="${y + trackAt - 3}" y2="${y + trackAt + trackHeight + 3}"><title>budget ${budget}</title></line>`}`
}

/** The marks in words: what a reader hears who does not see the picture. */
function description(drill: DrillResult): string {
  const told = markNames
    .filter(name => name !== 'injected' && name !== 'undone')
    .flatMap(name => {
      const span = sinceInjection(drill, name)
      const budget = drill.budgets[name]
      if (span === undefined && budget === undefined) return []
      return [
        `${name} ${span === undefined ? 'never' : `after ${formatSpan(span)}`}${budget === undefined ? '' : `, budget ${budget}`}`,
      ]
    })
  return told.length === 0 ? 'Nothing was injected.' : `${told.join('; ')}.`
}

/**
 * The timeline of a drill. Undefined for one that never injected anything: there is nothing to see.
 */
export function timeline(drill: DrillResult): Markup | undefined {
  if (milestoneOf(drill, 'injected') === undefined) return undefined
  const axis = axisOf(drill)
  const rows = markNames.filter(
    name =>
      name !== 'injected' &&
      name !== 'undone' &&
      (milestoneOf(drill, name) !== undefined || drill.budgets[name] !== undefined),
  )
  const hasActs = drill.timeline.some(isAct)
  const top = axisHeight + laneHeight + 8
  const height = top + (rows.length + (hasActs ? 1 : 0)) * rowHeight
  const id = slug('timeline', drill.drill)
  return h`<svg class="timeline" width="100%" height="${height}" role="img" aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">Timeline of ${drill.drill}</title><desc id="${id}-text">${description(drill)}</desc>
    ${ticks(axis, height)}${lanes(drill, axis)}${hasActs && acts(drill, axis, top)}
    ${rows.map((name, index) => row(drill, name, axis, top + (index + (hasActs ? 1 : 0)) * rowHeight))}</svg>`
}
