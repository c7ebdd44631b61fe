// What each target lacks, as the platforms state it.
import { expect, test } from 'vitest'
import { lacksOf } from './lacks.ts'

test('a Mac lacks nothing of launchd, any other host lacks it for a reason', () => {
  expect(lacksOf('live', 'darwin')).toEqual({})
  expect(lacksOf('live', 'linux')).toEqual({
    launchd: 'this host is not a Mac: it has no launchd',
  })
})

test('the lab is a Mac, whatever this host is', () => {
  expect(lacksOf('lab', 'linux')).not.toHaveProperty('launchd')
})

test('a node that was started for a run lacks what surrounds a real one', () => {
  const lacks = lacksOf('container', 'darwin')
  expect(Object.keys(lacks)).toEqual(
    expect.arrayContaining([
      'backups',
      'colima',
      'launchd',
      'node-services',
      'processes',
      'talos',
      'vm-ssh',
    ]),
  )
})
