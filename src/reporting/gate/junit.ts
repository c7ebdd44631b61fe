// A gate's report as JUnit XML: a suite per file, a case per object that is in order and one per
// finding, as every reader takes it.
import type { GateFinding, GateReport, GateUnknown } from '#src/model/index.ts'
import { block, type Message, signs } from '#src/reporting/message.ts'
import { machineTime, seconds } from '#src/reporting/time.ts'
import { element, empty, leaf, type Attributes } from '#src/reporting/xml.ts'
import { summaryOf, objectInWords, placeInWords, touchedIn, waiverInWords } from './phrases.ts'

/** Lines of a message inside XML. */
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

/** Cases of a file: its objects without a finding, its findings, and what is unknown in it. */
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

/**
 * The report as JUnit XML. What is waived or was there before is skipped with its reason, what is
 * unknown is an error.
 */
export function gateJunit(report: GateReport): string {
  const findings = Map.groupBy(report.findings, ({ file }) => file)
  const unknowns = Map.groupBy(report.unknowns, ({ file }) => file ?? '')
  const objects = Map.groupBy(report.objects, ({ file }) => file)
  const files = [
    ...new Set([
      ...report.files,
      ...findings.keys(),
      ...objects.keys(),
      ...[...unknowns.keys()].filter(file => file !== ''),
    ]),
  ].toSorted()
  const suites = files.map(file => ({
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
  const all = [
    ...suites,
    ...(rest.length === 0 ? [] : [{ name: 'the gate itself', file: '', cases: rest }]),
  ]
  const properties: Readonly<Record<string, string>> = {
    cluster: report.cluster,
    kubernetes: report.kubernetes,
    exit: String(report.exitCode),
    'version.holdfast': report.holdfast,
  }
  const { tests, failures, errors } = totals(all.flatMap(({ cases }) => cases))
  const root = element(
    'testsuites',
    {
      name: `holdfast gate ${report.cluster}`,
      tests,
      failures,
      errors,
      time: seconds(report.endedAt - report.startedAt),
    },
    all.map(({ name, file, cases }, index) =>
      element(
        'testsuite',
        {
          name,
          ...(file === '' ? {} : { file }),
          ...totals(cases),
          timestamp: machineTime(report.startedAt),
          time: seconds(index === 0 ? report.endedAt - report.startedAt : 0),
        },
        [
          element(
            'properties',
            {},
            Object.entries(properties).map(([key, value]) =>
              empty('property', { name: key, value }),
            ),
          ),
          ...cases.map(({ xml }) => xml),
        ],
      ),
    ),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}
