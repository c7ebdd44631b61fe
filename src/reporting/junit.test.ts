// junit.xml: its suites, cases and totals, and its form for any content.
import { describe, expect, test } from 'vitest'
import type { Run } from '#src/model/index.ts'
import { junit } from './junit.ts'
import { empty, green, left, planned, refused, sample, silent } from '#tests/reporting/sample.ts'
import { all, parseMarkup } from '#tests/reporting/sample-markup.ts'

const named = (name: string) => (element: { name: string }) => element.name === name
const suites = (run: Run) => all(parseMarkup(junit(run)), named('testsuite'))

describe('junit.xml', () => {
  test('of a drill that left something behind', async () => {
    await expect(junit(left)).toMatchFileSnapshot('snapshots/left-behind.xml')
  })
  test('has a suite for each section and one for the drills', () => {
    expect(
      suites(sample).map(({ attributes: { name, tests, failures, errors, skipped } }) =>
        [name, tests, failures, errors, skipped].join(' '),
      ),
    ).toEqual([
      'exposure 29 0 0 0',
      'probes 8 0 0 4',
      'endpoints 4 0 0 0',
      'recovery 19 0 0 0',
      'storage 8 1 0 0',
      'host 7 0 1 3',
      'services 3 0 0 0',
      'drills 11 2 1 1',
    ])
  })
  test('has a case for each invariant and subject', () => {
    const cases = all(suites(sample)[4]!, named('testcase'))
    expect(
      cases.map(
        ({ attributes, children }) =>
          `${attributes['classname']} ${attributes['name']}${children.length > 0 ? ' ×' : ''}`,
      ),
    ).toEqual([
      'storage.critical-claims-are-bound joelclaw/data-redis-0',
      'storage.critical-claims-are-bound joelclaw/data-typesense-0',
      'storage.critical-claims-are-bound joelclaw/data-inngest-0',
      'storage.critical-claims-are-bound joelclaw/bluesky-pds-data',
      'storage.critical-data-survive joelclaw/data-redis-0 ×',
      'storage.critical-data-survive joelclaw/data-typesense-0',
      'storage.critical-data-survive joelclaw/data-inngest-0',
      'storage.critical-data-survive joelclaw/bluesky-pds-data',
    ])
  })
  test('has unknown as an error, and waived and not applicable as skipped, with reasons', () => {
    const document = parseMarkup(junit(sample))
    expect(all(document, named('error')).map(({ attributes }) => attributes['message'])).toEqual([
      'the disks of the VM are below their limit: unknown: could not read the disks of the VM: ' +
        'ssh did not answer within 10.0 s (asked colima, 10.0 s)',
      'refused: the steady state does not hold: ' +
        'critical-data-survive · joelclaw/data-redis-0 (violated)',
    ])
    expect(
      new Set(
        all(document, named('skipped')).map(
          ({ attributes }) => attributes['message']?.split(':')[0],
        ),
      ),
    ).toEqual(
      new Set([
        'waived by joel, 131 days left',
        'waived by joel, 72 days left',
        'waived by joel, 10 days left',
        'not applicable',
        'not applicable here',
      ]),
    )
  })
  test('names the target, the seed and the versions in its properties', () => {
    const [properties] = all(parseMarkup(junit(sample)), named('properties'))
    expect(
      Object.fromEntries(
        all(properties!, named('property')).map(({ attributes }) => [
          attributes['name'],
          attributes['value'],
        ]),
      ),
    ).toEqual({
      cluster: 'joelclaw',
      target: 'lab',
      proof: 'LAB, a rehearsal: not proof about a live cluster',
      seed: '48151623',
      run: '2026-11-21T03-00-00Z-nightly',
      verb: 'nightly',
      exit: '4: a guard refused a drill',
      'version.colima': '0.10.1',
      'version.holdfast': '0.1.0',
      'version.kubernetes': 'v1.35.0',
      'version.node': '26.10.0',
      'version.talos': 'v1.12.4',
    })
  })
  test('has times in seconds, and totals that are the sums of its suites', () => {
    const root = parseMarkup(junit(sample))
    expect(
      all(root, named('testcase')).find(({ attributes }) => attributes['name'] === 'restart-colima')
        ?.attributes['time'],
    ).toBe('314.400')
    for (const total of ['tests', 'failures', 'errors', 'skipped']) {
      expect(root.attributes[total]).toBe(
        String(suites(sample).reduce((sum, { attributes }) => sum + Number(attributes[total]), 0)),
      )
    }
  })
  test.each<[string, Run]>([
    ['green', green],
    ['unknown', silent],
    ['refused', refused],
    ['plan', planned],
    ['empty', empty],
  ])('is well formed for a run that is %s', (_, run) => {
    expect(parseMarkup(junit(run)).name).toBe('testsuites')
  })
  test('is well formed for any text from a cluster', () => {
    const hostile = '</failure>]]> & "quoted" <b>\u001b[31m\u0000\u000b\ufffe\ud800\nnext'
    const run: Run = {
      ...planned,
      judgements: [
        {
          invariant: 'x"<',
          clauses: [],
          subject: hostile,
          verdict: {
            kind: 'violated',
            findings: [{ code: hostile, seen: hostile, expected: '', remedy: '' }],
          },
        },
      ],
    }
    const document = parseMarkup(junit(run))
    expect(all(document, named('testcase'))[0]?.attributes['name']).toBe(
      '</failure>]]> & "quoted" <b>␛[31m␀␋\ufffd\ufffd\nnext',
    )
    expect(all(document, named('failure'))).toHaveLength(1)
  })
})
