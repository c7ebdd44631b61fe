// A gate's report as openreports.io objects: one Report per namespace, and one ClusterReport for
// the rest.
import type { GateFinding, GateReport, GateUnknown, Place } from '#src/model/index.ts'
import { clean, clip } from '#src/reporting/text.ts'
import {
  summaryOf,
  objectInWords,
  placeInWords,
  touchedIn,
  withoutFullStop,
  waiverInWords,
} from './phrases.ts'

/** @source openreports.io/v1alpha1: results[].result */
type Result = 'pass' | 'fail' | 'warn' | 'error' | 'skip'

interface Entry {
  result: Result
  namespace: string | undefined
  body: Record<string, unknown>
}

/** Characters of a message. @source chosen: an object of the API has at most 1.5 MiB */
const longest = 1_000

// JSON leaves out the members that are undefined.

const resource = ({ apiVersion, kind, namespace, name }: Place): object => ({
  apiVersion,
  kind,
  namespace,
  name,
})

const results = { violated: 'fail', waived: 'skip', baseline: 'warn' } as const satisfies Record<
  GateFinding['status'],
  Result
>

const timestamp = (ms: number): object => ({
  seconds: Math.floor(ms / 1000),
  nanos: (ms % 1000) * 1_000_000,
})

function ofFinding(finding: GateFinding, report: GateReport): Entry {
  const { object, rule, code, clauses, status, waiver, fingerprint } = finding
  return {
    result: results[status],
    namespace: object?.namespace,
    body: {
      source: 'holdfast',
      policy: clauses[0] ?? rule,
      rule,
      category: 'gate',
      severity: 'high',
      result: results[status],
      scored: true,
      timestamp: timestamp(report.endedAt),
      message: clip(clean(summaryOf(finding)), longest),
      resources: object && [resource(object)],
      properties: {
        code: clean(code),
        place: clean(placeInWords(finding)),
        fingerprint,
        clauses: clauses.length === 0 ? undefined : clauses.join(', '),
        waiver: waiver && clean(waiverInWords(finding)),
        'waiver-owner': waiver?.owner,
        'waiver-until': waiver?.until,
      },
    },
  }
}

const ofUnknown = (unknown: GateUnknown, report: GateReport): Entry => ({
  result: 'error',
  namespace: undefined,
  body: {
    source: 'holdfast',
    policy: 'files-can-be-read',
    rule: 'files-can-be-read',
    category: 'gate',
    severity: 'high',
    result: 'error',
    scored: true,
    timestamp: timestamp(report.endedAt),
    message: clip(clean(`${withoutFullStop(unknown.message)}. Remedy: ${unknown.remedy}`), longest),
    properties: { code: clean(unknown.code), place: clean(placeInWords(unknown)) },
  },
})

const ofObject = (place: Place, report: GateReport): Entry => ({
  result: 'pass',
  namespace: place.namespace,
  body: {
    source: 'holdfast',
    policy: 'gate',
    rule: 'gate',
    category: 'gate',
    result: 'pass',
    scored: true,
    timestamp: timestamp(report.endedAt),
    message: `${objectInWords(place)} keeps all ${report.rules.length} rules`,
    resources: [resource(place)],
  },
})

function reportOf(
  namespace: string | undefined,
  entries: readonly Entry[],
  report: GateReport,
): object {
  const of = (result: Result): number => entries.filter(entry => entry.result === result).length
  return {
    apiVersion: 'openreports.io/v1alpha1',
    kind: namespace === undefined ? 'ClusterReport' : 'Report',
    metadata: {
      name: `holdfast-gate-${report.cluster}`,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'holdfast' },
      annotations: {
        'holdfast.dev/version': report.holdfast,
        'holdfast.dev/kubernetes': report.kubernetes,
      },
    },
    source: 'holdfast',
    summary: {
      pass: of('pass'),
      fail: of('fail'),
      warn: of('warn'),
      error: of('error'),
      skip: of('skip'),
    },
    results: entries.map(({ body }) => body),
  }
}

/** The report as a List of openreports.io objects in JSON, ready for kubectl apply. */
export function gateOpenReports(report: GateReport): string {
  const touched = touchedIn(report.findings)
  const clear = report.objects
    .filter(({ place }) => !touched.has(objectInWords(place)))
    .map(({ place }) => ofObject(place, report))
  const entries = [
    ...report.findings.map(finding => ofFinding(finding, report)),
    ...report.unknowns.map(unknown => ofUnknown(unknown, report)),
    ...clear,
  ]
  const items = [...Map.groupBy(entries, ({ namespace }) => namespace)]
    .toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))
    .map(([namespace, own]) => reportOf(namespace, own, report))
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`
}
