// The verdicts on the screen: one line per invariant, and under it only what is not as it should
// be.
import { reasonOf } from '#src/reporting/sentences.ts'
import { nameOf, type Judgement, type Run } from '#src/model/index.ts'
import { daysLeftText, factLines, signs, type Fact } from '#src/reporting/message.ts'
import {
  countText,
  groupBy,
  otherUnanswered,
  sectionsOf,
  unknownReasons,
  type Reason,
  type Row,
} from '#src/reporting/verdict-counts.ts'
import { clip, widthOf, oneLine, padEnd, padStart, some, wrap } from '#src/reporting/text.ts'
import type { Frame } from './frame.ts'

/** Subjects shown in full before the rest is counted. */
const mostSubjects = 3
/** Unanswered questions shown before the rest is counted. */
const mostQuestions = 3

export function verdictLines(run: Run, frame: Frame): readonly string[] {
  const sections = sectionsOf(run)
  const rows = sections.flatMap(section => section.rows)
  const name = Math.max(0, ...sections.map(section => widthOf(section.name)))
  const counted = Math.max(0, ...rows.map(row => widthOf(countText(row))))
  // Two before the section, two after it, two for the sign, two before the count.
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

function rowLine(
  row: Row,
  section: string,
  columns: { name: number; description: number; counted: number },
  { paint, full }: Frame,
): string {
  const { symbol, tone } = signs[row.worst]
  const quiet = row.worst === 'holds' || row.worst === 'not-applicable'
  const counted = padStart(countText(row), columns.counted)
  return `  ${paint('strong', padEnd(section, columns.name))}  ${paint(tone, symbol)} ${padEnd(clip(oneLine(row.info.title), full ? Infinity : columns.description), columns.description)}  ${paint(quiet ? 'quiet' : tone, counted)}`
}

const ofKind = (row: Row, kind: Judgement['verdict']['kind']) =>
  row.judgements.filter(({ verdict }) => verdict.kind === kind)

function detailLines(row: Row, indent: number, frame: Frame): readonly string[] {
  const { paint, width, full } = frame
  const margin = ' '.repeat(indent)
  const open = ofKind(row, 'violated')
  const violated = open.slice(0, full ? undefined : mostSubjects)
  const hidden = open.length - violated.length
  return [
    ...(open.length === 0
      ? []
      : [`${margin}${paint('quiet', `${row.info.name} · ${row.info.clauses.join(', ')}`)}`]),
    ...violated.flatMap(judgement => violatedLines(judgement, indent, frame)),
    ...(hidden === 0
      ? []
      : [`${margin}${paint('quiet', `and ${hidden} more like this: see the report, or --full`)}`]),
    ...(open.length === 0 || row.info.reason === ''
      ? []
      : factLines([{ label: 'why', text: row.info.reason }], { indent: indent + 2, width, paint })),
    ...(open.length === 0
      ? []
      : factLines(
          row.info.stories.map(text => ({ label: 'incident', text })),
          { indent: indent + 2, width, paint },
        )),
    ...ofKind(row, 'waived').flatMap(judgement => waivedLines(judgement, indent, frame)),
    ...reasonLines(ofKind(row, 'not-applicable'), row, indent, frame),
    ...(full
      ? ofKind(row, 'holds').map(
          ({ subject }) => `${margin}${paint('good', '✓')} ${paint('quiet', oneLine(subject))}`,
        )
      : []),
  ]
}

function violatedLines(
  { subject, verdict }: Judgement,
  indent: number,
  { paint, width }: Frame,
): readonly string[] {
  if (verdict.kind !== 'violated') return []
  const margin = ' '.repeat(indent)
  return verdict.findings.flatMap(({ code, seen, expected, remedy }) => {
    const facts: readonly Fact[] = [
      { label: 'seen', text: seen },
      { label: 'expected', text: expected },
      { label: 'remedy', text: remedy },
    ]
    return [
      `${margin}${oneLine(subject)}  ${paint('bad', oneLine(code))}`,
      ...factLines(facts, { indent: indent + 2, width, paint }),
    ]
  })
}

/** Why something does not apply, once for each reason. */
function reasonLines(
  judgements: readonly Judgement[],
  row: Row,
  indent: number,
  { paint, width, full }: Frame,
): readonly string[] {
  return groupBy(judgements, reasonOf).flatMap(({ key, items }) => {
    const all = items.length === row.judgements.length && !full
    const subjects = all
      ? ''
      : `${some(
          items.map(({ subject }) => oneLine(subject)),
          full ? items.length : mostSubjects,
        )}: `
    return wrap(`${subjects}${key}`, width - indent - 2).map(
      (part, index) => `${' '.repeat(indent + (index === 0 ? 0 : 2))}${paint('quiet', part)}`,
    )
  })
}

/** What is unknown and why: one reason often stands for many verdicts. */
export function unknownLines(run: Run, { paint, width, full }: Frame): readonly string[] {
  const reasons = unknownReasons(run)
  const questions = otherUnanswered(run)
  const told = questions.slice(0, full ? undefined : mostQuestions)
  if (reasons.length + questions.length === 0) return []
  const entry = (text: string) =>
    wrap(text, width - 6).map((part, index) =>
      index === 0 ? `  ${paint('unknown', '?')} ${part}` : `      ${part}`,
    )
  const about = ({ judgements, invariants }: Reason) =>
    full
      ? judgements.map(nameInLine)
      : invariants.map(({ name, amount }) =>
          amount === 1 && judgements.length === 1
            ? nameInLine(judgements[0]!)
            : amount === 1
              ? name
              : `${name} (${amount})`,
        )
  return [
    '',
    paint('strong', 'unknown'),
    ...reasons.flatMap(reason => [
      ...entry(reason.why),
      ...wrap(about(reason).join(', '), width - 6).map(part => `      ${paint('quiet', part)}`),
    ]),
    ...told.flatMap(({ question, origin, why }) =>
      entry(`could not ${question}: ${why} (asked ${origin})`),
    ),
    ...(questions.length === told.length
      ? []
      : [
          paint(
            'quiet',
            `    and ${questions.length - told.length} more questions without an answer`,
          ),
        ]),
  ]
}

const nameInLine = (judgement: Judgement): string => oneLine(nameOf(judgement))

function waivedLines(
  { subject, verdict }: Judgement,
  indent: number,
  { paint, width, full }: Frame,
): readonly string[] {
  if (verdict.kind !== 'waived') return []
  const { owner, until, reason } = verdict.waiver
  const codes = verdict.findings.map(({ code }) => code).join(', ')
  const head = `${oneLine(subject)} · ${oneLine(owner)}, ${daysLeftText(verdict.daysLeft)} · ${oneLine(codes)}`
  return [
    `${' '.repeat(indent)}${paint('waived', clip(head, full ? Infinity : width - indent))}`,
    ...(full
      ? factLines(
          [
            { label: 'until', text: until },
            { label: 'reason', text: reason },
          ],
          { indent: indent + 2, width, paint },
        )
      : []),
  ]
}
