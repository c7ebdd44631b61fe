// Durations, shares and sizes with their units, and durations as text.
import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  bytes,
  formatDuration,
  ms,
  percent,
  type Duration,
  type Percent,
  type Size,
} from './units.ts'

describe('values with a unit', () => {
  test.for<[Duration, number]>([
    ['420 ms', 420],
    ['90 s', 90_000],
    ['1.5 min', 90_000],
    ['2 h', 7_200_000],
    ['14 d', 1_209_600_000],
    ['0 s', 0],
  ])('%s is %d ms', ([text, value]) => {
    expect(ms(text)).toBe(value)
  })

  test.for<[Size, number]>([
    ['1 B', 1],
    ['64 KiB', 65_536],
    ['1.5 MiB', 1_572_864],
    ['18 GiB', 19_327_352_832],
    ['2 TiB', 2_199_023_255_552],
  ])('%s is %d bytes', ([text, value]) => {
    expect(bytes(text)).toBe(value)
  })

  test('a percentage is its number', () => {
    expect(percent('80 %')).toBe(80)
    expect(percent('99.5 %')).toBe(99.5)
  })

  test.for([
    '90',
    '90s',
    '90 sec',
    ' s',
    '',
    's',
    'ninety s',
    '5 s and more',
    '5  s',
    'Infinity s',
    '5 constructor',
  ])('“%s” is not a duration, and the error quotes it', text => {
    // Unchecked data can contain values that the type forbids.
    expect(() => ms(text as Duration)).toThrow(
      new TypeError(`“${text}” is not a value with a unit such as “90 s”`),
    )
  })

  test('units of another kind are refused with an example of the right one', () => {
    expect(() => bytes('18 GB' as Size)).toThrow(
      new TypeError('“18 GB” is not a value with a unit such as “18 GiB”'),
    )
    expect(() => percent('80%' as Percent)).toThrow(
      new TypeError('“80%” is not a value with a unit such as “80 %”'),
    )
  })

  test('any text is a finite number or an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc
            .tuple(fc.string(), fc.constantFrom('ms', 's', 'toString', ''))
            .map(parts => parts.join(' ')),
        ),
        text => {
          const attempt = (): unknown => {
            try {
              return Number.isFinite(ms(text as Duration))
            } catch (error) {
              return error
            }
          }
          expect([
            true,
            new TypeError(`“${text}” is not a value with a unit such as “90 s”`),
          ]).toContainEqual(attempt())
        },
      ),
    )
  })

  test('a duration without a unit does not pass the type checker', () => {
    expectTypeOf<'90 s'>().toExtend<Duration>()
    expectTypeOf<'1.5 h'>().toExtend<Duration>()
    expectTypeOf<90>().not.toExtend<Duration>()
    expectTypeOf<'90'>().not.toExtend<Duration>()
    expectTypeOf<'90s'>().not.toExtend<Duration>()
    expectTypeOf<'90 sec'>().not.toExtend<Duration>()
    expectTypeOf<'80 %'>().not.toExtend<Duration>()
    expectTypeOf<'18 GB'>().not.toExtend<Size>()
    expectTypeOf(ms).parameter(0).toEqualTypeOf<Duration>()
  })
})

describe('inWords', () => {
  test.for<[number, string]>([
    [0, '0 ms'],
    [420, '420 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [3249, '3.2 s'],
    [119_949, '119.9 s'],
    [120_000, '2 min 00 s'],
    [245_000, '4 min 05 s'],
    [7_199_999, '119 min 59 s'],
    [7_200_000, '2 h 00 min'],
    [7_800_000, '2 h 10 min'],
    [172_799_999, '47 h 59 min'],
    [172_800_000, '2 d'],
    [2_764_800_000, '32 d'],
    [-420, '-420 ms'],
    [-3200, '-3.2 s'],
    [-245_000, '-4 min 05 s'],
  ])('%d ms is %s', ([milliseconds, words]) => {
    expect(formatDuration(milliseconds)).toBe(words)
  })

  test('never shows 60 s, 60 min or a tenth too much', () => {
    fc.assert(
      fc.property(fc.nat(200_000_000), milliseconds => {
        expect(formatDuration(milliseconds)).not.toMatch(
          /\b60 s|\b60 min\b(?! \d)|\b120\.\d s|^1000 ms/,
        )
      }),
    )
  })
})
