// joelclaw's own manifests: the gate finds exactly the known gaps, and the repaired set passes
// without a waiver.
import { describe, expect, test } from 'vitest'
import input from '#clusters/joelclaw/policy.ts'
import { decided, repairs } from '#clusters/joelclaw/repaired.ts'
import { diffOf } from '#src/manifests/index.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { type Policy } from '#src/model/index.ts'
import { judged, setOf } from './judged.ts'
import { repairedFiles as files, repairedWith, set } from './repaired.ts'

const policy = parsePolicy(input, 'clusters/joelclaw/policy.ts')
const strict: Policy = { ...policy, waivers: [] }

describe('as they are', () => {
  test('the gaps are the known ones, each with an owner', async () => {
    const { findings, unknowns, notes, exitCode } = judged(set, policy)
    expect([
      exitCode,
      unknowns,
      notes,
      findings.filter(({ status }) => status !== 'waived'),
    ]).toEqual([0, [], [], []])
    const lines = findings.map(
      ({ file, line, rule, code, waiver }) =>
        `${file}:${line} · ${rule} · ${code} · ${waiver?.owner} until ${waiver?.until}`,
    )
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('joelclaw.txt')
  })

  test('without the waivers exactly these gaps are findings', () => {
    const codes = (given: Policy): readonly string[] =>
      judged(set, given).findings.map(({ fingerprint }) => fingerprint)
    expect(codes(strict)).toEqual(codes(policy))
    expect(judged(set, strict).findings.every(({ status }) => status === 'violated')).toBe(true)
  })

  test('every waiver of a rule for manifests covers something in them', () => {
    const found = judged(set, policy).findings.flatMap(({ rule, code, status }) =>
      status === 'waived' ? [`${rule} ${code}`] : [],
    )
    const waived = policy.waivers.flatMap(({ invariant, findings }) =>
      findings.map(code => `${invariant} ${code}`),
    )
    expect([...new Set(found)].toSorted()).toEqual([...new Set(waived)].toSorted())
  })
})

describe('repaired', () => {
  test('every repair has its object and can be written to a file', () => {
    expect(
      Object.keys(files).reduce((made, file) => made + repairedWith(file, repairs).made, 0),
    ).toBe(repairs.length)
  })

  test('they pass without a waiver, once a person has decided about two claims', () => {
    const decidedOn: Policy = parsePolicy(
      {
        ...input,
        waivers: [],
        storage: { ...input.storage, claims: [...input.storage.claims, ...decided] },
      },
      'repaired',
    )
    const report = judged(setOf(files), decidedOn)
    expect([
      report.exitCode,
      report.findings.map(({ code }) => code),
      report.unknowns,
      report.objects.length,
    ]).toEqual([0, [], [], set.manifests.length])
    // Only these two are left, because they need a person's decision.
    expect(judged(setOf(files), strict).findings.map(({ code }) => code)).toEqual([
      'claim-unregistered:data-aistor-s3-pool-0-0',
      'claim-unregistered:data-dkron-0',
    ])
  })

  test('every repair is needed: without it there is a finding', () => {
    const complete = judged(setOf(files), strict).findings.length
    for (const repair of repairs) {
      const { text } = repairedWith(
        repair.file,
        repairs.filter(other => other !== repair),
      )
      expect([
        repair.file,
        repair.path.at(-1),
        judged(setOf({ ...files, [repair.file]: text }), strict).findings.length > complete,
      ]).toEqual([repair.file, repair.path.at(-1), true])
    }
  })

  test('the diff has the form that git apply accepts', async () => {
    const diff = Object.entries(files)
      .map(([file, after]) =>
        diffOf(`clusters/joelclaw/manifests/${file}`, set.texts.get(file) ?? '', after),
      )
      .join('')
    await expect(diff).toMatchFileSnapshot('../../clusters/joelclaw/repaired.diff')
  })
})
