// A gate's report on one screen: findings by file with code frames, unknowns, notes and totals.
import type { GateNote, GateReport, GateUnknown } from '#src/model/index.ts'
import { factLines } from '#src/reporting/message/layout.ts'
import { plain } from '#src/reporting/message/signs.ts'
import { ansi } from '#src/reporting/terminal/frame.ts'
import { oneLine, wrap } from '#src/reporting/text.ts'
import type { Source } from './code-frame.ts'
import { noteHeads, ofStatus, placeInWords } from './phrases.ts'
import type { Drawing } from './terminal/drawing.ts'
import { findingLines } from './terminal/findings.ts'
import { summaryLine } from './terminal/summary.ts'

export interface GateScreen {
  /** Whether to use ANSI colours. */
  colour: boolean
  /** Columns of a line; less than 80 counts as 80. */
  width: number
  /** Whether to show waived findings, findings of the baseline and every note, too. */
  full?: boolean
  /** Texts by file, for code frames. */
  texts: ReadonlyMap<string, string>
}

/** Notes of a kind shown before the rest is counted. */
const mostNotes = 5
/** Columns below which lines break too often. */
const narrowest = 80

function unknownLines(unknown: GateUnknown, { paint, width }: Drawing): readonly string[] {
  const place = placeInWords(unknown)
  const head = paint('strong', place === '' ? 'unknown' : place)
  const facts = [
    { label: 'unknown', text: unknown.message },
    { label: 'remedy', text: unknown.remedy },
  ]
  return [
    `${paint('unknown', '?')} ${head} ${paint('quiet', unknown.code)}`,
    ...factLines(facts, { indent: 2, width, paint }),
    '',
  ]
}

function noteLines({ file, line, message }: GateNote, { paint, width }: Drawing) {
  const place = placeInWords({ file, line: line === 0 ? undefined : line })
  return wrap(`${place} ${oneLine(message)}`.trim(), width - 4).map(
    (part, index) => `${index === 0 ? '  ' : '    '}${paint('quiet', part)}`,
  )
}

/** Notes below a heading for each kind. */
function notesLines(notes: readonly GateNote[], drawing: Drawing): readonly string[] {
  const { paint, full } = drawing
  return [...Map.groupBy(notes, ({ kind }) => kind)].flatMap(([kind, own]) => {
    const shown = own.slice(0, full ? undefined : mostNotes)
    const hidden = own.length - shown.length
    return [
      paint('strong', noteHeads[kind]),
      ...shown.flatMap(note => noteLines(note, drawing)),
      ...(hidden === 0 ? [] : [`  ${paint('quiet', `and ${hidden} more: --full`)}`]),
    ]
  })
}

/** The texts of the files that have findings. */
function sourcesOf(
  { findings }: GateReport,
  texts: ReadonlyMap<string, string>,
): ReadonlyMap<string, Source> {
  const files = [...new Set(findings.map(({ file }) => file))]
  return new Map(
    files.flatMap(file => {
      const text = texts.get(file)
      return text === undefined ? [] : [[file, { text }]]
    }),
  )
}

/** The report as text for a terminal, with a trailing newline. */
export function gateScreen(
  report: GateReport,
  { colour, width, full = false, texts }: GateScreen,
): string {
  const drawing: Drawing = {
    paint: colour ? ansi : plain,
    width: Math.max(narrowest, width),
    full,
    explained: new Set(),
    sources: sourcesOf(report, texts),
  }
  const lines = [
    ...findingLines(full ? report.findings : ofStatus(report, 'violated'), drawing),
    ...report.unknowns.flatMap(unknown => unknownLines(unknown, drawing)),
    ...notesLines(report.notes, drawing),
    summaryLine(report, drawing),
  ]
  return `${lines.join('\n')}\n`
}
