// The reader of the project's own files: what it takes for code, for text and for an import.
import { describe, expect, test } from 'vitest'
import { importsOf, scan, sources } from './source.ts'

const importsIn = (text: string): readonly (string | undefined)[] =>
  importsOf(scan('lab/x/y.ts', text)).map(({ specifier, to }) => to ?? specifier)

describe('an import is found', () => {
  test.each([
    ["import { a } from './a.ts'", ['lab/x/a.ts']],
    ["import type { A } from '../a.ts'", ['lab/a.ts']],
    ["import * as a from '../../helpers/a.ts'", ['helpers/a.ts']],
    ["import a, { b } from 'vitest'", ['vitest']],
    ["import {\n  a,\n  type B,\n} from './a.ts'", ['lab/x/a.ts']],
    ["export { a } from './a.ts'", ['lab/x/a.ts']],
    ["export * from './a.ts'", ['lab/x/a.ts']],
    ["import './a.ts'", ['lab/x/a.ts']],
    ["const a = await import('./a.ts')", ['lab/x/a.ts']],
    ["const a: import('./a.ts').A = 1", ['lab/x/a.ts']],
    ['const a = await import(name)', [undefined]],
    ["const a = `${await import('./a.ts')}`", ['lab/x/a.ts']],
  ])('%s', (text, expected) => {
    expect(importsIn(text)).toEqual(expected)
  })
})

test.each([
  ["import { type A } from './a.ts'", true],
  ["export * from './a.ts'", true],
  ["import type { A } from './a.ts'", false],
  ["export type { A } from './a.ts'", false],
  ["const a = await import('./a.ts')", false],
])('%s is loaded with its importer: %s', (text, expected) => {
  expect(importsOf(scan('lab/x/y.ts', text)).map(({ atOnce }) => atOnce)).toEqual([expected])
})

describe('what only looks like one is not', () => {
  test.each([
    ["// import { a } from './a.ts'"],
    ["/* import './a.ts' */"],
    ['const text = "import { a } from \'./a.ts\'"'],
    ["const text = `import './a.ts' ${1} import './b.ts'`"],
    ["const pattern = /import '.\\/a.ts'/"],
    ["const pattern = /['\"]/\nconst other = a / b // from 'x'"],
    ["export const from = 'here'"],
    ['if (import.meta.vitest) run()'],
  ])('%s', text => {
    expect(importsIn(text)).toEqual([])
  })
})

test('texts and comments are blanked, and everything else stays at its place', () => {
  const text = "const a = 'it\\'s' // no\nconst b = `x${f({ c: '}' })}y` /* a\nb */ / 2\n"
  expect(scan('a.ts', text).code).toBe(
    "const a = '     '      \nconst b = ` ${f({ c: ' ' })} `     \n     / 2\n",
  )
})

test('every file of the project is taken apart to its end', () => {
  const open = sources.filter(({ code }) => {
    const count = (letter: string): number => code.split(letter).length
    return count('{') !== count('}') || count('(') !== count(')')
  })
  expect(sources.length).toBeGreaterThan(300)
  expect(open.map(({ path }) => path)).toEqual([])
})
