// The matrix is whole: no invariant, no finding and no fix that the breaks leave out.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fixes } from '#helpers/fixes.ts'
import type { Finding } from '#src/model/index.ts'
import { bySection, type Section } from '#specs/invariants/index.ts'
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
  // What is found in manifests is told in full beside the pairs that break the rules.
  ...pairs.flatMap(({ finds }) =>
    Object.entries(finds).flatMap(([name, codes]) =>
      codes.map(code => [name.split(' · ')[0] ?? '', { code }] as const),
    ),
  ),
]

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].toSorted()

/** Codes that a spec takes over from an answer, and does not spell out. */
const takenOver: Partial<Record<Section, readonly string[]>> = {
  // Kinds of NetAnswer. `failed` is left out: nothing on 127.0.0.1 can fail but by a refusal, a
  // reset or silence.
  exposure: ['refused', 'reset', 'silent'],
  // Kinds of ColimaStatus, where it is not `running`.
  host: ['not-running', 'hangs', 'failed'],
}

/** The codes that a section's facts declare, or that its spec spells out; `*` for what it fills in. */
function codesIn(section: Section): readonly string[] {
  const declared = bySection
    .filter(each => each.section === section)
    .flatMap(({ invariant }) => invariant.codes)
  if (declared.length > 0) return sorted(declared)
  const text = readFileSync(
    new URL(`../../specs/invariants/${section}.spec.ts`, import.meta.url),
    'utf8',
  ).replaceAll(/\s*\n\s*/g, ' ')
  const expressions = [
    ...text.matchAll(/\bcode: (?:(['`].+?['`])(?=,)|(.+?)(?:, seen:|, expected:|, means:))/g),
  ].map(match => match[1] ?? match[2] ?? '')
  const literals = expressions.flatMap(expression => [
    ...expression.matchAll(/(=== )?(?:'([^']+)'|`([^`]+)`)/g),
  ])
  const spelled = literals.flatMap(match =>
    match[1] === undefined ? [(match[2] ?? match[3] ?? '').replaceAll(/\$\{[^}]*\}/g, '*')] : [],
  )
  return sorted([...spelled, ...(takenOver[section] ?? [])])
}

const fits = (pattern: string, code: string): boolean =>
  code.startsWith(`${pattern}:`) ||
  new RegExp(
    `^${pattern
      .split('*')
      .map(part => part.replaceAll(/[^\w-]/g, String.raw`\$&`))
      .join('.*')}$`,
  ).test(code)

test('every invariant is seen red', () => {
  const asked = bySection
    .map(({ invariant }) => invariant)
    .filter(({ subjects }) => subjects(strict).length > 0)
  expect(sorted(found.map(([invariant]) => invariant))).toEqual(
    sorted([...invariants, ...asked].map(({ name }) => name)),
  )
})

test('every finding that a spec can produce is produced, and none that it does not spell out', () => {
  const sections = sorted(bySection.map(({ section }) => section)) as readonly Section[]
  // tests/container sees this one: no lab has a store that can be written to.
  const elsewhere = ['acknowledged-write-lost']
  const missing = sections.flatMap(section => {
    const own = new Set(
      bySection.filter(each => each.section === section).map(({ invariant }) => invariant.name),
    )
    const seen = sorted(
      found.filter(([invariant]) => own.has(invariant)).map(([, { code }]) => code),
    )
    const codes = codesIn(section).filter(code => !elsewhere.includes(code))
    expect(codes.length).toBeGreaterThan(2)
    return [
      ...codes
        .filter(pattern => !seen.some(code => fits(pattern, code)))
        .map(code => `${section}: nothing breaks so that ${code} is found`),
      ...seen
        .filter(code => !codes.some(pattern => fits(pattern, code)))
        .map(code => `${section}: no spec spells out ${code}`),
    ]
  })
  expect(missing).toEqual([])
})

test('every fix acts, and helps', () => {
  expect(sorted(all.flatMap(each => each.healedBy).filter(deed => !deed.includes(' ')))).toEqual(
    sorted(fixes.map(({ name }) => name)),
  )
})

test('no break is written down twice', () => {
  const names = all.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
})
