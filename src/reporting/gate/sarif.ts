// A gate's report as SARIF 2.1.0, for code scanning: relative places, fingerprints that survive a
// move, waivers as suppressions.
import type { GateFinding, GateReport, GateRule } from '#src/model/index.ts'
import { clean } from '#src/reporting/text.ts'
import { summaryOf, objectInWords, sourceOf, withoutFullStop, waiverInWords } from './phrases.ts'

/** Where relative paths begin. @source SARIF 2.1.0, 3.4.4: uriBaseId */
const base = '%SRCROOT%'

/** A path as a relative URI: every part encoded, slashes kept. */
const uri = (file: string): string =>
  file
    .split('/')
    .map(part => encodeURIComponent(part.toWellFormed()))
    .join('/')

/** A stream has no place in the source tree. */
const isFile = (file: string): boolean =>
  !file.startsWith('<') && !file.startsWith('/') && !file.startsWith('../')

const text = (words: string): { text: string } => ({ text: clean(words) })

function ruleOf(rule: GateRule, report: GateReport): object {
  const clauses = rule.clauses.length === 0 ? '' : `\n\nClauses: ${rule.clauses.join(', ')}.`
  return {
    id: rule.name,
    name: rule.name
      .split('-')
      .map(part => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)
      .join(''),
    shortDescription: text(rule.title),
    fullDescription: text(`${rule.title}. ${rule.reason}`),
    help: {
      ...text(`${rule.title}. ${rule.reason}.${clauses}`),
      markdown: clean(
        `**${rule.title}**\n\n${rule.reason}.${clauses}${clauses === '' ? '' : `\n\n\`holdfast explain ${rule.name} --cluster ${report.cluster}\` tells more.`}`,
      ),
    },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['kubernetes', 'resilience', ...rule.clauses] },
  }
}

const region = ({ line, column, endLine, endColumn }: GateFinding): object => ({
  startLine: line,
  startColumn: column,
  endLine,
  ...(endLine > line || endColumn > column ? { endColumn } : {}),
})

function resultOf(finding: GateFinding, index: number): object {
  const { file, object, rule, code, reason, status, waiver, fingerprint, clauses } = finding
  const source = sourceOf(file)
  return {
    ruleId: rule,
    ...(index < 0 ? {} : { ruleIndex: index }),
    level: 'error',
    kind: 'fail',
    message: text(`${summaryOf(finding)}. Why: ${withoutFullStop(reason)}.`),
    locations: [
      {
        physicalLocation: {
          artifactLocation: isFile(file)
            ? { uri: uri(source.file), uriBaseId: base }
            : {
                uri: uri(file.replaceAll(/[<>]/g, '').replace(/^(?:\.\.\/|\/)+/, '')),
                description: text(file),
              },
          ...(source.lines ? { region: region(finding) } : {}),
        },
        ...(object === undefined
          ? {}
          : {
              logicalLocations: [
                {
                  fullyQualifiedName: clean(
                    [objectInWords(object), ...object.path.map(String)].join('/'),
                  ),
                  kind: 'resource',
                },
              ],
            }),
      },
    ],
    // GitHub knows a result by the second one only, and would take all findings of a line for one.
    partialFingerprints: {
      'holdfast/v1': fingerprint,
      primaryLocationLineHash: `${fingerprint}:1`,
    },
    baselineState: status === 'baseline' ? 'unchanged' : 'new',
    // Empty says that somebody looked and found none.
    suppressions:
      waiver === undefined
        ? []
        : [
            {
              kind: waiver.from === 'object' ? 'inSource' : 'external',
              status: 'accepted',
              justification: clean(waiverInWords(finding)),
            },
          ],
    properties: { code: clean(code), clauses },
  }
}

/**
 * The report as SARIF 2.1.0, with its last newline. Paths are relative to the folder in which the
 * gate was started.
 */
export function gateSarif(report: GateReport, { root }: { root?: string } = {}): string {
  const index = new Map(report.rules.map(({ name }, at) => [name, at]))
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'holdfast',
            semanticVersion: report.holdfast,
            rules: report.rules.map(rule => ruleOf(rule, report)),
          },
        },
        automationDetails: { id: `holdfast-gate/${report.cluster}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {
          [base]: {
            ...(root === undefined
              ? {}
              : { uri: `file://${uri(root.endsWith('/') ? root : `${root}/`)}` }),
            description: text('the folder in which the gate was started'),
          },
        },
        invocations: [
          {
            // A tool that could not look at everything has not succeeded.
            executionSuccessful: report.unknowns.length === 0,
            exitCode: report.exitCode,
            startTimeUtc: new Date(report.startedAt).toISOString(),
            endTimeUtc: new Date(report.endedAt).toISOString(),
            toolExecutionNotifications: [
              ...report.unknowns.map(({ file, line, message, remedy, code }) => ({
                level: 'error',
                descriptor: { id: code },
                message: text(`${withoutFullStop(message)}. Remedy: ${remedy}`),
                ...(file === undefined || !isFile(file)
                  ? {}
                  : {
                      locations: [
                        {
                          physicalLocation: {
                            artifactLocation: { uri: uri(sourceOf(file).file), uriBaseId: base },
                            ...(line === undefined ? {} : { region: { startLine: line } }),
                          },
                        },
                      ],
                    }),
              })),
              ...report.notes.map(({ code, message, file }) => ({
                level: 'note',
                descriptor: { id: code },
                message: text(file === '' ? message : `${file}: ${message}`),
              })),
            ],
          },
        ],
        results: report.findings.map(finding => resultOf(finding, index.get(finding.rule) ?? -1)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}
