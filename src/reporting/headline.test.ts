// The headline, the proof and the meaning of the exit code of a run.
import { expect, test } from 'vitest'
import { exitMeaning, headline, proofOf } from './headline.ts'
import { green, left, sample } from '#tests/reporting/sample.ts'

test('violations and leftovers count even if the exit code is 0', () => {
  expect(headline({ ...sample, exitCode: 0 })).toEqual({ tone: 'bad', title: '4 clauses violated' })
  expect(headline({ ...left, exitCode: 0 })).toEqual({ tone: 'bad', title: '1 fault left behind' })
})

test('an exit code that is not 0 never reads as “Holds”', () => {
  expect([2, 64, 70, 130, 143].map(exitCode => headline({ ...green, exitCode }).title)).toEqual([
    'something is unknown',
    'usage or configuration error',
    'holdfast failed',
    'Ended early',
    'Ended early',
  ])
})

test('a green rehearsal does not read like a green cluster', () => {
  expect(
    (['lab', 'container', 'live'] as const).map(
      kind => headline({ ...green, target: { kind, description: '' } }).title,
    ),
  ).toEqual(['Holds in the lab', 'Holds in the container', 'Holds'])
})

test('only the live target proves anything about the cluster', () => {
  expect(
    (['lab', 'container', 'live'] as const).map(kind =>
      proofOf({ target: { kind, description: '' } }),
    ),
  ).toEqual([
    'LAB, a rehearsal: not proof about a live cluster',
    'CONTAINER, a real node: not proof about the live cluster',
    'LIVE, the cluster and its host',
  ])
})

test('every exit code has a meaning', () => {
  const meaning = (exitCode: number): string => exitMeaning({ exitCode, drills: [] })
  expect([0, 1, 2, 3, 4, 64, 70, 130, 143].map(meaning)).not.toContain(meaning(99))
})

test('exit code 4 has another meaning for a drill than for heal', () => {
  const { drills } = sample
  expect([exitMeaning({ exitCode: 4, drills }), exitMeaning({ exitCode: 4, drills: [] })]).toEqual([
    'a guard refused a drill',
    'refused: the cluster was not changed',
  ])
})
