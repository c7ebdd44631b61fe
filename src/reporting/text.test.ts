// Text from a cluster: made safe, cut, padded and wrapped.
import { describe, expect, test } from 'vitest'
import { clean, clip, count, oneLine, padEnd, padStart, some, widthOf, wrap } from './text.ts'

describe('text from a cluster', () => {
  test('shows control characters as symbols, so that they do not act on a terminal', () => {
    expect(clean('ok\u001b[2J\u0007 done\u007f')).toBe('ok␛[2J␇ done␡')
  })
  test('cannot reverse a line, break XML or contain half a character', () => {
    expect(clean('a\u202eb\u0085c\ufffed\ud800')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd')
  })
  test('keeps its newlines and tabs, except on one line', () => {
    expect(clean('a\r\n\tb')).toBe('a\n\tb')
    expect(oneLine('  a\r\n\tb ')).toBe('a b')
  })
  test('is cut by columns at whole characters', () => {
    expect(clip('🚀🚀🚀', 3)).toBe('🚀…')
    expect(clip('🚀🚀🚀', 4)).toBe('🚀…')
    expect(clip('🚀🚀🚀', 6)).toBe('🚀🚀🚀')
    expect(clip('节点不可用', 5)).toBe('节点…')
    expect(clip('cafe\u0301 closed', 5)).toBe('cafe\u0301…')
    expect(clip('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3)).toBe('👩‍👩‍👧‍👦…')
    expect(clip('short', 5)).toBe('short')
  })
  test('lines up in columns in any script', () => {
    expect(['节点', '🚀', 'cafe\u0301', 'node'].map(widthOf)).toEqual([4, 2, 4, 4])
    expect(['节点', '🚀', 'cafe\u0301', 'node'].map(text => widthOf(padEnd(text, 6)))).toEqual([
      6, 6, 6, 6,
    ])
    expect(widthOf(padStart('节点', 7))).toBe(7)
  })
  test('is wrapped by columns', () => {
    expect(wrap('节点 节点 节点', 9)).toEqual(['节点 节点', '节点'])
  })
  test('is wrapped at spaces; a word that is too long gets its own line', () => {
    expect(wrap('the API did not answer within 10 s', 12)).toEqual([
      'the API did',
      'not answer',
      'within 10 s',
    ])
    expect(wrap('see node-role.kubernetes.io/control-plane now', 10)).toEqual([
      'see',
      'node-role.kubernetes.io/control-plane',
      'now',
    ])
    expect(wrap('one\ntwo', 80)).toEqual(['one', 'two'])
  })
})

test('amounts and lists read as text', () => {
  expect([
    count(0, 'drill'),
    count(1, 'drill'),
    count(2, 'drill'),
    count(2, 'fix', 'fixes'),
  ]).toEqual(['no drill', '1 drill', '2 drills', '2 fixes'])
  expect([some(['a', 'b'], 2), some(['a', 'b', 'c', 'd'], 2)]).toEqual(['a, b', 'a, b and 2 more'])
})
