// The findings of a gate on the screen: by place with the lines of the file, then one line each.
import type { GateFinding } from '#src/model/index.ts'
import { codeFrame } from '#src/reporting/gate/code-frame.ts'
import {
  aboutIn,
  isCertain,
  objectInWords,
  placeInWords,
  waiverInWords,
} from '#src/reporting/gate/phrases.ts'
import { factLines } from '#src/reporting/message/layout.ts'
import { oneLine, wrap } from '#src/reporting/text.ts'
import type { Drawing } from './drawing.ts'

/** Findings shown in full before the rest gets one line each. */
const mostInFull = 40

const signs = {
  violated: { symbol: '×', tone: 'bad' },
  waived: { symbol: 'w', tone: 'waived' },
  baseline: { symbol: 'b', tone: 'quiet' },
} as const

/** `explains`: whether to add the reason and the clauses of the rule. */
function factsOf(finding: GateFinding, explains: boolean) {
  const { rule, clauses, code, expected, reason, remedy } = finding
  return [
    { label: 'expected', text: expected },
    { label: 'remedy', text: `${remedy}${isCertain(finding) ? ' (--fix does this)' : ''}` },
    ...(finding.status === 'waived' ? [{ label: 'waived', text: waiverInWords(finding) }] : []),
    ...(explains ? [{ label: 'why', text: reason }] : []),
    { label: 'rule', text: [rule, code, ...(explains ? clauses : [])].join(' · ') },
  ]
}

/** A finding in full. The first finding of a rule explains the rule. */
function fullLines(finding: GateFinding, { paint, width, explained }: Drawing): readonly string[] {
  const { symbol, tone } = signs[finding.status]
  const explains = !explained.has(finding.rule)
  explained.add(finding.rule)
  const [head = '', ...more] = wrap(oneLine(finding.seen), width - 6)
  return [
    `    ${paint(tone, symbol)} ${paint('strong', head)}`,
    ...more.map(part => `      ${paint('strong', part)}`),
    ...factLines(factsOf(finding, explains), { indent: 6, width, paint }),
  ]
}

/** All findings of one place, below the lines of the file. */
function placeLines(
  [first, ...rest]: readonly [GateFinding, ...GateFinding[]],
  drawing: Drawing,
): readonly string[] {
  const { paint, width, sources } = drawing
  const object = first.object === undefined ? '' : `  ${oneLine(objectInWords(first.object))}`
  const frame = codeFrame(sources.get(first.file), first, { width: width - 4, paint })
  return [
    `  ${paint('quiet', placeInWords(first))}${object}`,
    ...frame.map(line => `    ${line}`),
    ...[first, ...rest].flatMap(finding => fullLines(finding, drawing)),
    '',
  ]
}

function shortLine(finding: GateFinding, { paint }: Drawing): string {
  const { symbol, tone } = signs[finding.status]
  return [
    `  ${paint('quiet', placeInWords(finding))}`,
    paint(tone, symbol),
    oneLine(aboutIn(finding)),
    paint('quiet', finding.code),
  ].join(' ')
}

/** The first 40 findings in full, or all of them; the rest on one line each. */
export function findingLines(
  findings: readonly GateFinding[],
  drawing: Drawing,
): readonly string[] {
  const whole = drawing.full ? findings : findings.slice(0, mostInFull)
  const places = Map.groupBy(
    whole,
    finding => `${placeInWords(finding)} ${finding.object?.name ?? ''}`,
  )
  return [
    // A group has at least the finding that made it.
    ...[...places.values()].flatMap(place =>
      placeLines(place as [GateFinding, ...GateFinding[]], drawing),
    ),
    ...findings.slice(whole.length).map(finding => shortLine(finding, drawing)),
  ]
}
