// The drills on the screen: a table, and below each drill what it missed.
import type { DrillResult, Run } from '#src/model/index.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { replay } from '#src/reporting/message.ts'
import { formatSpan, milestoneOf, recoveryTime, sinceInjection } from '#src/reporting/recovery.ts'
import { eventText, missTexts, outcomeText, uncertaintyText } from '#src/reporting/sentences.ts'
import { healers, restoredText, statusOf } from '#src/reporting/status.ts'
import { clip, count, oneLine, padEnd, padStart, widthOf, wrap } from '#src/reporting/text.ts'
import { clockTime } from '#src/reporting/time.ts'
import type { Part } from './brief.ts'
import type { Frame } from './frame.ts'

const heads = ['detected', 'healed', 'budget', 'undone'] as const

function healedText(drill: DrillResult): string {
  const span = recoveryTime(drill)
  if (span !== undefined) return formatSpan(span)
  return milestoneOf(drill, 'injected') === undefined ? '–' : 'never'
}

function cells(drill: DrillResult): readonly string[] {
  const detected = sinceInjection(drill, 'detected')
  return [
    detected === undefined ? '–' : formatSpan(detected),
    healedText(drill),
    drill.budgets.recovered ?? '–',
    restoredText(drill),
  ]
}

/** What healed it, by name or as a number, in at most `width` columns. */
function by(drill: DrillResult, width: number): string {
  const names = healers(drill)
  if (names.length === 0) return '–'
  const all = names.join(', ')
  return widthOf(all) <= width ? all : count(names.length, 'fix', 'fixes')
}

/** The drills of a screen: all in full, then shorter, then those that passed as a number. */
export function drillPart(run: Run, frame: Frame): Part {
  if (run.drills.length === 0) return [[]]
  const open = run.drills.filter(drill => statusOf(drill) !== 'passed')
  const openLines = (most: number): readonly string[] =>
    drillLines({ ...run, drills: open }, frame, most)
  const all = [drillLines(run, frame), drillLines(run, frame, 1), drillLines(run, frame, 0)]
  const passed = run.drills.length - open.length
  if (passed === 0) return [...all, openLines(1), openLines(0)]
  const counted = frame.paint('quiet', `${count(passed, 'drill')} passed`)
  const last = `  ${frame.paint('good', '✓')} ${counted}`
  const head = ['', frame.paint('strong', 'drills')]
  const short = (most: number) => [...(open.length === 0 ? head : openLines(most)), last]
  return [...all, short(1), short(0)]
}

/** The widths of the columns. */
interface Columns {
  readonly name: number
  readonly cells: readonly number[]
  readonly by: number
}

function columnsOf(drills: readonly DrillResult[], width: number): Columns {
  const rows = drills.map(cells)
  const widths = heads.map((head, column) =>
    Math.max(widthOf(head), ...rows.map(row => widthOf(row[column] ?? ''))),
  )
  const rest = width - 4 - widths.reduce((sum, column) => sum + column + 2, 0)
  const name = Math.min(
    Math.max(6, ...drills.map(({ drill }) => widthOf(drill))),
    Math.max(16, rest - 9),
  )
  return { name, cells: widths, by: Math.max(7, rest - name - 2) }
}

const cellLine = (texts: readonly string[], columns: Columns): string =>
  texts.map((text, column) => `  ${padStart(text, columns.cells[column] ?? 0)}`).join('')

function rowLine(drill: DrillResult, columns: Columns, { paint, full }: Frame): string {
  const { tone, symbol } = signs[statusOf(drill)]
  const name = padEnd(clip(oneLine(drill.drill), columns.name), columns.name)
  const line = cellLine(cells(drill), columns)
  return [
    `  ${paint(tone, symbol)} ${name}${tone === 'good' ? line : paint(tone, line)}`,
    by(drill, full ? Infinity : columns.by),
  ].join('  ')
}

/** `most`: lines about what a drill missed; undefined: all, and the command to run it again. */
export function drillLines(run: Run, frame: Frame, most?: number): readonly string[] {
  if (run.drills.length === 0) return []
  const { paint, width, full } = frame
  const columns = columnsOf(run.drills, width)
  const head = paint('quiet', `${cellLine(heads, columns)}  by`)
  return [
    '',
    `${paint('strong', padEnd('drills', columns.name + 4))}${head}`,
    ...run.drills.flatMap(drill => [
      rowLine(drill, columns, frame),
      ...missLines(drill, run, frame).slice(0, most),
      ...(full ? logLines(drill, frame) : []),
    ]),
  ]
}

/** What a drill missed, could not observe or left behind; for one that did not run, its outcome. */
function missesOf(drill: DrillResult): readonly string[] {
  const status = statusOf(drill)
  if (status !== 'failed' && status !== 'unknown') return [outcomeText(drill.outcome)]
  return [
    ...missTexts(drill),
    ...drill.unknown.map(about => `unknown: ${uncertaintyText(about)}`),
    ...drill.leftBehind.map(({ description }) => `left behind: ${description}`),
  ]
}

function missLines(drill: DrillResult, run: Run, { paint, width }: Frame): readonly string[] {
  const status = statusOf(drill)
  if (status === 'passed') return []
  const tone = status === 'not-applicable' ? 'quiet' : signs[status].tone
  const lines = missesOf(drill).flatMap(text =>
    wrap(text, width - 8).map(
      (part, index) => `${' '.repeat(index === 0 ? 6 : 8)}${paint(tone, part)}`,
    ),
  )
  if (status === 'not-applicable') return lines
  return [...lines, `      ${paint('quiet', `again: ${replay(drill.drill, run)}`)}`]
}

const logLines = ({ timeline }: DrillResult, { paint, width }: Frame): readonly string[] =>
  timeline.flatMap(({ at, phase, event }) =>
    wrap(eventText(event), Math.max(20, width - 25)).map((part, index) =>
      index === 0
        ? `      ${paint('quiet', `${clockTime(at)} ${padEnd(phase, 7)}`)}  ${part}`
        : `${' '.repeat(24)}${part}`,
    ),
  )
