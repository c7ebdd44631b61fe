// Tests every rule of the gate with a pair of files: one that holds, and one that breaks only this
// rule. The file names state the rule.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ownRules } from '#src/gate/rules.ts'
import { invariants } from '#specs/invariants/index.ts'
import { judged, screen, setOf, stem } from './judged.ts'
import { others, policy } from './policy.ts'

const folder = new URL('pairs/', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, folder), 'utf8')

interface Pair {
  /** `images-are-pinned.latest` */
  name: string
  section: string
  rule: string
  code: string
}

const sections = readdirSync(folder).toSorted()
const files = sections.flatMap(section =>
  readdirSync(new URL(`${section}/`, folder))
    .filter(name => name.endsWith('.yaml'))
    .map(name => ({ section, name })),
)
const pairs = files
  .filter(({ name }) => name.endsWith('.breaks.yaml'))
  .map(({ section, name: file }): Pair => {
    const name = file.replace('.breaks.yaml', '')
    const [rule = '', code = ''] = name.split('.')
    return { name, section, rule, code }
  })

function outcome({ name, section }: Pair, which: 'holds' | 'breaks') {
  const file = `${name}.${which}.yaml`
  const set = setOf({ [file]: text(`${section}/${file}`) })
  const report = judged(set, others[name] ?? policy)
  return { report, set, said: screen(report, set) }
}

describe.for(sections)('%s', section => {
  const own = pairs.filter(pair => pair.section === section)

  test.for(own.map(pair => [pair.name, pair] as const))('%s', ([, pair]) => {
    const { report: good } = outcome(pair, 'holds')
    expect([
      good.exitCode,
      good.findings
        .filter(({ status }) => status !== 'waived')
        .map(({ rule, code, seen }) => `${rule} ${code}: ${seen}`),
      good.unknowns,
      good.notes,
    ]).toEqual([0, [], [], []])
    const { report: bad } = outcome(pair, 'breaks')
    const found = new Set(
      bad.findings.map(({ rule, code, status }) => `${rule}.${stem(code)} ${status}`),
    )
    expect([bad.exitCode, [...found], bad.unknowns, bad.notes]).toEqual([
      1,
      [`${pair.rule}.${pair.code} violated`],
      [],
      [],
    ])
  })

  test('the report of each pair', async () => {
    const texts = own.map(
      pair =>
        `${'='.repeat(100)}\n${text(`${section}/${pair.name}.breaks.yaml`).split('\n', 1)[0]}\n` +
        `\n${outcome(pair, 'breaks').said}`,
    )
    await expect(texts.join('\n')).toMatchFileSnapshot(`pairs/${section}/findings.txt`)
  })
})

describe('nothing is left out', () => {
  test('every file belongs to a pair, and its first line states its purpose', () => {
    const halves = files.map(({ name }) => name.replace(/\.(?:holds|breaks)\.yaml$/, ''))
    expect(
      [...Map.groupBy(halves, name => name)]
        .filter(([, each]) => each.length !== 2)
        .map(([name]) => name),
    ).toEqual([])
    expect(
      files
        .filter(({ section, name }) => !/^# [A-Z].*\.\n/.test(text(`${section}/${name}`)))
        .map(({ name }) => name),
    ).toEqual([])
  })

  test('every file name is that of an existing rule', () => {
    const known = new Set<string>([...invariants, ...ownRules].map(({ name }) => name))
    expect(pairs.filter(({ rule }) => !known.has(rule)).map(({ name }) => name)).toEqual([])
  })

  test('every policy of a pair is used', () => {
    expect(Object.keys(others).filter(name => !pairs.some(pair => pair.name === name))).toEqual([])
  })
})
