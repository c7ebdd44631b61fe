// The window of drills: days and hours in its own zone, over midnight, over changes of the clock,
// and freezes.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { objectionText } from '#src/reporting/guards/objections.ts'
import { policyWith } from '#tests/model/policy.ts'
import { inZone, windowObjection } from './window.ts'

type Window = Parameters<typeof windowObjection>[0]
const office: Window = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  until: '17:00',
  zone: 'Europe/Berlin',
  freezes: [],
}
const night: Window = { ...office, days: ['fri'], from: '22:00', until: '04:00' }
const at = (text: string): number => Date.parse(text)

test.for<[description: string, window: Window, when: string, open: boolean]>([
  ['at its first minute', office, '2026-11-20T08:00:00Z', true],
  ['a second before', office, '2026-11-20T07:59:59Z', false],
  ['at its last second', office, '2026-11-20T15:59:59Z', true],
  ['at its end', office, '2026-11-20T16:00:00Z', false],
  ['on a day outside its days', office, '2026-11-21T10:00:00Z', false],
  ['in summer, an hour earlier by UTC', office, '2026-07-01T07:00:00Z', true],
  ['over midnight: before it', night, '2026-11-20T22:30:00Z', true],
  ['over midnight: after it, the night of the day before', night, '2026-11-21T02:30:00Z', true],
  ['over midnight: in the morning of its own day', night, '2026-11-20T02:30:00Z', false],
  [
    'in the hour that a change of the clock repeats',
    { ...office, days: ['sun'], from: '02:00', until: '03:00' },
    '2026-10-25T01:30:00Z',
    true,
  ],
  ['all day', { ...office, from: '00:00', until: '00:00' }, '2026-11-20T23:30:00Z', false],
  [
    'all day, from midnight of its zone',
    { ...office, from: '00:00', until: '00:00' },
    '2026-11-20T22:30:00Z',
    true,
  ],
])('%s', ([, window, when, open]) => {
  expect(windowObjection(window, at(when)) === undefined).toBe(open)
})

describe('a freeze', () => {
  const frozen: Window = {
    ...office,
    freezes: [{ from: '2026-11-20', until: '2026-11-23', because: 'the shop’s busiest days' }],
  }
  test.for([
    ['2026-11-19T10:00:00Z', true],
    ['2026-11-20T10:00:00Z', false],
    ['2026-11-23T10:00:00Z', false],
    ['2026-11-24T10:00:00Z', true],
  ] as const)('%s', ([when, open]) => {
    expect(windowObjection(frozen, at(when)) === undefined).toBe(open)
  })

  test('is reported with its reason', () => {
    const cause = windowObjection(frozen, at('2026-11-20T10:00:00Z'))
    expect(cause && objectionText({ of: 'time', ...cause })).toBe(
      'it is fri 2026-11-20 11:00 Europe/Berlin, and from 2026-11-20 to 2026-11-23 ' +
        'drills are frozen: the shop’s busiest days',
    )
  })
})

test('a local time has a valid day and a minute within it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_102_444_800_000 }),
      fc.constantFrom(
        'UTC',
        'Europe/Berlin',
        'America/Los_Angeles',
        'Asia/Kolkata',
        'Pacific/Apia',
      ),
      (when, zone) => {
        const { day, minute } = inZone(when, zone)
        expect(day).toMatch(/^\d{4}-\d{2}-\d{2}$/)
        expect(minute >= 0 && minute < 1440).toBe(true)
      },
    ),
    { numRuns: 50 },
  )
})

test.for([
  [
    { ...office, zone: 'Europe/Berlim' },
    'window.zone: expected an IANA time zone, such as "Europe/Berlin"; it is "Europe/Berlim"',
  ],
  [
    { ...office, from: '9:00' },
    'window.from: expected a time of day, such as "09:30"; it is "9:00"',
  ],
  [
    { ...office, freezes: [{ from: '2026-13-01', until: '2026-12-01', because: 'x' }] },
    'window.freezes.0.from: expected a day, such as "2027-03-31"; it is "2026-13-01"',
  ],
] as const)('an invalid window is refused with its path and value', ([window, description]) => {
  expect(() => policyWith({ window: structuredClone(window) as unknown as Window })).toThrow(
    description,
  )
})
