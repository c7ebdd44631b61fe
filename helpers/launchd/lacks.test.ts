// Only a Mac has launchd.
import { expect, test } from 'vitest'
import { lacksOn } from './lacks.ts'

test('a Mac lacks nothing of launchd, any other host lacks it for a reason', () => {
  expect(lacksOn('darwin')).toEqual({})
  expect(lacksOn('linux')).toEqual({ launchd: 'this host is not a Mac: it has no launchd' })
})
