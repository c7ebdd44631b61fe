// Every kind of objection: its sentence, and report.json with the sentence beside the data.
import { describe, expect, test } from 'vitest'
import type { Judgement, Objection, Run } from '#src/model/index.ts'
import { readRun, reportJson } from '#src/reporting/json.ts'
import { drills } from '#tests/reporting/sample-drills.ts'
import { sample } from '#tests/reporting/sample.ts'

const judgements: readonly Judgement[] = [
  { invariant: 'web-is-up', clauses: [], subject: 'web', verdict: { kind: 'holds' } },
]
const found = { context: 'small', server: 'https://1.2.3.4:6443', uid: 'x' }

const objections: readonly (readonly [string, Objection])[] = [
  [
    'the steady state does not hold: web-is-up · web (holds)',
    { of: 'steady state', kind: 'unsteady', judgements },
  ],
  [
    'heal of joel@panda is running on this cluster',
    { of: 'cluster', kind: 'cluster-in-use', doing: 'heal', by: 'joel@panda' },
  ],
  [
    'the policy does not name its cluster: identity.kubeSystemUid is missing; ' +
      'small (https://1.2.3.4:6443) has x',
    { of: 'small', kind: 'identity-undeclared', ...found },
  ],
  [
    'small (https://1.2.3.4:6443) is another cluster: ' +
      'its kube-system has uid x, the policy means y',
    { of: 'small', kind: 'wrong-cluster', wanted: 'y', ...found },
  ],
  [
    'it is sat 2026-11-21 13:00 UTC; drills run mon, tue from 09:00 to 17:00',
    {
      of: 'time',
      kind: 'outside-window',
      local: 'sat 2026-11-21 13:00 UTC',
      days: ['mon', 'tue'],
      from: '09:00',
      until: '17:00',
    },
  ],
  [
    'it is sat 2026-11-21 13:00 UTC, and from 2026-11-20 to 2026-11-23 drills are frozen: sales',
    {
      of: 'time',
      kind: 'frozen',
      local: 'sat 2026-11-21 13:00 UTC',
      from: '2026-11-20',
      until: '2026-11-23',
      because: 'sales',
    },
  ],
  [
    'Deployment shop/web loses 2 of 3 ready replicas (67 %), the limit is 50 %',
    { of: 'Deployment shop/web', kind: 'too-many-replicas', ready: 3, lost: 2, limit: '50 %' },
  ],
  [
    'Deployment shop/web loses its last 3 ready replicas',
    { of: 'Deployment shop/web', kind: 'last-replicas', ready: 3 },
  ],
  [
    'one: no other control plane is ready',
    { of: 'one', kind: 'no-quorum', left: 0, members: 3, quorum: 2 },
  ],
  [
    'shop/data: pv-data is on no other node',
    { of: 'shop/data', kind: 'only-copy', volume: 'pv-data' },
  ],
  [
    'shop/data: its volume is unknown',
    { of: 'shop/data', kind: 'unbacked', gap: { kind: 'volume-unknown' } },
  ],
  [
    'shop/data: Kubernetes deletes its volume with it (reclaimPolicy Delete), ' +
      'and the policy declares no backup',
    { of: 'shop/data', kind: 'unbacked', gap: { kind: 'no-backup-declared' } },
  ],
  [
    'shop/data: no backup db-* in /backups',
    {
      of: 'shop/data',
      kind: 'unbacked',
      gap: { kind: 'no-backup-found', prefix: 'db-', folder: '/backups' },
    },
  ],
  [
    'shop/data: its youngest backup db-1 is 30 h 00 min old, the policy allows 26 h',
    {
      of: 'shop/data',
      kind: 'unbacked',
      gap: { kind: 'backup-too-old', file: 'db-1', age: 108_000_000, maxAge: '26 h' },
    },
  ],
  [
    'shop/data: its youngest backup db-1 has only 9 bytes',
    {
      of: 'shop/data',
      kind: 'unbacked',
      gap: { kind: 'backup-too-small', file: 'db-1', bytes: 9, minSize: '1 KiB' },
    },
  ],
  ['holdfast itself runs on one', { of: 'one', kind: 'own-node' }],
  ['there is no Docker', { of: 'docker', kind: 'lacking', reason: 'there is no Docker' }],
  [
    'the API does not let us patch nodes one',
    {
      of: 'patch nodes one',
      kind: 'not-permitted',
      permission: { verb: 'patch', group: '', resource: 'nodes', name: 'one' },
    },
  ],
  [
    '100 MiB are free where reports are written, 256 MiB are needed',
    { of: 'reports', kind: 'disk-full', freeBytes: 100 * 2 ** 20, needed: '256 MiB' },
  ],
  [
    'cannot be checked: silence',
    { of: 'unknown', kind: 'unclear', cause: { kind: 'doubtful', reason: 'silence' } },
  ],
  ['the guard itself failed: a defect', { of: 'unknown', kind: 'guard-failed', error: 'a defect' }],
]

const [drill] = drills

/** A run of one drill that a guard refuses, and another that was let through. */
const runWith = (about: readonly Objection[]): Run => ({
  ...sample,
  drills: [
    {
      ...drill!,
      outcome: {
        kind: 'refused',
        cause: {
          kind: 'guards',
          refusals: [{ guard: 'window', objections: about, remedy: 'wait' }],
        },
      },
      timeline: [
        {
          at: 0,
          phase: 'prepare',
          event: { kind: 'guard-allowed', guard: 'window', objections: about, by: ['--allow'] },
        },
      ],
    },
  ],
})

describe('an objection in report.json', () => {
  test.each(objections)('has its data and its sentence: %s', (sentence, objection) => {
    const run = runWith([objection])
    const [written] = (JSON.parse(reportJson(run)) as Run).drills
    const expected = [{ ...objection, seen: sentence }]
    expect(written?.outcome).toMatchObject({ cause: { refusals: [{ objections: expected }] } })
    expect(written?.timeline[0]?.event).toMatchObject({ objections: expected })
  })

  test('reads back as its data alone', () => {
    const run = runWith(objections.map(([, objection]) => objection))
    expect(readRun(reportJson(run))).toEqual(run)
  })
})
