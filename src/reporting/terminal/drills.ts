// The drills on the screen: a table, and under a drill what it missed.
import type { DrillResult, Run } from '#src/model/index.ts'
import { replay, signs } from '#src/reporting/message.ts'
import { recoveryTime, sinceInjection, formatSpan } from '#src/reporting/recovery.ts'
import { eventText, missTexts, outcomeText, uncertaintyText } from '#src/reporting/sentences.ts'
import { healers, restoredText, statusOf } from '#src/reporting/status.ts'
import { clip, count, widthOf, oneLine, padEnd, padStart, wrap } from '#src/reporting/text.ts'
import { clockTime } from '#src/reporting/time.ts'
import type { Part } from './brief.ts'
import type { Frame } from './frame.ts'

const heads = ['detected', 'healed', 'budget', 'undone'] as const

function cells(drill: DrillResult): readonly string[] {
  const detected = sinceInjection(drill, 'detected')
  const healed = recoveryTime(drill)
  const injected = drill.milestones.some(({ milestone }) => milestone === 'injected')
  return [
    detected === undefined ? '–' : formatSpan(detected),
    healed === undefined ? (injected ? 'never' : '–') : formatSpan(healed),
    drill.budgets.recovered ?? '–',
    restoredText(drill),
  ]
}

/** Who healed, in at most `width` characters. */
function by(drill: DrillResult, width: number): string {
  const names = healers(drill)
  if (names.length === 0) return '–'
  const all = names.join(', ')
  return widthOf(all) <= width ? all : count(names.length, 'fix', 'fixes')
}

/** The drills of a screen: failed ones in full first, then shorter, then those that passed counted. */
export function drillPart(run: Run, frame: Frame): Part {
  if (run.drills.length === 0) return [[]]
  const open = run.drills.filter(drill => statusOf(drill) !== 'passed')
  const passed = run.drills.length - open.length
  const counted = `  ${frame.paint('good', '✓')} ${frame.paint('quiet', `${count(passed, 'drill')} passed`)}`
  const short = drillLines({ ...run, drills: open }, frame, 1)
  const table = open.length === 0 ? ['', frame.paint('strong', 'drills')] : short
  return [
    drillLines(run, frame),
    drillLines(run, frame, 1),
    drillLines(run, frame, 0),
    passed === 0 ? short : [...table, counted],
    passed === 0
      ? drillLines({ ...run, drills: open }, frame, 0)
      : [...(open.length === 0 ? table : drillLines({ ...run, drills: open }, frame, 0)), counted],
  ]
}

/** `most`: lines on what a drill missed; undefined: all of them, and how to run it again. */
export function drillLines(run: Run, frame: Frame, most?: number): readonly string[] {
  if (run.drills.length === 0) return []
  const { paint, width, full } = frame
  const rows = run.drills.map(drill => ({ drill, cells: cells(drill) }))
  const columns = heads.map((head, column) =>
    Math.max(widthOf(head), ...rows.map(row => widthOf(row.cells[column] ?? ''))),
  )
  const rest = width - 4 - columns.reduce((sum, column) => sum + column + 2, 0)
  const name = Math.min(
    Math.max(6, ...run.drills.map(drill => widthOf(drill.drill))),
    Math.max(16, rest - 9),
  )
  const room = Math.max(7, rest - name - 2)
  const line = (texts: readonly string[]) =>
    texts.map((text, column) => `  ${padStart(text, columns[column] ?? 0)}`).join('')
  return [
    '',
    `${paint('strong', padEnd('drills', name + 4))}${paint('quiet', `${line(heads)}  by`)}`,
    ...rows.flatMap(({ drill, cells: texts }) => {
      const sign = signs[statusOf(drill)]
      const title = padEnd(clip(oneLine(drill.drill), name), name)
      const told = line(texts)
      return [
        `  ${paint(sign.tone, sign.symbol)} ${title}${sign.tone === 'good' ? told : paint(sign.tone, told)}  ${by(drill, full ? Infinity : room)}`,
        ...missLines(drill, run, frame).slice(0, most),
        ...(full ? momentLines(drill, frame) : []),
      ]
    }),
  ]
}

function missLines(drill: DrillResult, run: Run, { paint, width }: Frame): readonly string[] {
  const status = statusOf(drill)
  if (status === 'passed') return []
  const { tone } = signs[status]
  const texts =
    status === 'failed' || status === 'unknown'
      ? [
          ...missTexts(drill),
          ...drill.unknown.map(about => `unknown: ${uncertaintyText(about)}`),
          ...drill.leftBehind.map(({ description }) => `left behind: ${description}`),
        ]
      : [outcomeText(drill.outcome)]
  return [
    ...texts.flatMap(text =>
      wrap(text, width - 8).map(
        (part, index) =>
          `${' '.repeat(index === 0 ? 6 : 8)}${paint(status === 'not-applicable' ? 'quiet' : tone, part)}`,
      ),
    ),
    ...(status === 'not-applicable'
      ? []
      : [`      ${paint('quiet', `again: ${replay(drill.drill, run)}`)}`]),
  ]
}

const momentLines = ({ timeline }: DrillResult, { paint, width }: Frame): readonly string[] =>
  timeline.flatMap(({ at, phase, event }) =>
    wrap(eventText(event), Math.max(20, width - 25)).map((part, index) =>
      index === 0
        ? `      ${paint('quiet', `${clockTime(at)} ${padEnd(phase, 7)}`)}  ${part}`
        : `${' '.repeat(24)}${part}`,
    ),
  )
