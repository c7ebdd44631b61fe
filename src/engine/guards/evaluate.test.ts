// What lets a refused drill through, and how all refusals are reported together.
import { refusalsText } from '#src/reporting/guards/objections.ts'
import { describe, expect, test } from 'vitest'
import { guardNames, neverAllowed, policyAllows, type Judgement } from '#src/model/index.ts'
import { judgeGuards, refusalsOf } from './evaluate.ts'
import { guards } from './guards.ts'
import {
  cluster,
  policyOf,
  hitting,
  down,
  attempt,
  verdict,
  refused,
} from '#tests/model/attempt.ts'

describe('allowing a refused drill', () => {
  const faults = [hitting(down('one'))]

  test('a person allows it by the name of the guard', () => {
    expect(verdict('last-replica', { faults }, { allowed: ['last-replica'] })).toMatchObject({
      kind: 'allowed',
      by: ['--allow last-replica'],
    })
    expect(verdict('last-replica', { faults }, { allowed: ['replica-share'] }).kind).toBe('refuses')
  })

  test('the policy allows it for the named subject, with its reason', () => {
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
    ).toEqual(['Deployment default/db loses its last ready replica'])
  })

  test('a policy cannot allow what depends on the moment', () => {
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

  test('all refusals are reported together, each with its remedy', () => {
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
      attempt({ faults, steady, active: { doing: 'heal', by: 'joel@panda' } }),
      cluster(),
      policyOf(),
      new Set(['replica-share']),
    )
    expect(refusalsText(refusalsOf(verdicts))).toBe(
      [
        'one-at-a-time: heal of joel@panda is running on this cluster ' +
          '(wait until it ends, or stop it: holdfast stop)',
        'the steady state does not hold: web-is-up · web (unknown) ' +
          '(to allow it: --allow steady-state)',
        'last-replica: Deployment default/db loses its last ready replica ' +
          '(to allow it: --allow last-replica, or limits.allows in the policy)',
        'last-control-plane: one: 1 of 2 control planes stay ready, a quorum is 2 ' +
          '(to allow it: --allow last-control-plane, or limits.allows in the policy)',
        'last-volume-copy: default/data-db: pv-data-db is on no other node ' +
          '(to allow it: --allow last-volume-copy, or limits.allows in the policy)',
        'unbacked-claim: default/data-db: Kubernetes deletes its volume with it ' +
          '(reclaimPolicy Delete), and the policy declares no backup ' +
          '(to allow it: --allow unbacked-claim, or limits.allows in the policy)',
      ].join(' · '),
    )
  })

  test('no guard refuses: the report has no refusals', () => {
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

  test('three guards can never be allowed', () => {
    expect(neverAllowed).toEqual(['identity', 'one-at-a-time', 'undo-permissions'])
  })
})
