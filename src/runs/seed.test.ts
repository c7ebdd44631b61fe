// Seeds of drills: they depend on the run's seed and the drill's name, and on nothing else.
import { expect, test } from 'vitest'
import { drills } from '#specs/chaos/index.ts'
import { seedFor } from './seed.ts'

test('a drill has the same seed in every run of that seed', () => {
  expect([seedFor(1, 'restart-colima'), seedFor(1, 'colima-zombie'), seedFor(2, 'restart-colima')])
    .toMatchInlineSnapshot(`
    [
      2836654397,
      366737944,
      1817051446,
    ]
  `)
})

test('seeds are 32 bits wide and differ between the drills and the seeds of runs', () => {
  const seeds = [0, 1, 7, 0xffff_ffff].flatMap(seed =>
    drills.map(({ name }) => seedFor(seed, name)),
  )
  expect(new Set(seeds).size).toBe(seeds.length)
  expect(seeds.filter(seed => !Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)).toEqual(
    [],
  )
})
