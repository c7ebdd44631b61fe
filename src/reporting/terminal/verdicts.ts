// The verdicts on the full screen: a line for each invariant, and below it what does not hold.
import type { Finding, Judgement, Run } from '#src/model/index.ts'
import { factLines } from '#src/reporting/message/layout.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { daysLeftText } from '#src/reporting/message.ts'
import { reasonOf } from '#src/reporting/sentences.ts'
import { clip, oneLine, padEnd, padStart, some, widthOf, wrap } from '#src/reporting/text.ts'
import { countText, groupBy, sectionsOf, type Row } from '#src/reporting/verdict-counts.ts'
import type { Frame } from './frame.ts'

/** Subjects shown before the rest is counted. */
const mostSubjects = 3

/** The widths of the columns. */
interface Columns {
  readonly name: number
  readonly description: number
  readonly counted: number
}

/** All verdicts by section. */
export function verdictLines(run: Run, frame: Frame): readonly string[] {
  const sections = sectionsOf(run)
  const rows = sections.flatMap(section => section.rows)
  const name = Math.max(0, ...sections.map(section => widthOf(section.name)))
  const counted = Math.max(0, ...rows.map(row => widthOf(countText(row))))
  // Two columns before the section, two after it, two for the sign, two before the count.
  const description = Math.min(
    Math.max(0, ...rows.map(row => widthOf(oneLine(row.info.title)))),
    frame.width - name - counted - 8,
  )
  return sections.flatMap(section =>
    section.rows.flatMap((row, index) => [
      rowLine(row, index === 0 ? section.name : '', { name, description, counted }, frame),
      ...detailLines(row, name + 6, frame),
    ]),
  )
}

function rowLine(row: Row, section: string, columns: Columns, { paint, full }: Frame): string {
  const { symbol, tone } = signs[row.worst]
  const isQuiet = row.worst === 'holds' || row.worst === 'not-applicable'
  const title = clip(oneLine(row.info.title), full ? Infinity : columns.description)
  return [
    `  ${paint('strong', padEnd(section, columns.name))}`,
    `${paint(tone, symbol)} ${padEnd(title, columns.description)}`,
    paint(isQuiet ? 'quiet' : tone, padStart(countText(row), columns.counted)),
  ].join('  ')
}

const ofKind = (row: Row, kind: Judgement['verdict']['kind']) =>
  row.judgements.filter(({ verdict }) => verdict.kind === kind)

function detailLines(row: Row, indent: number, frame: Frame): readonly string[] {
  return [
    ...violationLines(row, indent, frame),
    ...ofKind(row, 'waived').flatMap(judgement => waivedLines(judgement, indent, frame)),
    ...reasonLines(ofKind(row, 'not-applicable'), row, indent, frame),
    ...(frame.full ? ofKind(row, 'holds').map(each => holdsLine(each, indent, frame)) : []),
  ]
}

/** The violations of an invariant, then its reason and the incidents behind it. */
function violationLines(row: Row, indent: number, frame: Frame): readonly string[] {
  const violated = ofKind(row, 'violated')
  if (violated.length === 0) return []
  const { paint, width, full } = frame
  const margin = ' '.repeat(indent)
  const shown = violated.slice(0, full ? undefined : mostSubjects)
  const hidden = violated.length - shown.length
  const more = `and ${hidden} more like this: see the report, or --full`
  const { name, clauses, reason, stories } = row.info
  const background = [
    ...(reason === '' ? [] : [{ label: 'why', text: reason }]),
    ...stories.map(text => ({ label: 'incident', text })),
  ]
  return [
    `${margin}${paint('quiet', `${name} · ${clauses.join(', ')}`)}`,
    ...shown.flatMap(judgement => findingLines(judgement, indent, frame)),
    ...(hidden === 0 ? [] : [`${margin}${paint('quiet', more)}`]),
    ...factLines(background, { indent: indent + 2, width, paint }),
  ]
}

const factsOf = ({ seen, expected, remedy }: Finding) => [
  { label: 'seen', text: seen },
  { label: 'expected', text: expected },
  { label: 'remedy', text: remedy },
]

function findingLines(
  { subject, verdict }: Judgement,
  indent: number,
  { paint, width }: Frame,
): readonly string[] {
  if (verdict.kind !== 'violated') return []
  return verdict.findings.flatMap(finding => [
    `${' '.repeat(indent)}${oneLine(subject)}  ${paint('bad', oneLine(finding.code))}`,
    ...factLines(factsOf(finding), { indent: indent + 2, width, paint }),
  ])
}

/** Why an invariant does not apply, once for each reason. */
function reasonLines(
  judgements: readonly Judgement[],
  row: Row,
  indent: number,
  { paint, width, full }: Frame,
): readonly string[] {
  return groupBy(judgements, reasonOf).flatMap(({ key, items }) => {
    const names = items.map(({ subject }) => oneLine(subject))
    const isAll = items.length === row.judgements.length && !full
    const subjects = isAll ? '' : `${some(names, full ? names.length : mostSubjects)}: `
    return wrap(`${subjects}${key}`, width - indent - 2).map(
      (part, index) => `${' '.repeat(indent + (index === 0 ? 0 : 2))}${paint('quiet', part)}`,
    )
  })
}

function waivedLines(
  { subject, verdict }: Judgement,
  indent: number,
  { paint, width, full }: Frame,
): readonly string[] {
  if (verdict.kind !== 'waived') return []
  const { owner, until, reason } = verdict.waiver
  const codes = verdict.findings.map(({ code }) => code).join(', ')
  const head = [
    oneLine(subject),
    `${oneLine(owner)}, ${daysLeftText(verdict.daysLeft)}`,
    oneLine(codes),
  ].join(' · ')
  const text = clip(head, full ? Infinity : width - indent)
  const line = `${' '.repeat(indent)}${paint('waived', text)}`
  if (!full) return [line]
  const facts = [
    { label: 'until', text: until },
    { label: 'reason', text: reason },
  ]
  return [line, ...factLines(facts, { indent: indent + 2, width, paint })]
}

const holdsLine = ({ subject }: Judgement, indent: number, { paint }: Frame): string =>
  `${' '.repeat(indent)}${paint('good', '✓')} ${paint('quiet', oneLine(subject))}`
