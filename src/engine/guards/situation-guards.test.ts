// Guards against the wrong cluster, the wrong time and a second run.
import { describe, expect, test } from 'vitest'
import { identity } from '#src/kubernetes/questions/access.ts'
import { seen, verdict, refused } from '#tests/model/attempt.ts'

describe('a drill in the wrong situation is refused', () => {
  const uid = '11111111-2222-4333-8444-555555555555'
  const live = { target: { kind: 'live', description: '' } } as const
  const who = (other: string) => ({
    snapshot: seen([identity, { context: 'small', server: 'https://1.2.3.4:6443', uid: other }]),
  })

  test('the wrong cluster and an undeclared cluster are never allowed', () => {
    expect(
      verdict('identity', live, {
        ...who('x'),
        policy: { identity: { contexts: ['small'], kubeSystemUid: uid } },
        allowed: ['identity'],
      }),
    ).toEqual({
      guard: 'identity',
      description: 'the cluster is not the one that the policy describes',
      kind: 'refuses',
      remedy: 'no flag and no policy allows this',
      objections: [
        {
          of: 'small',
          kind: 'wrong-cluster',
          context: 'small',
          server: 'https://1.2.3.4:6443',
          uid: 'x',
          wanted: uid,
        },
      ],
    })
    expect(refused('identity', live, who(uid))?.[0]).toMatch(
      /^the policy does not name its cluster/,
    )
    expect(
      verdict('identity', live, {
        ...who(uid),
        policy: { identity: { contexts: ['small'], kubeSystemUid: uid } },
      }).kind,
    ).toBe('holds')
    expect(
      refused('identity', live, {
        snapshot: seen(),
        policy: { identity: { contexts: ['small'], kubeSystemUid: uid } },
      })?.[0],
    ).toMatch(/^cannot be checked: /)
  })

  test('a run that is already active', () => {
    expect(
      refused('one-at-a-time', { active: { doing: 'drill restart-colima', by: 'joel@panda' } }),
    ).toEqual(['drill restart-colima of joel@panda is running on this cluster'])
  })

  test('a time outside the window', () => {
    const window = {
      days: ['mon', 'tue'],
      from: '09:00',
      until: '17:00',
      zone: 'Europe/Berlin',
    } as const
    expect(
      refused('window', {}, { policy: { window: { ...window, days: [...window.days] } } }),
    ).toEqual(['it is sat 2026-11-21 13:00 Europe/Berlin; drills run mon, tue from 09:00 to 17:00'])
    expect(verdict('window', {}, { policy: { window: { ...window, days: ['sat'] } } }).kind).toBe(
      'holds',
    )
  })
})
