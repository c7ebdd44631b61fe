// Waivers of the policy, on objects and of other tools: what they cover, and their mistakes.
import { describe, expect, test } from 'vitest'
import { policyWith } from '#tests/model/policy.ts'
import type { Manifest, PolicyInput, Raised } from '#src/model/index.ts'
import { objectWaivers } from './annotations.ts'
import { deployment, manifestOf } from './fixture.ts'
import { placeOf } from './identity.ts'
import { waive } from './waivers.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const reason = 'the chart does not offer it; asked upstream'
const good = `containers-have-probes; owner=joel; until=2027-01-31; reason=${reason}`

const web = (annotations: Record<string, string> = {}): Manifest =>
  manifestOf(deployment('web', {}, { annotations }))
const raisedOn = (manifest: Manifest, code = 'probe-missing:startup'): Raised => {
  const path = ['spec', 'template', 'spec', 'containers', 0]
  return {
    rule: 'containers-have-probes',
    clauses: ['probes.startup'],
    subject: 'joelclaw/web',
    code,
    seen: 'no startup probe',
    expected: 'one',
    remedy: 'add it',
    reason: 'it hangs',
    at: placeOf(manifest, 'default', path),
    file: manifest.file,
    span: manifest.where(path),
  }
}
const outcome = (
  manifest: Manifest,
  {
    waivers = [],
    codes = ['probe-missing:startup'],
    partly = false,
  }: { waivers?: PolicyInput['waivers']; codes?: readonly string[]; partly?: boolean } = {},
): unknown => {
  const { findings, notes } = waive(
    codes.map(code => raisedOn(manifest, code)),
    [manifest],
    policyWith({ waivers }),
    { now, namespace: 'default', partly },
  )
  return {
    findings: findings.map(({ raised: { code, span }, waiver }) => {
      if (waiver === undefined) return `${code} at ${span.line}`
      const { owner, until, from, reason: why } = waiver
      return `${code} by ${owner} until ${until} (${from}): ${why}`
    }),
    notes: notes.map(({ code, line, message }) => `${code} at ${line}: ${message}`),
  }
}
const annotated = (text: string, suffix = ''): Manifest =>
  web({ [`holdfast.dev/waive${suffix}`]: text })

describe('a waiver on the object', () => {
  test('covers the findings of an invariant, and its reason may contain semicolons', () => {
    expect(outcome(annotated(good))).toEqual({
      findings: [`probe-missing:startup by joel until 2027-01-31 (object): ${reason}`],
      notes: [],
    })
  })

  test.for(['probe-missing:startup', 'probe-missing', 'containers-have-probes, something-else'])(
    'may name a code, a family of codes, or several: %s',
    name => {
      expect(outcome(annotated(good.replace('containers-have-probes', name)))).toMatchObject({
        findings: [expect.stringContaining('by joel')],
      })
    },
  )

  test('covers nothing else, and gets a note if it covers nothing', () => {
    expect(
      outcome(annotated(good.replace('containers-have-probes', 'probe-missing:liveness'))),
    ).toEqual({
      findings: ['probe-missing:startup at 19'],
      notes: [
        'waiver-idle at 8: holdfast.dev/waive of joel covers nothing on Deployment joelclaw/web: ' +
          'no finding is named probe-missing:liveness; remove it',
      ],
    })
  })

  test('is not idle if only some of the rules ran', () => {
    expect(outcome(annotated(good), { codes: [], partly: true })).toEqual({
      findings: [],
      notes: [],
    })
  })

  test('covers only findings of its own object', () => {
    const other = manifestOf(deployment('api', {}, { annotations: { 'holdfast.dev/waive': good } }))
    const { findings } = waive([raisedOn(web())], [web(), other], policyWith(), {
      now,
      namespace: 'default',
    })
    expect(findings.map(({ waiver }) => waiver)).toEqual([undefined])
  })

  test('can be one of several: with a suffix, or on a line of its own', () => {
    const read = (manifest: Manifest): unknown =>
      objectWaivers([manifest]).map(({ key, names, mistakes }) => [key, names, mistakes])
    expect(
      read(
        web({
          'holdfast.dev/waive-probes': good,
          'holdfast.dev/waive.images': good.replace('containers-have-probes', 'images'),
          'holdfast.dev/waived': 'not ours',
        }),
      ),
    ).toEqual([
      ['holdfast.dev/waive-probes', ['containers-have-probes'], []],
      ['holdfast.dev/waive.images', ['images'], []],
    ])
    expect(
      read(annotated(`${good}\n\n${good.replace('containers-have-probes', 'images')}\n`)),
    ).toEqual([
      ['holdfast.dev/waive', ['containers-have-probes'], []],
      ['holdfast.dev/waive', ['images'], []],
    ])
  })

  test('covers findings until the end of its last day in UTC', () => {
    const until = (day: string): unknown => outcome(annotated(good.replace('2027-01-31', day)))
    expect(until('2026-11-21')).toMatchObject({ findings: [expect.stringContaining('by joel')] })
    expect(until('2026-11-20')).toEqual({
      findings: ['probe-missing:startup at 19', 'waiver-expired at 8'],
      notes: [],
    })
  })

  test.for<[text: string, code: string, seen: string]>([
    [
      'containers-have-probes; until=2027-01-31; reason=because',
      'waiver-ownerless',
      'it has no owner',
    ],
    [
      'containers-have-probes; owner=; until=2027-01-31; reason=because',
      'waiver-ownerless',
      'it has no owner',
    ],
    ['containers-have-probes; owner=joel; reason=because', 'waiver-malformed', 'it has no “until”'],
    [
      'containers-have-probes; owner=joel; until=soon; reason=because',
      'waiver-malformed',
      '“soon” is not a day',
    ],
    [
      'containers-have-probes; owner=joel; until=2027-02-30; reason=because',
      'waiver-malformed',
      '“2027-02-30” is not a day',
    ],
    [
      'containers-have-probes; owner=joel; until=2027-01-31',
      'waiver-malformed',
      'it gives no reason',
    ],
    [
      '; owner=joel; until=2027-01-31; reason=because',
      'waiver-malformed',
      'it names no invariant and no code',
    ],
    [
      'containers-have-probes; by=joel; owner=joel; until=2027-01-31; reason=because',
      'waiver-malformed',
      'it has “by=joel”',
    ],
  ])('with a mistake covers nothing and is a finding: %s', ([text, code, seen]) => {
    const manifest = annotated(text)
    const { findings } = waive([raisedOn(manifest)], [manifest], policyWith(), {
      now,
      namespace: 'default',
    })
    expect(
      findings.map(({ raised, waiver }) => [raised.rule, raised.code, raised.seen, waiver]),
    ).toEqual([
      ['containers-have-probes', 'probe-missing:startup', 'no startup probe', undefined],
      ['waivers-are-valid', code, `holdfast.dev/waive: ${seen}`, undefined],
    ])
  })

  test('with several mistakes lists all of them', () => {
    expect(objectWaivers([annotated('')])[0]?.mistakes).toEqual([
      {
        code: 'waiver-malformed',
        seen: 'it names no invariant and no code, and it has no “until”, and it gives no reason',
      },
      { code: 'waiver-ownerless', seen: 'it has no owner' },
    ])
  })
})

describe('a waiver of the policy', () => {
  const waiver = {
    invariant: 'containers-have-probes',
    subject: 'joelclaw/web',
    findings: ['probe-missing:startup'],
    owner: 'kim',
    reason: 'a known gap of the ADR',
    until: '2027-03-31',
  }

  test('covers the codes that it names, one by one', () => {
    expect(
      outcome(web(), {
        waivers: [waiver],
        codes: ['probe-missing:startup', 'probe-missing:liveness'],
      }),
    ).toEqual({
      findings: [
        'probe-missing:startup by kim until 2027-03-31 (policy): a known gap of the ADR',
        'probe-missing:liveness at 18',
      ],
      notes: [],
    })
  })

  test('that has expired is a finding beside the one that it covered', () => {
    expect(outcome(web(), { waivers: [{ ...waiver, until: '2026-11-20' }] })).toEqual({
      findings: ['probe-missing:startup at 18', 'waiver-expired at 18'],
      notes: [],
    })
  })

  test('that has expired is no finding if another waiver covers the same', () => {
    expect(
      outcome(annotated(good), { waivers: [{ ...waiver, until: '2026-11-20' }] }),
    ).toMatchObject({ findings: [expect.stringContaining('by joel')] })
  })

  test.for([
    { subject: 'joelclaw/api' },
    { invariant: 'images' },
    { findings: ['probe-missing:liveness'] },
  ])('covers nothing else: %j', other => {
    expect(outcome(web(), { waivers: [{ ...waiver, ...other }] })).toEqual({
      findings: ['probe-missing:startup at 18'],
      notes: [],
    })
  })
})

describe('exemptions of other tools', () => {
  test('get a note, and cover nothing', async () => {
    const annotations = {
      'polaris.fairwinds.com/cpuLimitsMissing-exempt': 'true',
      'polaris.fairwinds.com/exempt': 'true',
      'kube-score/ignore': 'pod-probes, container-image-tag',
    }
    const text = `${JSON.stringify(outcome(web(annotations)), null, 2)}\n`
    await expect(text).toMatchFileSnapshot('snapshots/foreign-waivers.txt')
  })

  test('that are off get no note', () => {
    expect(
      outcome(
        web({
          'polaris.fairwinds.com/exempt': 'false',
          'kube-score/ignore': ' ',
          'kube-score/enable': 'pod-probes',
        }),
      ),
    ).toMatchObject({ notes: [] })
  })
})
