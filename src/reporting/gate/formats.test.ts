// The formats of a gate's report: each fits the schema of its readers and has the content of the
// report.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import type { GateReport } from '#src/model/index.ts'
import { all, parseMarkup } from '#tests/reporting/sample-markup.ts'
import { gateGithub } from './github.ts'
import { fingerprintsOf, readGateReport } from './baseline.ts'
import { gateJson } from './json.ts'
import { gateJunit } from './junit.ts'
import { gateOpenReports } from './openreports.ts'
import { clean, hostile, sample } from './sample.ts'
import { gateSarif } from './sarif.ts'

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
const reports: readonly (readonly [string, GateReport])[] = [
  ['one of everything', sample],
  ['nothing', clean],
  ['hostile texts', hostile],
]
const ajv = new Ajv({
  strict: false,
  validateFormats: false,
  allErrors: true,
  unicodeRegExp: false,
})

interface Sarif {
  runs: {
    tool: { driver: { rules: { id: string; help: { text: string } }[] } }
    invocations: {
      executionSuccessful: boolean
      exitCode: number
      toolExecutionNotifications: { level: string; message: { text: string } }[]
    }[]
    results: {
      ruleId: string
      ruleIndex: number
      baselineState: string
      message: { text: string }
      partialFingerprints: Record<string, string>
      suppressions: { kind: string; justification: string }[]
      locations: {
        physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region: object }
      }[]
    }[]
  }[]
}
// The first test validates this type by the schema of SARIF.
const sarif = (report: GateReport, root?: string): Sarif =>
  JSON.parse(gateSarif(report, root === undefined ? {} : { root })) as Sarif

describe('SARIF', () => {
  const validate = ajv.compile(JSON.parse(fixture('sarif-2.1.0.json')) as object)

  test.for(reports)('of %s fits its published schema', ([, report]) => {
    expect([validate(sarif(report, '/home/someone/repo')), validate.errors]).toEqual([true, null])
  })

  test('with a line 0 breaks the schema', () => {
    expect(
      validate({
        version: '2.1.0',
        runs: [
          {
            tool: { driver: { name: 'x' } },
            results: [
              {
                message: { text: 'x' },
                locations: [{ physicalLocation: { region: { startLine: 0 } } }],
              },
            ],
          },
        ],
      }),
    ).toBe(false)
  })

  test('has relative URIs below a base, and regions with columns', () => {
    expect(sarif(sample).runs[0]?.results[0]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'k8s/web.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 11, startColumn: 11, endLine: 11, endColumn: 20 },
    })
    expect(
      sarif(hostile).runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri,
    ).toBe('k8s/a%20b%2Cc%3A%250A%3A%3Aerror%3A%3A%C3%A9%E2%80%A8.yaml')
  })

  test('of a stream names no file of the source tree', () => {
    const [first] = sample.findings
    const stream = { ...sample, findings: [{ ...first!, file: '<stdin>' }] }
    expect(
      sarif(stream).runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation,
    ).toEqual({ uri: 'stdin', description: { text: '<stdin>' } })
  })

  test('of a rendered file names its source, without lines', () => {
    const [first] = sample.findings
    const made = {
      ...sample,
      findings: [{ ...first!, file: 'chart/templates/web.yaml (rendered)' }],
    }
    expect(sarif(made).runs[0]?.results[0]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'chart/templates/web.yaml', uriBaseId: '%SRCROOT%' },
    })
    expect(gateGithub({ ...made, unknowns: [], notes: [] })).toMatch(
      /^::error file=chart\/templates\/web\.yaml,title=/,
    )
  })

  test('has waivers as suppressions, and findings of the baseline as unchanged', () => {
    expect(
      sarif(sample).runs[0]?.results.map(({ ruleId, baselineState, suppressions }) => [
        ruleId,
        baselineState,
        suppressions.map(({ kind, justification }) => `${kind}: ${justification}`),
      ]),
    ).toEqual([
      ['containers-have-probes', 'new', []],
      ['containers-have-probes', 'new', []],
      ['images-are-pinned', 'new', []],
      ['no-plain-secrets', 'new', []],
      ['containers-have-probes', 'new', ['external: waived by joel until 2027-01-31: a known gap']],
      [
        'containers-have-probes',
        'new',
        ['inSource: waived by kim until 2027-02-28 on the object: asked upstream'],
      ],
      ['containers-have-probes', 'unchanged', []],
    ])
  })

  test('explains its rules, and each result points to its rule', () => {
    const [run] = sarif(sample).runs
    expect(run?.tool.driver.rules.map(({ id, help }) => [id, help.text])).toEqual([
      [
        'containers-have-probes',
        'every long-running container has probes. without them a hung process stays Running.' +
          '\n\nClauses: probes.startup, probes.liveness.',
      ],
      [
        'images-are-pinned',
        'every image is pinned by a digest or an unchanging tag. ' +
          'a tag that moves runs something else.\n\nClauses: services.images-pinned.',
      ],
      ['no-plain-secrets', 'no manifest contains a secret. everybody can read what is committed.'],
    ])
    for (const { ruleId, ruleIndex } of run?.results ?? [])
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
  })

  test('with an unknown has not succeeded', () => {
    expect(
      [sample, clean]
        .map(report => sarif(report).runs[0]?.invocations[0])
        .map(invocation => [
          invocation?.executionSuccessful,
          invocation?.exitCode,
          invocation?.toolExecutionNotifications.map(
            ({ level, message }) => `${level}: ${message.text}`,
          ),
        ]),
    ).toEqual([
      [
        false,
        1,
        [
          'error: it is nested too deep. Remedy: write it flatter',
          'error: no helm is installed. Remedy: install helm',
          'note: k8s/values.yaml: the values of a Helm chart',
          'note: k8s/web.yaml: an annotation exempts it from every check of Polaris',
        ],
      ],
      [true, 0, []],
    ])
  })

  test('has the same fingerprints for findings that have moved', () => {
    const moved = {
      ...sample,
      findings: sample.findings.map(finding => ({
        ...finding,
        line: finding.line + 7,
        endLine: finding.endLine + 7,
      })),
    }
    const prints = (report: GateReport): unknown =>
      sarif(report).runs[0]?.results.map(({ partialFingerprints }) => partialFingerprints)
    expect(prints(moved)).toEqual(prints(sample))
  })
})

describe('JUnit', () => {
  test.for(reports)(
    'of %s fits the schema of Jenkins, and its totals are right',
    async ([, report]) => {
      const xml = gateJunit(report)
      const { valid, errors } = await validateXML({
        xml: { fileName: 'gate.xml', contents: xml },
        schema: { fileName: 'junit-10.xsd', contents: fixture('junit-10.xsd') },
      })
      expect([valid, errors]).toEqual([true, []])
      const root = parseMarkup(xml)
      const [cases, failures, errored] = ['testcase', 'failure', 'error'].map(name =>
        all(root, element => element.name === name),
      )
      expect([cases?.length, failures?.length, errored?.length].map(String)).toEqual([
        root.attributes['tests'],
        root.attributes['failures'],
        root.attributes['errors'],
      ])
    },
  )

  test('has a suite for each file, with its clean objects, findings and unknowns', () => {
    const suites = all(parseMarkup(gateJunit(sample)), element => element.name === 'testsuite')
    expect(
      suites.map(suite =>
        [
          suite.attributes['name'],
          suite.attributes['tests'],
          suite.attributes['failures'],
          suite.attributes['errors'],
          suite.attributes['skipped'],
        ].join(' '),
      ),
    ).toEqual(['k8s/broken.yaml 1 0 1 0', 'k8s/web.yaml 7 4 0 3', 'the gate itself 1 0 1 0'])
    expect(
      all(parseMarkup(gateJunit(clean)), element => element.name === 'testcase').map(
        ({ attributes }) => `${attributes['classname']} ${attributes['name']}`,
      ),
    ).toEqual(['3 rules Deployment joelclaw/web', '3 rules ClusterRole reader'])
  })

  test('has the whole finding in the message of a failure', () => {
    const [failure] = all(parseMarkup(gateJunit(sample)), element => element.name === 'failure')
    expect(failure?.attributes).toEqual({
      type: 'probe-missing:startup',
      message:
        'Deployment joelclaw/web: container main has no startup probe; ' +
        'expected a startup probe. Remedy: add startupProbe',
    })
  })
})

describe('OpenReports', () => {
  const schemas = JSON.parse(fixture('openreports-v1alpha1.json')) as Record<string, object>
  interface Items {
    items: {
      kind: string
      metadata: { name: string; namespace?: string }
      summary: Record<string, number>
      results: { result: string; message: string }[]
    }[]
  }
  // The first test validates this type by the schemas of OpenReports.
  const items = (report: GateReport): Items['items'] =>
    (JSON.parse(gateOpenReports(report)) as Items).items

  test.for(reports)('of %s fit the schemas of their CustomResourceDefinitions', ([, report]) => {
    for (const item of items(report)) {
      const validate = ajv.compile(schemas[item.kind] ?? false)
      expect([validate(item), validate.errors]).toEqual([true, null])
    }
  })

  test('are one for each namespace and one for the rest, with counts in their summaries', () => {
    expect(
      items(sample).map(({ kind, metadata, summary, results }) => [
        kind,
        metadata.namespace,
        summary,
        results.length,
      ]),
    ).toEqual([
      ['ClusterReport', undefined, { pass: 0, fail: 0, warn: 0, error: 2, skip: 1 }, 3],
      ['Report', 'joelclaw', { pass: 0, fail: 4, warn: 1, error: 0, skip: 1 }, 6],
    ])
    expect(items(clean).map(({ kind, summary }) => [kind, summary['pass']])).toEqual([
      ['ClusterReport', 1],
      ['Report', 1],
    ])
  })
})

describe('annotations of GitHub', () => {
  test('have one line for each finding; only findings that count are errors', async () => {
    await expect(gateGithub(sample)).toMatchFileSnapshot('snapshots/github.txt')
    expect(gateGithub(clean)).toBe('')
  })

  test('keep each text on its line', async () => {
    const lines = gateGithub(hostile).split('\n')
    expect(lines).toHaveLength(2)
    await expect(lines[0]).toMatchFileSnapshot('snapshots/github-hostile.txt')
  })
})

describe('JSON', () => {
  test.for(reports)('of %s reads back as the same report', ([, report]) => {
    expect(readGateReport('x.json', gateJson(report))).toEqual(JSON.parse(JSON.stringify(report)))
  })

  test('has the fingerprints of all findings, waived ones included', () => {
    expect(fingerprintsOf(sample).size).toBe(7)
  })

  test.for<[string, string]>([
    ['nonsense', 'x.json is not JSON: '],
    ['{}', 'x.json is not a report of holdfast gate: version: '],
    [
      gateJson({ ...sample, verb: 'check' as 'gate' }),
      'x.json is not a report of holdfast gate: verb: ',
    ],
  ])('that is no report is refused, with the command that makes one: %.12s', ([text, message]) => {
    expect(() => readGateReport('x.json', text)).toThrow(message)
    expect(() => readGateReport('x.json', text)).toThrow(
      'Make a baseline with holdfast gate … --format json=x.json',
    )
  })
})
