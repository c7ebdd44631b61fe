// The last line of a gate's screen: its totals, and what was judged.
import { formatDuration, type GateFinding, type GateReport } from '#src/model/index.ts'
import { isCertain, ofStatus, sizeInWords } from '#src/reporting/gate/phrases.ts'
import { count, widthOf } from '#src/reporting/text.ts'
import type { Drawing } from './drawing.ts'

/** The sign by exit code. */
const results = [
  ['good', '✓'],
  ['bad', '×'],
  ['unknown', '?'],
] as const

function findingsText(report: GateReport): string | undefined {
  const violated = ofStatus(report, 'violated')
  if (violated.length === 0) return undefined
  const fixable = violated.filter(isCertain).length
  const fixes = fixable === 0 ? '' : `, ${fixable} with a certain fix (--fix)`
  return `${count(violated.length, 'finding')}${fixes}`
}

const countText = (amount: number, word: string): string | undefined =>
  amount === 0 ? undefined : `${amount} ${word}`

function totals(report: GateReport): readonly string[] {
  const amountOf = (status: GateFinding['status']): number => ofStatus(report, status).length
  return [
    findingsText(report),
    countText(report.unknowns.length, 'unknown'),
    countText(amountOf('waived'), 'waived'),
    countText(amountOf('baseline'), 'known from the baseline'),
    sizeInWords(report),
    `policy ${report.cluster}`,
    `Kubernetes ${report.kubernetes}`,
    formatDuration(report.endedAt - report.startedAt),
  ].flatMap(part => part ?? [])
}

/** Parts joined by ` · `, in lines of at most `width`; the first line has `taken` columns less. */
function joined(parts: readonly string[], width: number, taken: number): readonly string[] {
  const lines = ['']
  for (const part of parts) {
    const last = lines.at(-1) ?? ''
    const indent = lines.length === 1 ? taken : 2
    if (widthOf(last) + 3 + widthOf(part) + indent > width) lines.push(part)
    else lines[lines.length - 1] = `${last} · ${part}`
  }
  return lines
}

/** The totals of a report. A clean report gets a single line of any length. */
export function summaryLine(report: GateReport, { paint, width }: Drawing): string {
  const isClean = report.exitCode === 0
  const [tone, symbol] = results[report.exitCode] ?? results[2]
  const [head = '', ...rest] = isClean ? ['clean', ...totals(report)] : totals(report)
  const [first = '', ...more] = joined(rest, isClean ? Infinity : width, widthOf(head) + 2)
  return [
    `${paint(tone, symbol)} ${paint('strong', head)}${first}`,
    ...more.map(line => `  ${line}`),
  ].join('\n')
}
