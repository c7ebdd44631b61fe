// A gate's report as SARIF 2.1.0, for code scanning: with relative paths, fingerprints that survive
// a move, and waivers as suppressions.
import type {
  GateFinding,
  GateNote,
  GateReport,
  GateRule,
  GateUnknown,
  Place,
} from '#src/model/index.ts'
import { clean } from '#src/reporting/text.ts'
import { summaryOf, objectInWords, sourceOf, withoutFullStop, waiverInWords } from './phrases.ts'

/** Where relative paths begin. @source SARIF 2.1.0, 3.4.4: uriBaseId */
const base = '%SRCROOT%'

/** A path as a relative URI: each segment encoded, slashes kept. */
const uri = (file: string): string =>
  file
    .split('/')
    .map(part => encodeURIComponent(part.toWellFormed()))
    .join('/')

const folderUri = (path: string): string => `file://${uri(path.endsWith('/') ? path : `${path}/`)}`

/** Whether a file is in the source tree: streams and absolute paths are not. */
const isFile = (file: string): boolean =>
  !file.startsWith('<') && !file.startsWith('/') && !file.startsWith('../')

const text = (words: string): { text: string } => ({ text: clean(words) })

function ruleOf(rule: GateRule, report: GateReport): object {
  const hasClauses = rule.clauses.length > 0
  const clauses = hasClauses ? `\n\nClauses: ${rule.clauses.join(', ')}.` : ''
  const explain = `holdfast explain ${rule.name} --cluster ${report.cluster}`
  const more = hasClauses ? `\n\n\`${explain}\` explains it.` : ''
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
      markdown: clean(`**${rule.title}**\n\n${rule.reason}.${clauses}${more}`),
    },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['kubernetes', 'resilience', ...rule.clauses] },
  }
}

// JSON leaves out the members that are undefined.

const region = ({ line, column, endLine, endColumn }: GateFinding): object => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn: endLine > line || endColumn > column ? endColumn : undefined,
})

const logicalLocation = (object: Place): object => ({
  fullyQualifiedName: clean([objectInWords(object), ...object.path.map(String)].join('/')),
  kind: 'resource',
})

function locationOf(finding: GateFinding): object {
  const { file, object } = finding
  const source = sourceOf(file)
  const artifactLocation = isFile(file)
    ? { uri: uri(source.file), uriBaseId: base }
    : {
        uri: uri(file.replaceAll(/[<>]/g, '').replace(/^(?:\.\.\/|\/)+/, '')),
        description: text(file),
      }
  return {
    physicalLocation: { artifactLocation, region: source.lines ? region(finding) : undefined },
    logicalLocations: object && [logicalLocation(object)],
  }
}

/** The waiver of a finding. An empty list states that there is none. */
function suppressionsOf(finding: GateFinding): readonly object[] {
  const { waiver } = finding
  if (waiver === undefined) return []
  const kind = waiver.from === 'object' ? 'inSource' : 'external'
  return [{ kind, status: 'accepted', justification: clean(waiverInWords(finding)) }]
}

function resultOf(finding: GateFinding, index: number): object {
  const { rule, code, reason, status, fingerprint, clauses } = finding
  return {
    ruleId: rule,
    ruleIndex: index < 0 ? undefined : index,
    level: 'error',
    kind: 'fail',
    message: text(`${summaryOf(finding)}. Why: ${withoutFullStop(reason)}.`),
    locations: [locationOf(finding)],
    // GitHub identifies a result by the second fingerprint only, and merges all results of a line
    // that share it.
    partialFingerprints: {
      'holdfast/v1': fingerprint,
      primaryLocationLineHash: `${fingerprint}:1`,
    },
    baselineState: status === 'baseline' ? 'unchanged' : 'new',
    suppressions: suppressionsOf(finding),
    properties: { code: clean(code), clauses },
  }
}

/** The location of an unknown; undefined for one outside of the source tree. */
function physicalLocation({ file, line }: GateUnknown): object | undefined {
  if (file === undefined || !isFile(file)) return undefined
  return {
    artifactLocation: { uri: uri(sourceOf(file).file), uriBaseId: base },
    region: line === undefined ? undefined : { startLine: line },
  }
}

function unknownNotification(unknown: GateUnknown): object {
  const at = physicalLocation(unknown)
  return {
    level: 'error',
    descriptor: { id: unknown.code },
    message: text(`${withoutFullStop(unknown.message)}. Remedy: ${unknown.remedy}`),
    locations: at && [{ physicalLocation: at }],
  }
}

const noteNotification = ({ code, message, file }: GateNote): object => ({
  level: 'note',
  descriptor: { id: code },
  message: text(file === '' ? message : `${file}: ${message}`),
})

const invocationOf = ({ unknowns, notes, exitCode, startedAt, endedAt }: GateReport): object => ({
  // A tool that could not judge everything has not succeeded.
  executionSuccessful: unknowns.length === 0,
  exitCode,
  startTimeUtc: new Date(startedAt).toISOString(),
  endTimeUtc: new Date(endedAt).toISOString(),
  toolExecutionNotifications: [
    ...unknowns.map(unknownNotification),
    ...notes.map(noteNotification),
  ],
})

/**
 * The report as SARIF 2.1.0, with a trailing newline. Paths are relative to `root`, the folder in
 * which the gate was started.
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
            uri: root === undefined ? undefined : folderUri(root),
            description: text('the folder in which the gate was started'),
          },
        },
        invocations: [invocationOf(report)],
        results: report.findings.map(finding => resultOf(finding, index.get(finding.rule) ?? -1)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}
