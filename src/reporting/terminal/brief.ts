// The parts of one screen: the causes of unknowns, then violations, then one line each for the
// rest. Each part has several forms, because it has to fit into the lines that the others leave.
import type { Judgement, Run, Verdict } from '#src/model/index.ts'
import { causesOf } from '#src/reporting/causes.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { countText, countKinds, sectionsOf, type Row } from '#src/reporting/verdict-counts.ts'
import { clip, count, widthOf, oneLine, padEnd, padStart } from '#src/reporting/text.ts'
import type { Frame } from './frame.ts'

/** The lines of a part in all its forms, from the longest to the shortest. */
export type Part = readonly (readonly string[])[]

/** The longest form that fits; if none does, the shortest form, cut. */
function fitted(part: Part, room: number, { paint }: Frame): readonly string[] {
  const form = part.find(lines => lines.length <= room)
  if (form !== undefined) return form
  const shortest = part.at(-1) ?? []
  if (room < 2) return shortest.slice(0, Math.max(0, room))
  const hidden = shortest.length - (room - 1)
  return [...shortest.slice(0, room - 1), paint('quiet', `    and ${hidden} more lines: --full`)]
}

/**
 * Fits parts into `room` lines, in the order of the screen. Every part gets the lines of its
 * shortest form; the remaining lines go to the parts from the top.
 */
export function fit(parts: readonly Part[], room: number, frame: Frame): readonly string[] {
  const least = parts.map(part => part.at(-1)?.length ?? 0)
  let left = room
  return parts.flatMap((part, index) => {
    const later = least.slice(index + 1).reduce((sum, lines) => sum + Math.min(lines, 8), 0)
    const lines = fitted(part, Math.max(0, left - later), frame)
    left -= lines.length
    return lines
  })
}

/** A text with a second one at the right edge. */
function withRight(text: string, right: string, { width }: Frame): string {
  const room = width - widthOf(right) - 2
  return `${padEnd(clip(text, room), room)}  ${right}`
}

/** Causes that a screen names before it counts the rest. */
const mostCauses = 6

/** One line for each source that did not answer and each other reason. */
export function causePart(run: Run, frame: Frame): Part {
  const causes = causesOf(run)
  if (causes.length === 0) return [[]]
  const { paint } = frame
  const line = ({ origin, why, judgements }: (typeof causes)[number]): string => {
    const amount = judgements.length === 0 ? '' : count(judgements.length, 'verdict')
    const text = `  ? ${origin === undefined ? '' : `${origin}: `}${oneLine(why)}`
    return paint('unknown', withRight(text, amount, frame))
  }
  return [mostCauses, 4].map(most => {
    const hidden = causes.slice(most)
    const verdicts = hidden.reduce((sum, { judgements }) => sum + judgements.length, 0)
    const unknown = count(verdicts, 'unknown verdict')
    const rest = `    and ${count(hidden.length, 'more cause')} of ${unknown}`
    return [
      '',
      paint('strong', 'unknown, because'),
      ...causes.slice(0, most).map(line),
      ...(hidden.length === 0 ? [] : [paint('quiet', rest)]),
    ]
  })
}

const violatedOf = ({ judgements }: Row): readonly Judgement[] =>
  judgements.filter(({ verdict }) => verdict.kind === 'violated')

const findingsOf = (verdict: Verdict) => (verdict.kind === 'violated' ? verdict.findings : [])

/** The first findings of an invariant: the subject, what was seen, and what to do. */
function findingLines(row: Row, most: number, { paint, width }: Frame): readonly string[] {
  const all = violatedOf(row).flatMap(({ subject, verdict }) =>
    findingsOf(verdict).map(finding => ({ subject, ...finding })),
  )
  const shown = all.slice(0, most).flatMap(({ subject, seen, remedy }, index, list) => [
    `      ${clip(`${oneLine(subject)}: ${oneLine(seen)}`, width - 6)}`,
    // Consecutive findings with the same remedy show it once.
    ...(list[index + 1]?.remedy === remedy
      ? []
      : [`      ${paint('quiet', clip(`→ ${oneLine(remedy)}`, width - 6))}`]),
  ])
  const hidden = all.length - Math.min(most, all.length)
  return hidden === 0
    ? shown
    : [...shown, `      ${paint('quiet', `and ${count(hidden, 'more finding')}`)}`]
}

/** The violated invariants, with as many findings as fit. */
export function violatedPart(run: Run, frame: Frame): Part {
  const rows = sectionsOf(run)
    .flatMap(section => section.rows)
    .filter(({ counts }) => counts.violated > 0)
  if (rows.length === 0) return [[]]
  const { paint } = frame
  const head = (row: Row): string =>
    paint('bad', withRight(`  × ${oneLine(row.info.title)}`, countText(row), frame))
  const form = (most: number): readonly string[] => [
    '',
    paint('strong', 'violated'),
    ...rows.flatMap(row => [head(row), ...(most === 0 ? [] : findingLines(row, most, frame))]),
  ]
  return [form(5), form(3), form(2), form(1), form(0)]
}

const quietKinds = ['holds', 'waived', 'not-applicable'] as const

/** One line for each kind of verdict that needs no action: how many, of how many invariants. */
export function tallyPart(run: Run, frame: Frame): Part {
  const amounts = countKinds(run.judgements)
  const kinds = quietKinds.filter(kind => amounts[kind] > 0)
  if (kinds.length === 0) return [[]]
  const { paint } = frame
  const width = Math.max(...kinds.map(kind => String(amounts[kind]).length))
  const line = (kind: (typeof quietKinds)[number]): string => {
    const mine = run.judgements.filter(({ verdict }) => verdict.kind === kind)
    const invariants = new Set(mine.map(({ invariant }) => invariant)).size
    const { symbol, word, tone } = signs[kind]
    const amount = padStart(String(mine.length), width)
    const verdicts = `${amount} ${mine.length === 1 ? 'verdict' : 'verdicts'}`
    const counts = `${verdicts} of ${count(invariants, 'invariant')}${ending(mine, kind)}`
    return `  ${paint(tone, symbol)} ${padEnd(word, 14)} ${paint('quiet', counts)}`
  }
  return [['', ...kinds.map(line)]]
}

/** The waiver that ends first; empty for verdicts that are not waived. */
function ending(judgements: readonly Judgement[], kind: Verdict['kind']): string {
  if (kind !== 'waived') return ''
  const [next] = judgements
    .flatMap(({ verdict }) => (verdict.kind === 'waived' ? [verdict] : []))
    .toSorted((a, b) => a.daysLeft - b.daysLeft)
  if (next === undefined) return ''
  return `; the next ends in ${count(next.daysLeft, 'day')} (${oneLine(next.waiver.owner)})`
}
