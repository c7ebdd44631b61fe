// Words of a shell: quoted for one, and taken apart as one does.
import { execFileSync } from 'node:child_process'
import { array, assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandsIn, quoted } from './shell-words.ts'

const hostile = [
  '',
  ' ',
  'a b',
  "it's",
  '"',
  '$HOME',
  '$(touch /tmp/x)',
  '`id`',
  '; rm -rf /',
  'a\nb',
  '\\',
  '*',
  '!',
  '~',
  '-n',
  '#x',
  "'\\''",
  '&&',
  '{a,b}',
  'ö',
]

describe('quoted', () => {
  test('plain words stay readable', () => {
    expect(
      ['df', '-P', '/var/lib/docker', 'net.bridge.bridge-nf-call-iptables=1'].map(quoted),
    ).toEqual(['df', '-P', '/var/lib/docker', 'net.bridge.bridge-nf-call-iptables=1'])
  })

  test('a real shell gives every hostile word back as it was', () => {
    const line = `printf '%s\\0' ${hostile.map(quoted).join(' ')}`
    expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toBe(
      hostile.map(word => `${word}\0`).join(''),
    )
  })

  test('what is quoted is read back as one word of one command', () => {
    expect(commandsIn(['echo', ...hostile].map(quoted).join(' '))).toEqual([['echo', ...hostile]])
    assert(
      property(array(string({ unit: 'binary' }), { minLength: 1, maxLength: 6 }), words => {
        expect(commandsIn(words.map(quoted).join(' '))).toEqual([words])
      }),
      { numRuns: 100 },
    )
  })
})

describe('commandsIn finds every command of a line', () => {
  test.for<[string, string[][]]>([
    ['a b; c && d || e | f & g', [['a', 'b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
    ['a "b c" \'d e\' f\\ g', [['a', 'b c', 'd e', 'f g']]],
    ['a 2>/dev/null >out <in b', [['a', 'b']]],
    ['a 2>&1; b', [['a'], ['b']]],
    ['( a; b ) ; { c; }', [['a'], ['b'], ['c']]],
    [
      'kill $(pgrep -f x)',
      [
        ['pgrep', '-f', 'x'],
        ['kill', '$(pgrep -f x)'],
      ],
    ],
    [
      'kill `pgrep x`',
      [
        ['pgrep', 'x'],
        ['kill', '$(pgrep x)'],
      ],
    ],
    ['echo "now $(date)"', [['date'], ['echo', 'now $(date)']]],
    ['echo "a\\b \\$x \\"q\\""', [['echo', 'a\\b $x "q"']]],
    ["echo '$(not run)'", [['echo', '$(not run)']]],
    ['a # b; c\nd', [['a'], ['d']]],
    ['echo ${x} {1..3}', [['echo', '${x}', '{1..3}']]],
    ['', []],
  ])('%s', ([line, commands]) => {
    expect(commandsIn(line)).toEqual(commands)
  })
})
