// The band of a timeline that shows what the drill was doing when.
import { formatDuration, type DrillResult, type LogEntry } from '#src/model/index.ts'
import { h, type Markup } from '#src/reporting/html/markup.ts'
import { milestoneOf } from '#src/reporting/recovery.ts'
import { axisHeight, axisOf, percent, type Axis } from './axis.ts'

/** Height of the band, px. */
export const bandHeight = 24

/** A name needs more of the width than this, percent. */
const narrowest = 7

export interface Stretch {
  readonly description: string
  readonly tone: 'quiet' | 'bad' | 'good' | 'waived'
  /** ms since the epoch. */
  readonly from: number
  readonly to: number
}

/** Whether a log entry is an act of a fix, as opposed to news about a fix. */
export const isAct = ({ event }: LogEntry): boolean => event.kind === 'fix-acts'

/** When the undo began: its first log entry, else its milestone, else the end of the drill. */
function undoStart(drill: DrillResult, injected: number, end: number): number {
  const logged = drill.timeline.find(({ at, phase }) => phase === 'undo' && at >= injected)?.at
  return Math.min(end, logged ?? milestoneOf(drill, 'undone')?.after ?? end)
}

/** From the injection to the end: until recovered, while it stayed well, and the undo. */
function sinceInjected(drill: DrillResult, injected: number, end: number): readonly Stretch[] {
  const undoAt = undoStart(drill, injected, end)
  const recovered = milestoneOf(drill, 'recovered')?.by
  const acted = drill.outcome.kind === 'healed-by-fixes' || drill.timeline.some(isAct)
  const description = acted ? 'watch and heal' : 'watch'
  const undo: Stretch = { description: 'undo', tone: 'waived', from: undoAt, to: end }
  if (recovered === undefined)
    return [{ description, tone: 'bad', from: injected, to: undoAt }, undo]
  return [
    { description, tone: 'bad', from: injected, to: recovered },
    {
      description: 'judge: it stays well',
      tone: 'good',
      from: recovered,
      to: Math.max(recovered, undoAt),
    },
    undo,
  ]
}

/** The stretches of a drill in order, without empty ones. */
export function stretches(drill: DrillResult): readonly Stretch[] {
  const { from, to } = axisOf(drill)
  const injected = milestoneOf(drill, 'injected')?.by
  if (injected === undefined) return [{ description: 'prepare', tone: 'quiet', from, to }]
  const prepare: Stretch = { description: 'prepare', tone: 'quiet', from, to: injected }
  return [prepare, ...sinceInjected(drill, injected, to)].filter(
    stretch => stretch.to > stretch.from,
  )
}

function stretchMarkup({ description, tone, from, to }: Stretch, axis: Axis): Markup {
  const [x, width] = [axis.at(from), axis.at(to) - axis.at(from)]
  // The nested svg clips a name that is longer than its stretch.
  return h`
    <svg x="${percent(x)}" y="${axisHeight}" width="${percent(width)}" height="${bandHeight}">
      <title>${description}: ${formatDuration(to - from)}</title>
      <rect class="wash-${tone}" width="100%" height="100%"/>
      ${width > narrowest && h`<text class="${tone}" x="6" y="16">${description}</text>`}
    </svg>`
}

/** The band of all stretches. */
export const band = (drill: DrillResult, axis: Axis): Markup =>
  h`${stretches(drill).map(stretch => stretchMarkup(stretch, axis))}`
