// Writes a gate's report as workflow commands: annotations on the lines of a pull request.
import type { GateFinding, GateReport } from '#src/model/index.ts'
import { clean } from '#src/reporting/text.ts'
import { summaryOf, sourceOf, withoutFullStop, waiverInWords } from './phrases.ts'

/** @source GitHub Actions, workflow commands: data and properties are escaped differently */
const data = (text: string): string =>
  clean(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

const command = (
  name: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string => {
  const told = Object.entries(properties)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${property(String(value))}`]))
    .join(',')
  return `::${name}${told === '' ? '' : ` ${told}`}::${data(message)}`
}

/** GitHub accepts columns only for findings within one line. */
const place = ({
  file,
  line,
  endLine,
  column,
  endColumn,
}: GateFinding): Readonly<Record<string, string | number | undefined>> => ({
  file: sourceOf(file).file,
  ...(sourceOf(file).lines
    ? {
        line,
        endLine,
        ...(line === endLine ? { col: column, endColumn: Math.max(endColumn, column) } : {}),
      }
    : {}),
})

/**
 * One line per finding and unknown; waived findings and those of the baseline are notices. Ends
 * with a newline unless empty.
 */
export function gateGithub(report: GateReport): string {
  const lines = [
    ...report.findings.map(finding => {
      const remarks = {
        violated: '',
        waived: ` (${waiverInWords(finding)})`,
        baseline: ' (known from the baseline)',
      }
      const message = `${summaryOf(finding)}${remarks[finding.status]}`
      return command(
        finding.status === 'violated' ? 'error' : 'notice',
        { ...place(finding), title: `${finding.rule}: ${finding.code}` },
        message,
      )
    }),
    ...report.unknowns.map(({ file, line, code, message, remedy }) =>
      command(
        'error',
        { file, line, title: `unknown: ${code}` },
        `${withoutFullStop(message)}. Remedy: ${remedy}`,
      ),
    ),
    ...report.notes.map(({ file, line, code, message }) =>
      command(
        'notice',
        { file: file === '' ? undefined : file, line: line === 0 ? undefined : line, title: code },
        message,
      ),
    ),
  ]
  return lines.map(line => `${line}\n`).join('')
}
