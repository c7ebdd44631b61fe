// Which files a folder search skips. git 2.39 gives the same answers for these patterns and paths.
import { describe, expect, test } from 'vitest'
import { ignoreRulesOf, ignoreRulesWithin, isIgnored } from './ignore-rules.ts'

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

/** Asks as a search does: each folder first, and nothing below an ignored one. */
function ignored(text: string): readonly string[] {
  const rules = ignoreRulesOf(text, '')
  return paths.filter(path =>
    path
      .split('/')
      .some((_, index, parts) =>
        isIgnored(rules, parts.slice(0, index + 1).join('/'), index < parts.length - 1),
      ),
  )
}

describe('a pattern ignores', () => {
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

test('an ignore file applies to its own folder only', () => {
  const rules = ignoreRulesOf('/a.yaml', 'dir/')
  expect(paths.filter(path => isIgnored(rules, path, false))).toEqual(['dir/a.yaml'])
})

test('a deeper file re-includes a folder with its contents, and other patterns still apply', () => {
  const rules = [...ignoreRulesOf('dir/sub\n*.tmp.yaml', ''), ...ignoreRulesOf('!sub', 'dir/')]
  const within = ignoreRulesWithin(rules, 'dir/sub')
  expect([
    isIgnored(rules, 'dir/sub', true),
    isIgnored(within, 'dir/sub/a.yaml', false),
    isIgnored(within, 'dir/sub/a.tmp.yaml', false),
  ]).toEqual([false, false, true])
})
