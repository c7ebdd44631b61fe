// Guards on snapshots: what each has against an attempt, what lets it through, and that what cannot
// be seen refuses.
import { refusalsText } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import { newModel, breaking } from '#tests/model/model.ts'
import { identity } from '#src/kubernetes/questions/access.ts'
import { guardNames, neverAllowed, policyAllows, type Judgement } from '#src/model/index.ts'
import { mayI } from './access.ts'
import { judgeGuards, refusalsOf } from './evaluate.ts'
import { guards } from './guards.ts'
import {
  seen,
  cluster,
  policyOf,
  hitting,
  down,
  attempt,
  verdict,
  refused,
  names,
} from '#tests/model/attempt.ts'

describe('blast radius', () => {
  test('one of three replicas is within the limit of half of them', () => {
    expect(verdict('replica-share', { faults: [hitting(down('three'))] })).toMatchObject({
      kind: 'holds',
    })
  })

  test('two of three are not, by two faults together', () => {
    expect(
      refused('replica-share', { faults: [hitting(down('three')), hitting(down('two'))] }),
    ).toEqual(['Deployment default/web: 2 of 3 ready replicas go (67 %), the limit is 50 %'])
  })

  test('the limit is the policy’s', () => {
    expect(
      verdict(
        'replica-share',
        { faults: [hitting(down('three')), hitting(down('two'))] },
        { policy: { limits: { replicas: '70 %' } } },
      ).kind,
    ).toBe('holds')
    expect(
      refused(
        'replica-share',
        { faults: [hitting(down('three'))] },
        { policy: { limits: { replicas: '30 %' } } },
      ),
    ).toEqual(['Deployment default/web: 1 of 3 ready replicas go (33 %), the limit is 30 %'])
  })

  test('the last ready replica', () => {
    expect(refused('last-replica', { faults: [hitting(down('one'))] })).toEqual([
      'Deployment default/db: its last ready replica goes',
    ])
    expect(
      refused('last-replica', {
        faults: [
          hitting({
            kind: 'workload',
            workload: 'Deployment',
            namespace: 'default',
            name: 'web',
            how: 'down',
          }),
        ],
      }),
    ).toEqual(['Deployment default/web: its last 3 ready replicas go'])
  })

  test('a cordon takes nothing that runs', () => {
    expect(
      verdict('last-replica', {
        faults: [hitting({ kind: 'node', by: 'name', name: 'one', how: 'closed' })],
      }).kind,
    ).toBe('holds')
  })

  test('the last control plane that is ready, and not one of two', () => {
    expect(verdict('last-control-plane', { faults: [hitting(down('three'))] }).kind).toBe('holds')
    expect(
      refused(
        'last-control-plane',
        { faults: [hitting(down('one'))] },
        { snapshot: cluster({ nodes: ['one', 'three'] }) },
      ),
    ).toEqual(['one: no other control plane is ready'])
    expect(
      refused('last-control-plane', { faults: [hitting(down('one')), hitting(down('two'))] }),
    ).toEqual(['one: no other control plane is ready', 'two: no other control plane is ready'])
  })

  test('one control plane of three may go, two may not, by whatever faults of the drill', () => {
    const three = {
      policy: { nodes: names.map(name => ({ name, role: 'control-plane' as const })) },
    }
    const about = (...hit: readonly string[]) => ({ faults: hit.map(name => hitting(down(name))) })
    expect(verdict('last-control-plane', about('one'), three).kind).toBe('holds')
    expect(refused('last-control-plane', about('one', 'two'), three)).toEqual([
      'one: 1 of 3 control planes stay ready, a quorum is 2',
      'two: 1 of 3 control planes stay ready, a quorum is 2',
    ])
  })

  test('with one of three not ready, no other may go', () => {
    const three = {
      policy: { nodes: names.map(name => ({ name, role: 'control-plane' as const })) },
    }
    const snapshot = cluster({ nodes: ['one', 'two'] })
    expect(
      refused('last-control-plane', { faults: [hitting(down('one'))] }, { ...three, snapshot }),
    ).toEqual(['one: 1 of 3 control planes stay ready, a quorum is 2'])
  })

  test('one of two control planes may not go: both are the quorum', () => {
    expect(refused('last-control-plane', { faults: [hitting(down('one'))] })).toEqual([
      'one: 1 of 2 control planes stay ready, a quorum is 2',
    ])
  })

  test('the only copy of a volume; and a VM takes every node that is a container in it', () => {
    expect(verdict('last-volume-copy', { faults: [hitting(down('two'))] }).kind).toBe('holds')
    expect(
      refused('last-volume-copy', {
        faults: [hitting({ kind: 'vm', profile: 'default', how: 'down' })],
      }),
    ).toEqual(['default/data-db: pv-data-db is on no other node'])
  })

  test('the node of holdfast itself', () => {
    expect(verdict('own-node', { faults: [hitting(down('one'))] })).toMatchObject({
      kind: 'not-applicable',
    })
    expect(refused('own-node', { faults: [hitting(down('one'))], ownNode: 'one' })).toEqual([
      'one carries holdfast itself',
    ])
    expect(verdict('own-node', { faults: [hitting(down('two'))], ownNode: 'one' }).kind).toBe(
      'holds',
    )
  })

  test('a fault that does not say what it hits is refused by everything that would have to know', () => {
    const faults = [breaking(newModel())('web')]
    expect(
      guards
        .map(({ name }) => name)
        .filter(
          name =>
            refused(name, { faults })?.[0] ===
            'it cannot be told: the fault “part.break” does not say what it hits',
        ),
    ).toEqual([
      'replica-share',
      'last-replica',
      'last-control-plane',
      'last-volume-copy',
      'unbacked-claim',
    ])
  })

  test('what was not seen is no pass', () => {
    expect(
      refused('last-replica', { faults: [hitting(down('one'))] }, { snapshot: seen() })?.[0],
    ).toMatch(/^it cannot be told: could not list pods: the snapshot does not hold it/)
  })
})

describe('who and when', () => {
  const uid = '11111111-2222-4333-8444-555555555555'
  const live = { target: { kind: 'live', description: '' } } as const
  const who = (other: string) => ({
    snapshot: seen([identity, { context: 'small', server: 'https://1.2.3.4:6443', uid: other }]),
  })

  test('the wrong cluster, and one that the policy does not name, are never allowed', () => {
    expect(
      verdict('identity', live, {
        ...who('x'),
        policy: { identity: { contexts: ['small'], kubeSystemUid: uid } },
        allowed: ['identity'],
      }),
    ).toEqual({
      guard: 'identity',
      description: 'the cluster is not the one that the policy means',
      kind: 'refuses',
      remedy: 'nobody can allow this',
      objections: [
        {
          of: 'small',
          seen: `small (https://1.2.3.4:6443) is another cluster: its kube-system has uid x, the policy means ${uid}`,
        },
      ],
    })
    expect(refused('identity', live, who(uid))?.[0]).toMatch(
      /^the policy does not say which cluster it means/,
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
    ).toMatch(/^it cannot be told: /)
  })

  test('another one at work', () => {
    expect(refused('one-at-a-time', { active: 'drill restart-colima of joel@panda' })).toEqual([
      'drill restart-colima of joel@panda is at work on this cluster',
    ])
  })

  test('outside of the window', () => {
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

describe('what is missing', () => {
  test('a capability', () => {
    expect(refused('capabilities', { lacks: { docker: 'there is no Docker' } })).toEqual([
      'there is no Docker',
    ])
  })

  test('permissions, those for the undo by themselves', () => {
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

  test('room for the evidence; where nobody can say how much there is, it is refused', () => {
    expect(refused('evidence-disk', { freeBytes: 100 * 2 ** 20 })).toEqual([
      '100 MiB are free where reports are written, 256 MiB are needed',
    ])
    expect(refused('evidence-disk', { freeBytes: Number.NaN })).toEqual([
      'it cannot be told: the room where reports are written cannot be seen',
    ])
    expect(verdict('evidence-disk', { freeBytes: 2 ** 30 }).kind).toBe('holds')
  })
})

describe('letting through', () => {
  const faults = [hitting(down('one'))]

  test('by a person, by the guard’s name', () => {
    expect(verdict('last-replica', { faults }, { allowed: ['last-replica'] })).toMatchObject({
      kind: 'allowed',
      by: ['--allow last-replica'],
    })
    expect(verdict('last-replica', { faults }, { allowed: ['replica-share'] }).kind).toBe('refuses')
  })

  test('by the policy, for what it names, with its reason', () => {
    const because = 'it is a test and nothing else'
    expect(
      verdict(
        'last-replica',
        { faults },
        {
          policy: {
            limits: { allows: [{ guard: 'last-replica', of: 'Deployment default/db', because }] },
          },
        },
      ),
    ).toMatchObject({ kind: 'allowed', by: [`the policy: ${because}`] })
    expect(
      refused(
        'last-replica',
        { faults },
        {
          policy: {
            limits: { allows: [{ guard: 'last-replica', of: 'Deployment default/web', because }] },
          },
        },
      ),
    ).toEqual(['Deployment default/db: its last ready replica goes'])
  })

  test('what is about a moment, a policy cannot let through', () => {
    for (const guard of guardNames.filter(
      name => !policyAllows.some(allowed => allowed === name),
    )) {
      expect(() =>
        policyOf({
          limits: {
            allows: [{ guard: guard as 'own-node', because: 'it is a test and nothing else' }],
          },
        }),
      ).toThrow('limits.allows.0.guard')
    }
  })

  test('all refusals are told together, each with what a person can do', () => {
    const steady: readonly Judgement[] = [
      {
        invariant: 'web-is-up',
        clauses: [],
        subject: 'web',
        verdict: { kind: 'unknown', cause: { kind: 'doubtful', reason: 'silence' } },
      },
    ]
    const verdicts = judgeGuards(
      guards,
      attempt({ faults, steady, active: 'a heal' }),
      cluster(),
      policyOf(),
      new Set(['replica-share']),
    )
    expect(refusalsText(refusalsOf(verdicts))).toBe(
      [
        'one-at-a-time: a heal is at work on this cluster (wait for its end, or have it undo and leave: holdfast stop)',
        'the steady state does not hold: web-is-up · web (unknown) (to allow it: --allow steady-state)',
        'last-replica: Deployment default/db: its last ready replica goes (to allow it: --allow last-replica, or limits.allows in the policy)',
        'last-control-plane: one: 1 of 2 control planes stay ready, a quorum is 2 (to allow it: --allow last-control-plane, or limits.allows in the policy)',
        'last-volume-copy: default/data-db: pv-data-db is on no other node (to allow it: --allow last-volume-copy, or limits.allows in the policy)',
        'unbacked-claim: default/data-db: its volume is deleted with it (reclaimPolicy Delete), and the policy knows of no backup (to allow it: --allow unbacked-claim, or limits.allows in the policy)',
      ].join(' · '),
    )
  })

  test('nothing refuses: nothing is said', () => {
    expect(
      refusalsOf(
        judgeGuards(
          guards,
          attempt({ faults: [hitting(down('three'))] }),
          cluster(),
          policyOf(),
          new Set(),
        ),
      ),
    ).toEqual([])
  })

  test('three are beyond everybody', () => {
    expect(neverAllowed).toEqual(['identity', 'one-at-a-time', 'undo-permissions'])
  })
})
