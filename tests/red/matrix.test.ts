// The matrix is complete: the breaks cover every invariant, every finding and every fix.
import { expect, test } from 'vitest'
import { fixes } from '#helpers/fixes.ts'
import type { Finding } from '#src/model/index.ts'
import { bySection } from '#specs/invariants/index.ts'
import { breaks } from './breaks.ts'
import type { Break } from './breaks/break.ts'
import { pairs } from './rules/pairs.ts'
import { strict } from './rules/policy.ts'
import { invariants } from './world.ts'

const all: readonly Break[] = Object.values(breaks).flat()
const found: readonly (readonly [invariant: string, finding: Pick<Finding, 'code'>])[] = [
  ...all.flatMap(each =>
    Object.entries(each.findings).flatMap(([name, findings]) =>
      findings.map(finding => [name.split(' · ')[0] ?? '', finding] as const),
    ),
  ),
  // The pairs of rules.test.ts cover the findings in manifests.
  ...pairs.flatMap(({ finds }) =>
    Object.entries(finds).flatMap(([name, codes]) =>
      codes.map(code => [name.split(' · ')[0] ?? '', { code }] as const),
    ),
  ),
]

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].toSorted()

/** A code without the part after the colon, which tells which of several it is. */
const stemOf = (code: string): string => code.split(':')[0] ?? code

/** Findings that no world of these tests can cause, by invariant. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  // tests/container covers this one: no lab has a store with write access.
  'acknowledged-writes-are-kept': ['acknowledged-write-lost'],
  // tests/systemd/heal.test.ts covers these: joelclaw has no machine that runs Kubernetes as a
  // unit.
  'node-services-run': ['service-missing', 'service-not-active'],
  // A connection to 127.0.0.1 can fail only by a refusal, a reset or silence.
  'ports-answer-their-application': ['failed'],
}

test('a break violates every invariant', () => {
  const asked = bySection
    .map(({ invariant }) => invariant)
    .filter(({ subjects }) => subjects(strict).length > 0)
  expect(sorted(found.map(([invariant]) => invariant))).toEqual(
    sorted([...invariants, ...asked].map(({ name }) => name)),
  )
})

test('every invariant declares what it can find', () => {
  const silent = bySection.filter(({ invariant }) => invariant.codes.length === 0)
  expect(silent.map(({ invariant }) => invariant.name)).toEqual([])
})

test.for(bySection.map(({ invariant }) => [invariant.name, invariant.codes] as const))(
  '%s finds each of its facts, and nothing that it does not declare',
  ([name, codes]) => {
    const seen = found.filter(([of]) => of === name).map(([, { code }]) => stemOf(code))
    expect(sorted([...seen, ...(elsewhere[name] ?? [])])).toEqual(sorted(codes))
  },
)

test('every fix acts, and helps', () => {
  const seen = all.flatMap(each => each.healedBy).filter(deed => !deed.includes(' '))
  // tests/systemd/heal.test.ts covers this fix: joelclaw has no machine that runs Kubernetes as a
  // unit.
  const actsElsewhere = ['restart-node-service']
  expect(sorted([...seen, ...actsElsewhere])).toEqual(sorted(fixes.map(({ name }) => name)))
})

test('no break is listed twice', () => {
  const names = all.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
})
