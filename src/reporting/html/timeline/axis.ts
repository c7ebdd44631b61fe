// The axis of a timeline: where a point in time lies across the width, and the ticks above it.
import type { DrillResult } from '#src/model/index.ts'
import { h, type Markup } from '#src/reporting/html/markup.ts'
import { milestoneOf } from '#src/reporting/recovery.ts'

/** Height of the row of labels, px. */
export const axisHeight = 24

/** Steps between the ticks, ms: those of a clock. */
const steps = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  1_200_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000,
]

/** More labels than this overlap on a phone. */
const mostTicks = 6

/** All times in ms since the epoch. */
export interface Axis {
  /** The injection; the start of a drill that never injected. */
  readonly zero: number
  readonly from: number
  readonly to: number
  /** A point in time as a percentage of the width, from 0 to 100. */
  at(time: number): number
}

/** From the drill's start to its end. */
export function axisOf(drill: DrillResult): Axis {
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

/** `41.3%`, with at most two decimals and no minus zero. */
export const percent = (value: number): string => `${Number(value.toFixed(2))}%`

function tickLabel(offset: number): string {
  if (offset === 0) return '0'
  if (offset % 60_000 === 0) return `${offset / 60_000} min`
  return offset < 1000 ? `${offset} ms` : `${offset / 1000} s`
}

/** Keeps the labels at both ends inside the picture. */
function anchorAt(position: number): 'start' | 'middle' | 'end' {
  if (position > 94) return 'end'
  return position < 3 ? 'start' : 'middle'
}

function tick(offset: number, position: number, height: number): Markup {
  const x = percent(position)
  return h`
    <line class="${offset === 0 ? 'zero' : 'grid'}" x1="${x}" x2="${x}"
      y1="${axisHeight - 6}" y2="${height}"/>
    <text class="t-soft" x="${x}" y="12" text-anchor="${anchorAt(position)}">
      ${tickLabel(offset)}
    </text>`
}

/** Ticks from the injection to the end, with their lines down the whole height. */
export function ticks(axis: Axis, height: number): Markup {
  const length = axis.to - axis.from
  const step = steps.find(candidate => length / candidate <= mostTicks) ?? length
  const offsets = Array.from(
    { length: Math.floor((axis.to - axis.zero) / step) + 1 },
    (_, index) => index * step,
  )
  return h`${offsets.map(offset => tick(offset, axis.at(axis.zero + offset), height))}`
}
