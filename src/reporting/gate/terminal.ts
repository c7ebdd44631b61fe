// Draws a gate's report on one screen: by file, with code frames; one line if all is clean.
import type { GateFinding, GateNote, GateReport, GateUnknown } from '#src/model/index.ts'
import type { Fact } from '#src/reporting/message.ts'
import { plain, type Paint } from '#src/reporting/message/signs.ts'
import { factLines } from '#src/reporting/message/layout.ts'
import { ansi } from '#src/reporting/terminal/frame.ts'
import { count, widthOf, oneLine, wrap } from '#src/reporting/text.ts'
import { formatDuration } from '#src/model/index.ts'
import { codeFrame, type Source } from './code-frame.ts'
import {
  aboutIn,
  isCertain,
  noteHeads,
  objectInWords,
  ofStatus,
  placeInWords,
  sizeInWords,
  waiverInWords,
} from './phrases.ts'

export interface GateScreen {
  /** ANSI colours. */
  colour: boolean
  /** Characters of a line; never less than 80. */
  width: number
  /** Shows everything: waived findings, findings of the baseline, every note. */
  full?: boolean
  /** Texts by file, for code frames. */
  texts: ReadonlyMap<string, string>
}

/** Findings shown in full before the rest gets one line each. */
const mostInFull = 40
/** Notes of a kind shown before the rest is counted. */
const mostNotes = 5
/** Columns below which lines break too often. */
const narrowest = 80

interface Drawing {
  paint: Paint
  width: number
  full: boolean
  sources: ReadonlyMap<string, Source>
  /** Rules whose reason was already shown. */
  explained: Set<string>
}

const signs = {
  violated: { symbol: '×', tone: 'bad' },
  waived: { symbol: 'w', tone: 'waived' },
  baseline: { symbol: 'b', tone: 'quiet' },
} as const

/** The findings of one place share its lines. */
function placeLines(
  [first, ...rest]: readonly [GateFinding, ...GateFinding[]],
  drawing: Drawing,
): readonly string[] {
  const { paint, width, sources } = drawing
  return [
    `  ${paint('quiet', placeInWords(first))}${first.object === undefined ? '' : `  ${oneLine(objectInWords(first.object))}`}`,
    ...codeFrame(sources.get(first.file), first, { width: width - 4, paint }).map(
      line => `    ${line}`,
    ),
    ...[first, ...rest].flatMap(finding => findingInFull(finding, drawing)),
    '',
  ]
}

function findingInFull(
  finding: GateFinding,
  { paint, width, explained }: Drawing,
): readonly string[] {
  const { rule, clauses, code, seen, expected, reason, remedy } = finding
  const { symbol, tone } = signs[finding.status]
  const first = !explained.has(rule)
  explained.add(rule)
  const [head = '', ...more] = wrap(oneLine(seen), width - 6)
  const facts: readonly Fact[] = [
    { label: 'expected', text: expected },
    { label: 'remedy', text: `${remedy}${isCertain(finding) ? ' (--fix does this)' : ''}` },
    ...(finding.status === 'waived' ? [{ label: 'waived', text: waiverInWords(finding) }] : []),
    ...(first ? [{ label: 'why', text: reason }] : []),
    { label: 'rule', text: [rule, code, ...(first ? clauses : [])].join(' · ') },
  ]
  return [
    `    ${paint(tone, symbol)} ${paint('strong', head)}`,
    ...more.map(part => `      ${paint('strong', part)}`),
    ...factLines(facts, { indent: 6, width, paint }),
  ]
}

const findingInOneLine = (finding: GateFinding, { paint }: Drawing): string =>
  `  ${paint('quiet', placeInWords(finding))} ${paint(signs[finding.status].tone, signs[finding.status].symbol)} ${oneLine(aboutIn(finding))} ${paint('quiet', finding.code)}`

function findingLines(findings: readonly GateFinding[], drawing: Drawing): readonly string[] {
  const whole = drawing.full ? findings : findings.slice(0, mostInFull)
  const places = [
    ...Map.groupBy(
      whole,
      finding => `${placeInWords(finding)} ${finding.object?.name ?? ''}`,
    ).values(),
  ]
  return [
    // A group has at least the finding that made it.
    ...places.flatMap(place => placeLines(place as [GateFinding, ...GateFinding[]], drawing)),
    ...findings.slice(whole.length).map(finding => findingInOneLine(finding, drawing)),
  ]
}

const unknownLines = (
  unknowns: readonly GateUnknown[],
  { paint, width }: Drawing,
): readonly string[] =>
  unknowns.flatMap(unknown => {
    const place = placeInWords(unknown)
    return [
      `${paint('unknown', '?')} ${paint('strong', place === '' ? 'unknown' : place)} ${paint('quiet', unknown.code)}`,
      ...factLines(
        [
          { label: 'unknown', text: unknown.message },
          { label: 'remedy', text: unknown.remedy },
        ],
        { indent: 2, width, paint },
      ),
      '',
    ]
  })

function noteLines(notes: readonly GateNote[], { paint, width, full }: Drawing): readonly string[] {
  return [...Map.groupBy(notes, ({ kind }) => kind)].flatMap(([kind, own]) => {
    const told = own.slice(0, full ? undefined : mostNotes)
    return [
      paint('strong', noteHeads[kind]),
      ...told.flatMap(note =>
        wrap(
          `${placeInWords({ file: note.file, ...(note.line === 0 ? {} : { line: note.line }) })} ${oneLine(note.message)}`.trim(),
          width - 4,
        ).map((part, index) => `${index === 0 ? '  ' : '    '}${paint('quiet', part)}`),
      ),
      ...(told.length === own.length
        ? []
        : [`  ${paint('quiet', `and ${own.length - told.length} more: --full`)}`]),
    ]
  })
}

/** By exit code. */
const results = [
  ['good', '✓'],
  ['bad', '×'],
  ['unknown', '?'],
] as const

/** The last line: the totals. */
function summaryLine(report: GateReport, { paint, width }: Drawing): string {
  const violated = ofStatus(report, 'violated')
  const of = (status: GateFinding['status'], message: string): readonly string[] => {
    const { length } = ofStatus(report, status)
    return length === 0 ? [] : [`${length} ${message}`]
  }
  const fixable = violated.filter(isCertain).length
  const parts = [
    ...(violated.length === 0
      ? []
      : [
          `${count(violated.length, 'finding')}${fixable === 0 ? '' : `, ${fixable} with a certain fix (--fix)`}`,
        ]),
    ...(report.unknowns.length === 0 ? [] : [`${report.unknowns.length} unknown`]),
    ...of('waived', 'waived'),
    ...of('baseline', 'known from the baseline'),
    sizeInWords(report),
    `policy ${report.cluster}`,
    `Kubernetes ${report.kubernetes}`,
    formatDuration(report.endedAt - report.startedAt),
  ]
  const [tone, symbol] = results[report.exitCode] ?? results[2]
  const [head = '', ...rest] = report.exitCode === 0 ? ['clean', ...parts] : parts
  // A clean report is one line, whatever its length.
  const lines = joined(rest, report.exitCode === 0 ? Infinity : width, widthOf(head) + 2)
  return [
    `${paint(tone, symbol)} ${paint('strong', head)}${lines[0] ?? ''}`,
    ...lines.slice(1).map(line => `  ${line}`),
  ].join('\n')
}

/** Parts joined by ` · `, in lines of at most `width`; the first line has `taken` columns less. */
function joined(parts: readonly string[], width: number, taken: number): readonly string[] {
  const lines = ['']
  for (const part of parts) {
    const last = lines.at(-1) ?? ''
    if (widthOf(last) + 3 + widthOf(part) + (lines.length === 1 ? taken : 2) > width)
      lines.push(part)
    else lines[lines.length - 1] = `${last} · ${part}`
  }
  return lines
}

/** The report as text for a terminal, with its last newline. */
export function gateScreen(
  report: GateReport,
  { colour, width, full = false, texts }: GateScreen,
): string {
  const drawing: Drawing = {
    paint: colour ? ansi : plain,
    width: Math.max(narrowest, width),
    full,
    explained: new Set(),
    sources: new Map(
      [...new Set(report.findings.map(({ file }) => file))].flatMap(file => {
        const text = texts.get(file)
        return text === undefined ? [] : [[file, { text }]]
      }),
    ),
  }
  const findings = full ? report.findings : ofStatus(report, 'violated')
  return `${[...findingLines(findings, drawing), ...unknownLines(report.unknowns, drawing), ...noteLines(report.notes, drawing), summaryLine(report, drawing)].join('\n')}\n`
}
