// A gate's report as GitHub workflow commands, which annotate the lines of a pull request.
import type { GateFinding, GateNote, GateReport, GateUnknown } from '#src/model/index.ts'
import { clean } from '#src/reporting/text.ts'
import { summaryOf, sourceOf, withoutFullStop, waiverInWords } from './phrases.ts'

/** @source GitHub Actions, workflow commands: data and properties are escaped differently */
const data = (text: string): string =>
  clean(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

type Properties = Readonly<Record<string, string | number | undefined>>

function command(name: 'error' | 'notice', properties: Properties, message: string): string {
  const list = Object.entries(properties)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${property(String(value))}`]))
    .join(',')
  return `::${name}${list === '' ? '' : ` ${list}`}::${data(message)}`
}

/** GitHub accepts columns only for findings within one line. */
function place({ file, line, endLine, column, endColumn }: GateFinding): Properties {
  const source = sourceOf(file)
  if (!source.lines) return { file: source.file }
  if (line !== endLine) return { file: source.file, line, endLine }
  const columns = { col: column, endColumn: Math.max(endColumn, column) }
  return { file: source.file, line, endLine, ...columns }
}

function ofFinding(finding: GateFinding): string {
  const remarks = {
    violated: '',
    waived: ` (${waiverInWords(finding)})`,
    baseline: ' (known from the baseline)',
  }
  return command(
    finding.status === 'violated' ? 'error' : 'notice',
    { ...place(finding), title: `${finding.rule}: ${finding.code}` },
    `${summaryOf(finding)}${remarks[finding.status]}`,
  )
}

const ofUnknown = ({ file, line, code, message, remedy }: GateUnknown): string =>
  command(
    'error',
    { file, line, title: `unknown: ${code}` },
    `${withoutFullStop(message)}. Remedy: ${remedy}`,
  )

const ofNote = ({ file, line, code, message }: GateNote): string =>
  command(
    'notice',
    { file: file === '' ? undefined : file, line: line === 0 ? undefined : line, title: code },
    message,
  )

/**
 * One line for each finding, unknown and note. Findings that are waived or known from the baseline
 * are notices.
 */
export const gateGithub = ({ findings, unknowns, notes }: GateReport): string =>
  [...findings.map(ofFinding), ...unknowns.map(ofUnknown), ...notes.map(ofNote)]
    .map(line => `${line}\n`)
    .join('')
