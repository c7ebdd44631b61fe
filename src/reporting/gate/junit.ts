// A gate's report as JUnit XML: a suite per file, a case per clean object and per finding.
import type { GateFinding, GateReport, GateUnknown } from '#src/model/index.ts'
import type { Message } from '#src/reporting/message.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { block } from '#src/reporting/message/layout.ts'
import { machineTime, seconds } from '#src/reporting/time.ts'
import { element, empty, leaf, type Attributes } from '#src/reporting/xml.ts'
import { summaryOf, objectInWords, placeInWords, touchedIn, waiverInWords } from './phrases.ts'

/** Columns of a message inside XML. */
const width = 110

interface Case {
  xml: string
  result: 'passed' | 'failure' | 'error' | 'skipped'
}

const caseOf = (
  result: Case['result'],
  attributes: Attributes,
  children: readonly string[],
): Case => ({ result, xml: element('testcase', { ...attributes, time: seconds(0) }, children) })

function failureText(finding: GateFinding): string {
  const { rule, clauses, seen, expected, reason, remedy, code } = finding
  const message: Message = {
    sign: signs[finding.status === 'waived' ? 'waived' : 'violated'],
    about: placeInWords(finding),
    description: seen,
    clauses,
    gist: seen,
    facts: [
      ...(finding.object === undefined
        ? []
        : [{ label: 'object', text: objectInWords(finding.object) }]),
      { label: 'expected', text: expected },
      { label: 'remedy', text: remedy },
      { label: 'why', text: reason },
      { label: 'rule', text: `${rule} · ${code}` },
    ],
  }
  return block(message, { width })
}

function ofFinding(finding: GateFinding): Case {
  const { rule, code, object, line, status } = finding
  const attributes = {
    name: `${object === undefined ? 'file' : objectInWords(object)} · ${code} (line ${line})`,
    classname: rule,
  }
  if (status === 'violated')
    return caseOf('failure', attributes, [
      leaf('failure', { type: code, message: summaryOf(finding) }, failureText(finding)),
    ])
  return caseOf('skipped', attributes, [
    empty('skipped', {
      message: status === 'waived' ? waiverInWords(finding) : 'known from the baseline',
    }),
  ])
}

const ofUnknown = ({ code, message, remedy, line }: GateUnknown): Case =>
  caseOf(
    'error',
    { name: `${code}${line === undefined ? '' : ` (line ${line})`}`, classname: 'unknown' },
    [leaf('error', { type: code, message: message }, `${message}\nremedy: ${remedy}`)],
  )

function totals(
  cases: readonly Case[],
): Readonly<Record<'tests' | 'failures' | 'errors', number>> & { skipped: number } {
  const of = (result: Case['result']): number => cases.filter(each => each.result === result).length
  return {
    tests: cases.length,
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  }
}

/** The cases of a file: its clean objects, its findings and its unknowns. */
function casesOf(
  report: GateReport,
  findings: readonly GateFinding[],
  unknowns: readonly GateUnknown[],
  objects: GateReport['objects'],
): readonly Case[] {
  const touched = touchedIn(findings)
  const clean = objects.filter(({ place }) => !touched.has(objectInWords(place)))
  return [
    ...clean.map(({ place }) =>
      caseOf(
        'passed',
        { name: objectInWords(place), classname: `${report.rules.length} rules` },
        [],
      ),
    ),
    ...findings.map(ofFinding),
    ...unknowns.map(ofUnknown),
  ]
}

interface Suite {
  name: string
  /** Empty for unknowns without a file. */
  file: string
  cases: readonly Case[]
}

/** A suite per file, by name, and one for unknowns without a file. */
function suitesOf(report: GateReport): readonly Suite[] {
  const findings = Map.groupBy(report.findings, ({ file }) => file)
  const unknowns = Map.groupBy(report.unknowns, ({ file }) => file ?? '')
  const objects = Map.groupBy(report.objects, ({ file }) => file)
  const files = new Set([
    ...report.files,
    ...findings.keys(),
    ...objects.keys(),
    ...[...unknowns.keys()].filter(file => file !== ''),
  ])
  const suites = [...files].toSorted().map(file => ({
    name: file,
    file,
    cases: casesOf(
      report,
      findings.get(file) ?? [],
      unknowns.get(file) ?? [],
      objects.get(file) ?? [],
    ),
  }))
  const rest = (unknowns.get('') ?? []).map(ofUnknown)
  return rest.length === 0
    ? suites
    : [...suites, { name: 'the gate itself', file: '', cases: rest }]
}

/** The same properties for every suite: what was judged, and with which version. */
const propertiesOf = ({ cluster, kubernetes, exitCode, holdfast }: GateReport): string =>
  element(
    'properties',
    {},
    Object.entries({
      cluster,
      kubernetes,
      exit: String(exitCode),
      'version.holdfast': holdfast,
    }).map(([name, value]) => empty('property', { name, value })),
  )

const suiteXml = (
  { name, file, cases }: Suite,
  time: string,
  { properties, timestamp }: { properties: string; timestamp: string },
): string =>
  element(
    'testsuite',
    { name, ...(file === '' ? {} : { file }), ...totals(cases), timestamp, time },
    [properties, ...cases.map(({ xml }) => xml)],
  )

/**
 * The report as JUnit XML. Waived findings and those of the baseline are skipped with the reason;
 * an unknown is an error.
 */
export function gateJunit(report: GateReport): string {
  const suites = suitesOf(report)
  const { tests, failures, errors } = totals(suites.flatMap(({ cases }) => cases))
  const time = seconds(report.endedAt - report.startedAt)
  const shared = {
    properties: propertiesOf(report),
    timestamp: machineTime(report.startedAt),
  }
  const root = element(
    'testsuites',
    { name: `holdfast gate ${report.cluster}`, tests, failures, errors, time },
    suites.map((suite, index) => suiteXml(suite, index === 0 ? time : seconds(0), shared)),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}
