// report.json: written and read back, its schema, and the errors of reading it.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import type { Run } from '#src/model/index.ts'
import { ReportError } from './error.ts'
import { readRun, reportJson, runJsonSchema } from './json.ts'
import { empty, green, left, planned, refused, sample, silent } from '#tests/reporting/sample.ts'

const runs: readonly [string, Run][] = [
  ['green', green],
  ['red', sample],
  ['unknown', silent],
  ['refused', refused],
  ['left behind', left],
  ['plan', planned],
  ['empty', empty],
]

/** The same value with the members of every object in the opposite order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards)
  return value !== null && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, inner]) => [key, backwards(inner)]),
      )
    : value
}

const changed = (change: (run: { [key: string]: unknown }) => void): string => {
  const run = JSON.parse(reportJson(sample)) as { [key: string]: unknown }
  change(run)
  return JSON.stringify(run)
}

describe('report.json', () => {
  test.each(runs)('of a run that is %s reads back as the same run', (_, run) => {
    expect(readRun(reportJson(run))).toEqual(run)
  })
  test('has the same bytes for members in any order', () => {
    expect(reportJson(backwards(sample) as Run)).toBe(reportJson(sample))
  })
  test('begins with its version and its run, and ends with a newline', () => {
    const text = reportJson(sample)
    expect(text.split('\n').slice(0, 5)).toEqual([
      '{',
      '  "version": 1,',
      '  "id": "2026-11-21T03-00-00Z-nightly",',
      '  "verb": "nightly",',
      '  "cluster": "joelclaw",',
    ])
    expect(text.endsWith('}\n')).toBe(true)
  })
  test('fits its JSON Schema', () => {
    const validate = new Ajv2020({ strict: false, formats: { uuid: true } }).compile(
      runJsonSchema(),
    )
    for (const [, run] of runs)
      expect([validate(JSON.parse(reportJson(run))), validate.errors]).toEqual([true, null])
    expect(validate({ ...sample, seed: 'seven' })).toBe(false)
  })
  test('is not written for a run that could not be read back', () => {
    expect(() => reportJson({ ...sample, endedAt: Number.NaN }))
      .toThrowErrorMatchingInlineSnapshot(`
        [ReportError: The run 2026-11-21T03-00-00Z-nightly does not fit the schema of report.json:
          endedAt: Invalid input: expected number, received NaN; it is null
        This is a bug in holdfast, not in the cluster: the verdicts stand.]
      `)
  })
})

describe('reading', () => {
  test('names every member that breaks the schema', () => {
    const text = changed(run => {
      run['seed'] = 'seven'
      run['verb'] = 'chek'
      delete run['cluster']
      run['extra'] = 1
    })
    expect(() => readRun(text, 'reports/x/report.json')).toThrowErrorMatchingInlineSnapshot(`
      [ReportError: reports/x/report.json is not a holdfast report:
        verb: Invalid option: expected one of "check"|"drill"|"heal"|"nightly"|"gate"; it is "chek"
        cluster: Invalid input: expected string, received undefined; it is missing
        seed: Invalid input: expected number, received string; it is "seven"
        (top): Unrecognized key: "extra"]
    `)
  })
  test('refuses a newer version instead of guessing', () => {
    expect(() =>
      readRun(
        changed(run => {
          run['version'] = 2
        }),
      ),
    ).toThrow(
      new ReportError(
        "report.json has version 2 of the report's schema; this holdfast knows versions up to 1. " +
          'Read it with the holdfast that wrote it, or a newer one.',
        { path: 'report.json' },
      ),
    )
  })
  test('of a file that is cut off says that it is not JSON', () => {
    expect(() => readRun(reportJson(empty).slice(0, 100))).toThrow('report.json is not JSON:')
  })
})
