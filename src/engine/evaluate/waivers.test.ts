// Waivers: what they cover, until when, and what they never hide.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verdictRank, type Finding, type Verdict, type Waiver } from '#src/model/index.ts'
import { waive } from './waivers.ts'

const finding = (code: string): Finding => ({
  code,
  seen: `${code} is missing`,
  expected: `${code} is there`,
  remedy: `add ${code}`,
})
const violated = (...codes: readonly string[]): Verdict => ({
  kind: 'violated',
  findings: codes.map(finding),
})

const waiver = (change: Partial<Waiver> = {}): Waiver => ({
  invariant: 'probes',
  subject: 'redis',
  findings: ['startup'],
  owner: 'joel',
  reason: 'the chart does not offer it',
  until: '2026-11-30',
  ...change,
})

const noon = Date.parse('2026-11-21T12:00:00Z')
const day = 86_400_000

const waived = (verdict: Verdict, waivers: readonly Waiver[], now = noon): Verdict =>
  waive(verdict, 'probes', 'redis', waivers, now)

describe('a waiver', () => {
  test('turns the findings that it names into waived, with its owner and the days left', () => {
    expect(waived(violated('startup'), [waiver()])).toEqual({
      kind: 'waived',
      findings: [finding('startup')],
      waiver: waiver(),
      daysLeft: 10,
    })
  })

  test('holds all through its last day, in UTC, and not a moment longer', () => {
    const end = Date.parse('2026-12-01T00:00:00Z')
    expect(waived(violated('startup'), [waiver()], end - day)).toMatchObject({
      kind: 'waived',
      daysLeft: 1,
    })
    expect(waived(violated('startup'), [waiver()], end - 1)).toMatchObject({
      kind: 'waived',
      daysLeft: 1,
    })
    expect(waived(violated('startup'), [waiver()], end)).toMatchObject({ kind: 'violated' })
  })

  test('that has ended is a finding, with its owner and reason', () => {
    expect(waived(violated('startup'), [waiver({ until: '2026-11-20' })])).toEqual({
      kind: 'violated',
      findings: [
        finding('startup'),
        {
          code: 'waiver-expired',
          seen: 'the waiver of joel for startup ended on 2026-11-20',
          expected: 'a finding is mended or its waiver renewed before it ends',
          remedy:
            'mend it, or renew the waiver in the policy with a new day ' +
            '(its reason was: the chart does not offer it)',
        },
      ],
    })
  })

  test('that covers a part leaves the rest violated', () => {
    expect(waived(violated('startup', 'liveness'), [waiver()])).toEqual(violated('liveness'))
  })

  test('that has ended does not count once it is renewed, even with another finding', () => {
    const ended = waiver({ until: '2026-11-01', findings: ['startup', 'readiness'] })
    expect(waived(violated('startup'), [ended, waiver()])).toMatchObject({
      kind: 'waived',
      waiver: waiver(),
    })
    expect(waived(violated('startup', 'liveness'), [ended, waiver()])).toEqual(violated('liveness'))
  })

  test('of another invariant, subject or finding changes nothing', () => {
    for (const other of [
      { invariant: 'ports' },
      { subject: 'typesense' },
      { findings: ['liveness'] },
      { findings: ['liveness'], until: '2026-11-01' },
    ]) {
      expect(waived(violated('startup'), [waiver(other)])).toEqual(violated('startup'))
    }
  })

  test('is for violations only, never for an unknown verdict', () => {
    for (const verdict of [
      { kind: 'holds' },
      { kind: 'unknown', cause: { kind: 'doubtful', reason: 'silence' } },
      { kind: 'not-applicable', cause: { kind: 'no-subjects' } },
    ] as const) {
      expect(waived(verdict, [waiver()])).toBe(verdict)
    }
  })

  test('and another on the same subject join, with both owners and the earlier end', () => {
    const other = waiver({
      findings: ['liveness'],
      owner: 'kim',
      reason: 'it runs under a supervisor',
      until: '2026-11-23',
    })
    expect(waived(violated('startup', 'liveness'), [waiver(), other])).toEqual({
      kind: 'waived',
      findings: [finding('startup'), finding('liveness')],
      waiver: {
        ...waiver(),
        findings: ['startup', 'liveness'],
        owner: 'joel, kim',
        reason: 'the chart does not offer it; it runs under a supervisor',
        until: '2026-11-23',
      },
      daysLeft: 3,
    })
  })
})

describe('whatever is waived,', () => {
  const codes = ['a', 'b', 'c', 'd'] as const
  const someWaiver = fc
    .record({
      findings: fc.subarray([...codes], { minLength: 1 }),
      until: fc.constantFrom('2026-11-01', '2026-11-20', '2026-11-21', '2027-01-01'),
    })
    .map(change => waiver(change))
  const cases = fc.tuple(
    fc.subarray([...codes], { minLength: 1 }),
    fc.array(someWaiver, { maxLength: 4 }),
  )

  test('a finding that no valid waiver covers stays a violation, and none is lost', () => {
    fc.assert(
      fc.property(cases, ([found, waivers]) => {
        const covered = new Set(
          waivers.filter(({ until }) => until >= '2026-11-21').flatMap(({ findings }) => findings),
        )
        const open = found.filter(code => !covered.has(code))
        const verdict = waived(violated(...found), waivers)
        const left =
          'findings' in verdict
            ? verdict.findings.filter(({ code }) => code !== 'waiver-expired')
            : []
        expect([verdict.kind, left]).toEqual(
          open.length === 0 ? ['waived', found.map(finding)] : ['violated', open.map(finding)],
        )
      }),
    )
  })

  test('more found is never lighter, and the order of waivers decides nothing', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(...codes), ([found, waivers], more) => {
        const before = waived(violated(...found), waivers)
        expect(
          verdictRank.indexOf(waived(violated(...new Set([...found, more])), waivers).kind),
        ).toBeGreaterThanOrEqual(verdictRank.indexOf(before.kind))
        expect(waived(violated(...found), waivers.toReversed()).kind).toBe(before.kind)
      }),
    )
  })
})
