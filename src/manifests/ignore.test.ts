// Which files a set leaves out. What is expected here is what git 2.39 says of the same patterns
// and paths.
import { describe, expect, test } from 'vitest'
import { isIgnored, rulesOf } from './ignore.ts'

const paths = [
  'a.yaml',
  'b.yml',
  'dir/a.yaml',
  'dir/sub/a.yaml',
  'x y.yaml',
  '#a.yaml',
  '!b.yaml',
  'foo[1].yaml',
  'rendered/a.yaml',
  'deploy/rendered/b.yaml',
]

/** As a search asks: a folder first, and never what stands in one that is left out. */
function ignored(text: string): readonly string[] {
  const rules = rulesOf(text, '')
  return paths.filter(path =>
    path
      .split('/')
      .some((_, index, parts) =>
        isIgnored(rules, parts.slice(0, index + 1).join('/'), index < parts.length - 1),
      ),
  )
}

describe('a pattern leaves out', () => {
  test.each([
    ['a.yaml', ['a.yaml', 'dir/a.yaml', 'dir/sub/a.yaml', 'rendered/a.yaml']],
    ['/a.yaml', ['a.yaml']],
    ['dir/', ['dir/a.yaml', 'dir/sub/a.yaml']],
    ['a.yaml/', []],
    ['dir/*', ['dir/a.yaml', 'dir/sub/a.yaml']],
    ['dir/*.yaml', ['dir/a.yaml']],
    ['dir/**/a.yaml', ['dir/a.yaml', 'dir/sub/a.yaml']],
    ['**/sub/**', ['dir/sub/a.yaml']],
    ['rendered', ['rendered/a.yaml', 'deploy/rendered/b.yaml']],
    ['/rendered', ['rendered/a.yaml']],
    ['[!a].yml', ['b.yml']],
    [
      '[[:alpha:]].y?ml',
      ['a.yaml', 'dir/a.yaml', 'dir/sub/a.yaml', 'rendered/a.yaml', 'deploy/rendered/b.yaml'],
    ],
    ['x y.yaml  ', ['x y.yaml']],
    ['# a comment', []],
    [String.raw`\#a.yaml`, ['#a.yaml']],
    [String.raw`\!b.yaml`, ['!b.yaml']],
    [String.raw`foo\[1\].yaml`, ['foo[1].yaml']],
    ['[z-a].yaml', []],
    ['*.yaml\\', []],
    ['*\n!*/\n!b.yml', paths.filter(path => path !== 'b.yml')],
    ['dir/\n!dir/a.yaml', ['dir/a.yaml', 'dir/sub/a.yaml']],
    ['*.yaml\r\n!/a.yaml\r\n', paths.filter(path => path.endsWith('.yaml') && path !== 'a.yaml')],
  ])('%j: %j', (text, expected) => {
    expect(ignored(text)).toEqual(expected)
  })
})

test('a file in a folder speaks of that folder alone', () => {
  const rules = rulesOf('/a.yaml', 'dir/')
  expect(paths.filter(path => isIgnored(rules, path, false))).toEqual(['dir/a.yaml'])
})
