// Forms of single values: what an API server accepts and refuses.
import { describe, expect, test } from 'vitest'
import { isCidr, isIP } from './rules/addresses.ts'
import { isEncoded, isQuantity, isTime, likelyQuantity } from './forms.ts'
import { isLabelValue, isQualified, isServiceName, isSubdomain } from './rules/names.ts'
import { isSchedule } from './rules/rules-kinds.ts'
import { amount } from './rules/amounts.ts'
import { distance, suggestionsFor } from './spelling.ts'

const forms: readonly [string, (text: string) => boolean, readonly string[], readonly string[]][] =
  [
    [
      'a quantity',
      isQuantity,
      ['1', '0.5', '.5', '5.', '100m', '1Gi', '1e3', '1E-3', '+1', '-1k', '2n'],
      ['', '1 Gi', '1GB', '1gi', 'Gi', '1KI', '1.2.3', '1e', '0x10'],
    ],
    [
      'a time',
      isTime,
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.123456+02:00', '2024-02-29T00:00:00Z'],
      [
        '2026-01-31',
        '2026-01-31 12:00:00Z',
        '2026-02-30T12:00:00Z',
        '2026-01-31T25:00:00Z',
        '2026-01-31t12:00:00z',
      ],
    ],
    [
      'base64',
      isEncoded,
      ['', 'aGk=', 'aGVsbG8h', 'aGVs\nbG8h'],
      ['aGk', 'a=Gk', 'aGk==', 'a b=', 'aGk_'],
    ],
    [
      'a port name',
      isServiceName,
      ['http', 'a', 'h2c', 'web-80'],
      ['', '80', 'HTTP', 'a--b', '-a', 'a-very-long-port-name'],
    ],
    [
      'a name',
      isSubdomain,
      ['web', 'a.b', '0a', 'a'.repeat(253)],
      ['', 'Web', 'a_b', '-a', 'a.', 'a..b', 'a'.repeat(254)],
    ],
    [
      'a label key',
      isQualified,
      ['app', 'A_b.c', 'example.org/app'],
      ['', '/app', 'Example.org/app', 'a/b/c', 'a b', 'a'.repeat(64)],
    ],
    ['a label value', isLabelValue, ['', 'a', 'A.b_c-d'], ['a b', '-a', 'a'.repeat(64)]],
    [
      'an address',
      isIP,
      ['10.0.0.1', '::1', '2001:db8::ffff', '::ffff:10.0.0.1', '1:2:3:4:5:6:7:8'],
      ['', '10.0.0', '10.0.0.256', '10.0.0.01', '1:2', ':::', '1:2:3:4:5:6:7:8:9', '1::2::3'],
    ],
    [
      'a range of addresses',
      isCidr,
      ['10.0.0.0/8', '::/0', '2001:db8::/64'],
      ['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/08'],
    ],
    [
      'a schedule',
      isSchedule,
      ['* * * * *', '*/5 0-6,12 1 jan mon-fri', '0 3 ? * 0', '@daily', '@every 1h30m'],
      [
        '',
        '* * * *',
        '0 0 3 * * *',
        '60 * * * *',
        '* * 0 * *',
        '* * * * 7',
        '5-1 * * * *',
        '*/0 * * * *',
        '@never',
      ],
    ],
  ]

describe.each(forms)('%s', (_, is, right, wrong) => {
  test('is accepted', () => expect(right.filter(text => !is(text))).toEqual([]))
  test('is refused', () => expect(wrong.filter(is)).toEqual([]))
})

test('amounts of quantities compare across units', () => {
  expect(['1Gi', '1024Mi', '1G', '500m', '1e3', 2, 'x'].map(amount)).toEqual([
    2 ** 30,
    2 ** 30,
    1e9,
    0.5,
    1000,
    2,
    undefined,
  ])
})

test('suggestions for invalid quantities', () => {
  expect(['512MB', '512 Mi', '1gb', '1 G', '10%', 'much'].map(likelyQuantity)).toEqual([
    '512Mi',
    '512Mi',
    '1Gi',
    '1Gi',
    undefined,
    undefined,
  ])
})

describe('spelling', () => {
  test('counts insertions, deletions, replacements and swaps, up to a bound', () => {
    expect(
      [
        ['name', 'name'],
        ['nam', 'name'],
        ['nmae', 'name'],
        ['names', 'name'],
        ['kind', 'name'],
        ['a', 'abcdef'],
      ].map(([a = '', b = '']) => distance(a, b, 3)),
    ).toEqual([0, 1, 1, 1, 4, 4])
  })

  test.each([
    ['livenesProbe', { names: ['livenessProbe'], certain: true }],
    ['imagepullpolicy', { names: ['imagePullPolicy'], certain: true }],
    ['livenesProb', { names: ['livenessProbe'], certain: false }],
    ['environment', { names: ['env'], certain: false }],
    ['arg', { names: ['args'], certain: true }],
    ['colour', { names: [], certain: false }],
    ['constructor', { names: [], certain: false }],
  ])('%s', (name, expected) => {
    expect(
      suggestionsFor(name, [
        'livenessProbe',
        'readinessProbe',
        'imagePullPolicy',
        'env',
        'envFrom',
        'args',
        'command',
        'ports',
      ]),
    ).toEqual(expected)
  })

  test('two equally near names are not certain', () => {
    expect(suggestionsFor('minSecond', ['minSeconds', 'maxSecond'])).toEqual({
      names: ['minSeconds'],
      certain: true,
    })
    expect(suggestionsFor('mixSecond', ['minSecond', 'maxSecond'])).toEqual({
      names: ['minSecond', 'maxSecond'],
      certain: false,
    })
  })
})
