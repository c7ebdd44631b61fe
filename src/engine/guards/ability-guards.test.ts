// Guards against missing capabilities, permissions and disk.
import { describe, expect, test } from 'vitest'
import { mayI } from './access.ts'
import { seen, hitting, verdict, refused } from '#tests/model/attempt.ts'

describe('a drill that could not be carried out, undone or reported is refused', () => {
  test('a missing capability', () => {
    expect(refused('capabilities', { lacks: { docker: 'there is no Docker' } })).toEqual([
      'there is no Docker',
    ])
  })

  test('missing permissions, those of the undo apart', () => {
    const [evaluate, put] = [
      { verb: 'get', group: '', resource: 'nodes' },
      { verb: 'patch', group: '', resource: 'nodes' },
    ] as const
    const faults = [{ ...hitting(), permissions: () => ({ inject: [evaluate, put], undo: [put] }) }]
    const answers = (...may: readonly [boolean, boolean]) => ({
      snapshot: seen([mayI(evaluate), may[0]], [mayI(put), may[1]]),
      allowed: ['undo-permissions'] as const,
    })
    expect([
      refused('permissions', { faults }, answers(true, false)),
      refused('undo-permissions', { faults }, answers(true, false)),
    ]).toEqual([undefined, ['the API does not let us patch nodes']])
    expect([
      refused('permissions', { faults }, answers(false, true)),
      refused('undo-permissions', { faults }, answers(false, true)),
    ]).toEqual([['the API does not let us get nodes'], undefined])
  })

  test('too little disk for the report, or an unknown amount', () => {
    expect(refused('evidence-disk', { freeBytes: 100 * 2 ** 20 })).toEqual([
      '100 MiB are free where reports are written, 256 MiB are needed',
    ])
    expect(refused('evidence-disk', { freeBytes: Number.NaN })).toEqual([
      'cannot be checked: the free space where reports are written is unknown',
    ])
    expect(verdict('evidence-disk', { freeBytes: 2 ** 30 }).kind).toBe('holds')
  })
})
