// Judges in specs state facts in a few lines. Longer code is elsewhere.
import { describe, expect, test } from 'vitest'
import { sources } from './source.ts'

const specs = sources.filter(({ path }) => /^specs\/.*\.spec\.ts$/.test(path))
const lines = ({ path, text }: { path: string; text: string }) =>
  text.split('\n').map((line, index) => ({ line, at: `${path}:${index + 1}` }))

/** The lines of each judge, without comments, from its first line to the one that closes it. */
function judgesOf(spec: (typeof specs)[number]): readonly { at: string; length: number }[] {
  const all = lines(spec)
  return all.flatMap(({ line, at }, from) => {
    if (!/^ {2}judge[:(]/.test(line)) return []
    const length = all.slice(from + 1).findIndex(next => /^(?: {2}\S|\}\))/.test(next.line))
    const body = all.slice(from + 1, from + 1 + length)
    return [{ at, length: body.filter(next => !next.line.trim().startsWith('//')).length }]
  })
}

describe('specs', () => {
  test('judge in at most 15 lines', () => {
    const judges = specs.flatMap(judgesOf)
    expect(judges.length).toBeGreaterThan(40)
    expect(judges.filter(({ length }) => length > 15)).toEqual([])
  })

  test.for([
    ['a finding by hand', /\bcode: ['`]/],
    ['a conditional spread', /\.\.\.\([^)]*\?/],
    ['an empty list for what is not there', /=== undefined \? (?:\[\] : \[|\{\} : \{)/],
    ['a nested ternary', /^\s*: .* \?$|\? .* : .* \? .* : /],
  ] as const)('never write %s', ([, pattern]) => {
    const found = specs
      .flatMap(lines)
      .filter(({ line }) => !line.trim().startsWith('//') && pattern.test(line))
    expect(found).toEqual([])
  })
})
