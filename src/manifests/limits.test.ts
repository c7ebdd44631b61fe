// Hostile files: each is refused or read quickly, with its line, and nothing is ever thrown.
import { array, assert, boolean, check, nat, property, string, uniqueArray } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { document, mutated, mutations, style } from './arbitrary.ts'
import { readManifests } from './read.ts'
import { object, objectsIn, problemsOf, setOf } from './summary.ts'

const bomb = [
  'a0: &a0 [x]',
  ...Array.from(
    { length: 99 },
    (_, index) =>
      `a${index + 1}: &a${index + 1} [${Array.from({ length: 9 }, () => `*a${index}`).join(', ')}]`,
  ),
].join('\n')

describe('holdfast refuses, with the line,', () => {
  test.each([
    [
      'an alias bomb',
      bomb,
      ['a.yaml:7:20 unreadable alias-bomb: aliases that expand without limit'],
    ],
    [
      'a bomb of merge keys',
      `a: &a {${Array.from({ length: 3_000 }, (_, index) => `k${index}: 1`).join(', ')}}\nb:\n  ` +
        `<<: [${Array.from({ length: 3_000 }, () => '*a').join(', ')}]\n`,
      ['a.yaml:3:664 unreadable alias-bomb: aliases that expand without limit'],
    ],
    [
      'a list in a list in a list …',
      '['.repeat(300) + ']'.repeat(300),
      ['a.yaml:1:201 unreadable too-deep: nested deeper than 200 levels'],
    ],
    [
      'an object in an object …',
      Array.from({ length: 300 }, (_, index) => `${' '.repeat(index)}a:\n`).join(''),
      ['a.yaml:201:201 unreadable too-deep: nested deeper than 200 levels'],
    ],
    [
      'a million open brackets',
      '['.repeat(1_000_000),
      ['a.yaml:1:1 unreadable too-deep: nested deeper than 200 levels'],
    ],
    [
      'a document of 17 MiB',
      `${object()}---\n${object(`data:\n  a: ${'x'.repeat(17 * 2 ** 20)}\n`, 'Secret')}`,
      ['a.yaml:5:1 unreadable too-large: one document of 17.0 MiB'],
    ],
    [
      'one of 2 MiB that is not plain',
      object(`data: &x\n  a: ${'x'.repeat(2 ** 21)}\n`),
      [
        'a.yaml:1:1 unreadable too-large: one document with anchors, tags, folded ' +
          'texts, mistakes or millions of values of 2.0 MiB',
      ],
    ],
    [
      'a quarter million documents and more',
      '---\n'.repeat(300_000).replaceAll('---', '---\na'),
      ['a.yaml:1:1 unreadable too-large: more than 250,000 documents'],
    ],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(setOf(text))).toEqual(expected)
  })
})

test('a plain document of 3 MiB is read', () => {
  const rows = Array.from({ length: 3_000 }, (_, index) => `  k${index}: ${'x'.repeat(1_000)}\n`)
  const set = setOf(object(`data:\n${rows.join('')}`))
  expect([
    objectsIn(set),
    problemsOf(set),
    set.manifests[0]?.where(['data', 'k2999']).line,
  ]).toEqual([['a.yaml#0 v1 ConfigMap -/a'], [], 3_005])
})

/** Reads a text and looks up a place; whether every place lies in the text. */
function isRead(text: string): boolean {
  const { manifests, problems } = readManifests({ texts: new Map([['a.yaml', text]]) })
  const spans = [
    ...manifests.map(({ where }) => where(['spec', 'a', 0, 'b'])),
    ...problems.map(({ span }) => span),
  ]
  return spans.every(
    ({ from, to, line, column }) =>
      from >= 0 && from <= to && to <= text.length && line >= 1 && column >= 1,
  )
}

test('no text makes the reader throw', () => {
  expect(
    check(property(string({ unit: 'binary', maxLength: 200 }), isRead), { numRuns: 1_000, seed: 6 })
      .counterexample,
  ).toBeNull()
})

test('no structure makes the reader throw, in any style and with any mistake', () => {
  const any = property(document, style, mutations, (value, options, changes) =>
    isRead(
      mutated(
        stringify({ apiVersion: 'v1', kind: 'List', metadata: { name: 'a' }, ...value }, options),
        changes,
      ),
    ),
  )
  expect(check(any, { numRuns: 1_000, seed: 6 }).counterexample).toBeNull()
})

test('the files and the order of objects do not matter', () => {
  assert(
    property(
      uniqueArray(nat(30), { minLength: 1, maxLength: 8 }),
      array(boolean(), { minLength: 8, maxLength: 8 }),
      (numbers, cuts) => {
        const each = numbers.map(number =>
          object(`data: {a: "${number}", a${number}: <X>}\n`, 'ConfigMap', `n${number}`),
        )
        const told = (texts: ReadonlyMap<string, string>) => {
          const { manifests, problems } = readManifests({ texts })
          return [
            manifests.map(({ object: { metadata } }) => metadata.name).toSorted(),
            problems.map(({ code, seen }) => `${code} ${seen}`).toSorted(),
          ]
        }
        const whole = told(new Map([['a.yaml', each.join('---\n')]]))
        const files = each
          .toReversed()
          .reduce<string[]>(
            (done, text, index) =>
              cuts[index] === true || done.length === 0
                ? [...done, text]
                : [...done.slice(0, -1), `${done.at(-1)}---\n${text}`],
            [],
          )
        expect(told(new Map(files.map((text, index) => [`${index}.yaml`, text])))).toEqual(whole)
      },
    ),
    { numRuns: 50, seed: 6 },
  )
})
