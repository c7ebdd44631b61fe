// Which drills a night runs: all of them, or the next few, counted by days.
import { expect, test } from 'vitest'
import { loadPolicy } from '#src/runs/clusters.ts'
import { rotation } from './verbs/nightly.ts'

const policy = await loadPolicy('joelclaw')
const day = 86_400_000
const all = policy.nightly.rotation

test('all drills run in the order of the policy', () => {
  expect(rotation(policy, 'all', 0)).toEqual(all)
  expect(rotation(policy, 100, 5 * day)).toEqual(all)
})

test('a night runs the next few, the same at every hour of the day', () => {
  expect(rotation(policy, 2, 0)).toEqual(all.slice(0, 2))
  expect(rotation(policy, 2, day - 1)).toEqual(all.slice(0, 2))
  expect(rotation(policy, 2, day)).toEqual(all.slice(2, 4))
})

test.each([1, 2, 3, 5, 7])(
  'with %i a night every drill has its turn within as many nights as there are drills',
  wanted => {
    const nights = Array.from({ length: all.length }, (_, night) =>
      rotation(policy, wanted, (20_000 + night) * day),
    )
    expect(nights.every(names => names.length === wanted && new Set(names).size === wanted)).toBe(
      true,
    )
    expect([...new Set(nights.flat())].toSorted()).toEqual(all.toSorted())
  },
)

test('an empty rotation runs none, and unknown names are skipped', () => {
  expect(rotation(policy, 0, day)).toEqual([])
  const other = { ...policy, nightly: { drills: 1, rotation: ['gone', ...all] } }
  expect(rotation(other, 'all', day)).toEqual(all)
  expect(rotation({ ...policy, nightly: { drills: 1, rotation: [] } }, 1, day)).toEqual([])
})
