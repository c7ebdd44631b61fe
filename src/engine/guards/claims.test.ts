// A claim whose volume is deleted with it: no fault touches it without a fresh backup.
import { describe, expect, test } from 'vitest'
import { backupFiles } from '#src/kubernetes/questions/backups.ts'
import { volumes } from '#src/kubernetes/questions/lists.ts'
import { type PolicyInput, type Snapshot } from '#src/model/index.ts'
import {
  now,
  known,
  volume,
  cluster,
  hitting,
  down,
  verdict,
  refused,
} from '#tests/model/attempt.ts'

describe('a claim with reclaimPolicy Delete', () => {
  const folder = '/backups'
  const claims = (maxAge: '26 h' = '26 h'): Partial<PolicyInput> => ({
    storage: {
      disks: [],
      claims: [
        {
          namespace: 'default',
          name: 'data-db',
          holds: 'data',
          backup: { by: 'files', folder, prefix: 'db-', maxAge, minSize: '1 KiB' },
        },
      ],
    },
  })
  const withBackup = (
    ...files: readonly { name: string; bytes: number; modifiedAt: number }[]
  ): Snapshot => ({
    ...cluster(),
    answers: { ...cluster().answers, [backupFiles(folder).key]: known(files) },
  })
  const faults = [hitting(down('one'))]

  test.for([
    [
      'without a backup that the policy knows of',
      cluster(),
      {},
      'default/data-db: Kubernetes deletes its volume with it (reclaimPolicy Delete), ' +
        'and the policy declares no backup',
    ],
    [
      'whose backup is not there',
      withBackup(),
      claims(),
      'default/data-db: no backup db-* in /backups',
    ],
    [
      'whose backup is old',
      withBackup({ name: 'db-1', bytes: 4096, modifiedAt: now - 30 * 3_600_000 }),
      claims(),
      'default/data-db: its youngest backup db-1 is 30 h 00 min old, the policy allows 26 h',
    ],
    [
      'whose backup is empty',
      withBackup({ name: 'db-1', bytes: 9, modifiedAt: now }),
      claims(),
      'default/data-db: its youngest backup db-1 has only 9 bytes',
    ],
  ] as const)('%s', ([, snapshot, policy, why]) => {
    expect(refused('unbacked-claim', { faults }, { snapshot, policy })).toEqual([why])
  })

  test('with a fresh backup, an accepted loss or a volume that stays: no objection', () => {
    expect(
      verdict(
        'unbacked-claim',
        { faults },
        { snapshot: withBackup({ name: 'db-1', bytes: 4096, modifiedAt: now }), policy: claims() },
      ).kind,
    ).toBe('holds')
    expect(
      verdict(
        'unbacked-claim',
        { faults },
        {
          policy: {
            storage: {
              disks: [],
              claims: [
                {
                  namespace: 'default',
                  name: 'data-db',
                  holds: 'data',
                  backup: { by: 'loss-accepted', because: 'it comes back by itself' },
                },
              ],
            },
          },
        },
      ).kind,
    ).toBe('holds')
    expect(
      verdict(
        'unbacked-claim',
        { faults },
        {
          snapshot: {
            ...cluster(),
            answers: {
              ...cluster().answers,
              [volumes.key]: known([volume('data-db', 'one', 'Retain')]),
            },
          },
        },
      ).kind,
    ).toBe('holds')
  })
})
