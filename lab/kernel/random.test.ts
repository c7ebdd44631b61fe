// Random numbers from a seed, and the forks that keep the parts of the world independent.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from './random.ts'

const draws = (random: SeededRandom, count = 8): readonly number[] =>
  Array.from({ length: count }, () => random.next())

describe('a stream', () => {
  test('depends on its seed alone, and another seed gives another stream', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), seed => {
        expect(draws(new SeededRandom(seed))).toEqual(draws(new SeededRandom(seed)))
        expect(draws(new SeededRandom(seed))).not.toEqual(draws(new SeededRandom(seed ^ 1)))
      }),
    )
  })

  test('is the same on each machine and in each year', () => {
    const random = new SeededRandom(148)
    expect({
      next: random.next(),
      suffix: random.suffix(5),
      hex: random.hex(8),
      uuid: random.uuid(),
      integer: random.integer(1, 6),
      between: random.between(3, 25),
    }).toMatchInlineSnapshot(`
      {
        "between": 22.398193415254354,
        "hex": "e8245c03",
        "integer": 4,
        "next": 0.5218194653280079,
        "suffix": "6vbdr",
        "uuid": "94f79272-1578-40fa-aee7-94d742922077",
      }
    `)
  })

  test('stays within its bounds', () => {
    const random = new SeededRandom(7)
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), (from, width) => {
        const value = random.next()
        expect(value >= 0 && value < 1).toBe(true)
        const whole = random.integer(from, from + width)
        expect(Number.isInteger(whole) && whole >= from && whole <= from + width).toBe(true)
        const between = random.between(from, from + width + 1)
        expect(between >= from && between < from + width + 1).toBe(true)
      }),
    )
  })

  test('is uniform: each of six values occurs about equally often', () => {
    const random = new SeededRandom(1)
    const falls = Map.groupBy(
      Array.from({ length: 6000 }, () => random.integer(1, 6)),
      face => face,
    )
    expect([...falls.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
    expect([...falls.values()].filter(fallen => Math.abs(fallen.length - 1000) > 150)).toEqual([])
  })

  test('gives names and uids in the form that Kubernetes uses', () => {
    const random = new SeededRandom(3)
    expect(random.suffix(200)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{200}$/)
    expect(random.uuid()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})

describe('a fork', () => {
  test('has a stream of its own: draws of one part of the world shift no other', () => {
    const world = new SeededRandom(5)
    const store = draws(world.fork('store'))
    draws(world, 100)
    draws(world.fork('host'), 100)
    expect(draws(world.fork('store'))).toEqual(store)
    expect(draws(world.fork('host'))).not.toEqual(store)
  })

  test('of another seed has another stream', () => {
    expect(draws(new SeededRandom(5).fork('store'))).not.toEqual(
      draws(new SeededRandom(6).fork('store')),
    )
  })

  test('shares no draw with the other forks or with the whole', () => {
    const world = new SeededRandom(9)
    const streams = [
      world,
      ...['store', 'host', 'control', 'events', 'requests'].map(name => world.fork(name)),
    ].map(random => draws(random, 200))
    expect(new Set(streams.flat()).size).toBe(1200)
  })
})
