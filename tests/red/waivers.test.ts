// Waivers cover the findings that they name until their last day, and nothing else.
import { describe, expect, test } from 'vitest'
import { judgeAll } from '#src/engine/evaluate/judge.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { nameOf, type Policy, type Verdict, type Waiver } from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { boot, difference, joelclaw, type Verdicts } from './world.ts'

/** One evaluation of a healthy world. Only the policy that judges it changes. */
const { snapshot } = await evaluate(invariants, boot().runtime, joelclaw)

const judged = (policy: Policy, at = snapshot.endedAt): Verdicts =>
  new Map(
    judgeAll(invariants, { ...snapshot, endedAt: at }, policy).map(judgement => [
      nameOf(judgement),
      judgement.verdict,
    ]),
  )

const healthy = judged(joelclaw)

/** joelclaw's policy with other waivers. */
const waiving = (
  change: (waiver: Waiver) => readonly Waiver[],
  ...more: readonly Waiver[]
): Policy => ({
  ...joelclaw,
  waivers: [...joelclaw.waivers.flatMap(waiver => change(waiver)), ...more].map(waiver => ({
    ...waiver,
    findings: [...waiver.findings],
  })),
})

const only =
  (subject: string, change: (waiver: Waiver) => readonly Waiver[]) =>
  (waiver: Waiver): readonly Waiver[] =>
    waiver.subject === subject ? change(waiver) : [waiver]
const ending = (subject: string, until: string, finding?: string): Policy =>
  waiving(
    only(subject, waiver => [
      finding === undefined || waiver.findings.includes(finding) ? { ...waiver, until } : waiver,
    ]),
  )

/** Gaps of the manifests beyond probes. */
const manifestGaps = [
  'claims-are-registered · namespace aistor',
  'claims-are-registered · namespace joelclaw',
  'claims-name-their-class · namespace joelclaw',
  'containers-state-their-needs · namespace joelclaw',
  'images-are-pinned · namespace joelclaw',
  'images-start-from-cache · namespace joelclaw',
  'templates-tolerate-the-control-plane · namespace aistor',
  'templates-tolerate-the-control-plane · namespace joelclaw',
]
const redis = 'containers-have-probes · joelclaw/redis'
const typesense = 'containers-have-probes · joelclaw/typesense'
const pds = 'containers-have-probes · joelclaw/bluesky-pds'

const codes = (verdict: Verdict | undefined): readonly string[] =>
  verdict?.kind === 'violated' ? verdict.findings.map(finding => finding.code) : []

test('an expired waiver is a violation, in addition to what it covered', () => {
  const after = judged(ending('joelclaw/redis', '2026-11-19'))
  expect(difference(healthy, after)).toEqual({ [redis]: 'violated' })
  expect(after.get(redis)).toEqual({
    findings: [
      {
        at: {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          name: 'redis',
          namespace: 'joelclaw',
          path: ['spec', 'template', 'spec', 'containers', 0, 'startupProbe'],
        },
        code: 'probe-missing:startup',
        expected: 'a startup probe, which gives a slow start time before liveness counts',
        remedy: 'add startupProbe to container redis of StatefulSet joelclaw/redis',
        seen: 'container redis has no startup probe',
      },
      {
        code: 'waiver-expired',
        expected: 'a finding is mended or its waiver renewed before it ends',
        remedy:
          'mend it, or renew the waiver in the policy with a new day (its reason ' +
          'was: not on the list of ADR-0148; starts within seconds as long as its ' +
          'append-only file is small)',
        seen: 'the waiver of joel for probe-missing:startup ended on 2026-11-19',
      },
    ],
    kind: 'violated',
  })
})

describe('its last day', () => {
  test('is covered to its end', () => {
    const after = judged(ending('joelclaw/redis', '2026-11-20'))
    expect(difference(healthy, after)).toEqual({})
    expect(after.get(redis)).toMatchObject({ kind: 'waived', daysLeft: 1 })
  })

  test('ends with the day, in UTC', () => {
    const policy = ending('joelclaw/redis', '2026-11-20')
    const midnight = Date.parse('2026-11-21T00:00:00Z')
    expect([
      judged(policy, midnight - 1).get(redis)?.kind,
      judged(policy, midnight).get(redis)?.kind,
    ]).toEqual(['waived', 'violated'])
  })

  test('comes for each of joelclaw’s own waivers', () => {
    const open = (day: string): readonly string[] =>
      [...judged(joelclaw, Date.parse(day))]
        .flatMap(([name, verdict]) => (codes(verdict).includes('waiver-expired') ? [name] : []))
        .toSorted()
    expect(open('2027-01-31T23:59:59Z')).toEqual([])
    const first = [
      'claims-are-registered · namespace aistor',
      'containers-have-probes · joelclaw/system-bus-worker',
      typesense,
      'images-are-pinned · namespace joelclaw',
      'images-start-from-cache · namespace joelclaw',
    ]
    expect(open('2027-02-01T00:00:00Z')).toEqual(first)
    expect(open('2027-04-01T00:00:00Z')).toEqual(
      [
        ...first,
        pds,
        'containers-have-probes · joelclaw/inngest',
        redis,
        ...manifestGaps.filter(name => !first.includes(name)),
      ].toSorted(),
    )
  })
})

describe('a part', () => {
  test('covers only itself: the other parts are violated', () => {
    const after = judged(
      waiving(
        only('joelclaw/bluesky-pds', waiver => [
          { ...waiver, findings: ['probe-missing:readiness'] },
        ]),
      ),
    )
    expect(difference(healthy, after)).toEqual({ [pds]: 'violated' })
    expect(after.get(pds)).toEqual({
      findings: [
        {
          at: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'bluesky-pds',
            namespace: 'joelclaw',
            path: ['spec', 'template', 'spec', 'containers', 0, 'startupProbe'],
          },
          code: 'probe-missing:startup',
          expected: 'a startup probe, which gives a slow start time before liveness counts',
          remedy: 'add startupProbe to container bluesky-pds of Deployment joelclaw/bluesky-pds',
          seen: 'container bluesky-pds has no startup probe',
        },
      ],
      kind: 'violated',
    })
  })

  test('that has ended leaves the other part covered', () => {
    const after = judged(ending('joelclaw/typesense', '2026-11-01', 'probe-missing:startup'))
    expect(difference(healthy, after)).toEqual({ [typesense]: 'violated' })
    expect(codes(after.get(typesense))).toEqual(['probe-missing:startup', 'waiver-expired'])
  })

  test('that has ended and was renewed by another waiver is no finding', () => {
    const [old] = joelclaw.waivers.filter(({ subject }) => subject === 'joelclaw/redis')
    const after = judged(
      waiving(
        only('joelclaw/redis', waiver => [{ ...waiver, until: '2026-11-01' }]),
        { ...old!, until: '2026-12-31' },
      ),
    )
    expect(difference(healthy, after)).toEqual({})
    expect(after.get(redis)).toMatchObject({ kind: 'waived', waiver: { until: '2026-12-31' } })
  })
})

describe('a waiver without use', () => {
  const unused = (
    invariant: string,
    subject: string,
    findings: readonly string[],
    until = '2027-12-31',
  ): Waiver => ({
    invariant,
    subject,
    findings,
    owner: 'joel',
    reason: 'held for the case that it is needed',
    until,
  })

  test.each([
    [
      'for what holds',
      unused('nodes-are-schedulable', 'node joelclaw-controlplane-1', ['cordoned']),
    ],
    [
      'for what holds, and over',
      unused('nodes-are-schedulable', 'node joelclaw-controlplane-1', ['cordoned'], '2026-01-01'),
    ],
    [
      'for a subject that is not there',
      unused('containers-have-probes', 'joelclaw/nobody', ['probe-missing:startup']),
    ],
    [
      'for an invariant that is not there',
      unused('nobody-judges-this', 'joelclaw/redis', ['probe-missing:startup']),
    ],
    [
      'for another finding of a waived subject',
      unused('containers-have-probes', 'joelclaw/redis', ['probe-missing:liveness']),
    ],
  ])('%s changes nothing', (_, waiver) => {
    expect(judged(waiving(same => [same], waiver))).toEqual(healthy)
  })
})

test('without a waiver the gap is a violation', () => {
  expect(difference(healthy, judged(waiving(() => [])))).toEqual({
    [redis]: 'violated',
    [typesense]: 'violated',
    [pds]: 'violated',
    'containers-have-probes · joelclaw/inngest': 'violated',
    'containers-have-probes · joelclaw/system-bus-worker': 'violated',
    ...Object.fromEntries(manifestGaps.map(name => [name, 'violated' as const])),
  })
})

test('an unknown verdict is not waived', async () => {
  const world = boot()
  await world.command('kubectl', 'config', 'delete-context', 'admin@joelclaw-1')
  expect((await world.evaluate()).get(redis)?.kind).toBe('unknown')
})
