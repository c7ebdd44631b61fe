// The fast reader gives up unless it is certain, and its results equal those of the full reader.
import { assert, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { newPositionIndex, type Locate } from './positions.ts'
import { locatePlain, readPlain } from './plain.ts'
import type { Path } from '#src/model/manifest.ts'
import { plainValue } from './scalar.ts'
import { document, mutations, mutated, style } from '#src/manifests/arbitrary.ts'
import { documentsIn } from './documents.ts'
import { readTree } from './tree.ts'

const known = [
  ['0644', 420],
  ['-0644', -420],
  ['0o644', 420],
  ['0x1F', 31],
  ['-0x1F', -31],
  ['0b11', 3],
  ['0B11', 3],
  ['1_000', 1000],
  ['_1', '_1'],
  ['1_', 1],
  ['08', 8],
  ['00', 0],
  ['-0', 0],
  ['+1', 1],
  ['0x', '0x'],
  ['1.', 1],
  ['.5', 0.5],
  ['1.e3', 1000],
  ['1e3', 1000],
  ['1E5', 100_000],
  ['1e+3', 1000],
  ['12:30:45', '12:30:45'],
  ['2001-12-14', '2001-12-14'],
  ['18446744073709551616', 2 ** 64],
  ['y', true],
  ['yes', true],
  ['on', true],
  ['True', true],
  ['tRUE', 'tRUE'],
  ['n', false],
  ['No', false],
  ['OFF', false],
  ['~', null],
  ['Null', null],
  ['', null],
  ['=', '='],
  ['1e400', '1e400'],
] as const

test.each(known)('%j without quotes is what kubectl v1.35 makes of it: %j', (text, value) => {
  expect(plainValue(text)).toBe(value)
})

/** Every place of a value, path by path. */
function placesIn(value: unknown, locate: Locate, path: Path = []): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  const within = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return within.flatMap(step => {
    const here = [...path, step]
    const { position, steps, firstKey } = locate(here)
    return [
      { here, position, steps, firstKey: firstKey() },
      ...placesIn(Reflect.get(value, step), locate, here),
    ]
  })
}

const both = (text: string) =>
  documentsIn(text).map(({ from, to }) => {
    const notes = newPositionIndex(text)
    const plain = readPlain(text, from, to, notes)
    const { locate, ...tree } = readTree(text, from, to)
    if (plain === undefined) return { plain, tree, fast: [], slow: [] }
    return {
      plain,
      tree,
      fast: placesIn(plain.value, locatePlain(notes, plain)),
      slow: placesIn(tree.value, locate),
    }
  })

test('values and places equal those of the full reader', () => {
  let certain = 0
  assert(
    property(document, style, mutations, (value, options, changes) => {
      const text = mutated(stringify(value, options), changes)
      // A line end that readers disagree on is refused before any reader runs.
      for (const { plain, tree, fast, slow } of /\r(?!\n)/.test(text) ? [] : both(text)) {
        if (plain === undefined) continue
        certain += 1
        const { members: _, ...read } = plain
        expect({ ...read, faults: [], places: fast }).toEqual({ ...tree, places: slow })
      }
    }),
    { numRuns: 600, seed: 6 },
  )
  expect(certain).toBeGreaterThan(150)
})

describe('input for the full reader', () => {
  test.each([
    'a: &x 1',
    'a: !!str 1',
    'a: >\n  x\n',
    'a: x\n  # c\n  y',
    'a: "x\n  y"',
    'a: 1\na: 2',
    '? a\n: b',
    'a: {b}',
    'a: [1, # c\n 2]',
    '<<: {a: b}',
    'a:\n\tb: 1',
    'a: b: c',
    '__proto__: 1',
    'a: .nan',
    'just text',
    'a: |2\n   x\n',
    '- - a\n b: c',
  ])('%j', text => {
    expect(readPlain(text, 0, text.length)).toBeUndefined()
  })
})
