// Settings to an environment and back; patterns that select.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { environmentOf, globMatches, settingsFrom, UsageError } from './settings.ts'

const defaults = {
  cluster: 'joelclaw',
  target: 'lab',
  seed: 1,
  only: undefined,
  reports: 'reports',
  snapshot: undefined,
  disabledFixes: [],
  after: [],
  allowedGuards: [],
  drills: [],
  keep: false,
  reuse: false,
  recover: true,
  journal: 'cluster',
  node: undefined,
}

describe('settingsFrom', () => {
  test('returns the rehearsal on the lab for an empty environment', () => {
    expect(settingsFrom({})).toEqual(defaults)
  })

  test('treats every empty variable as unset', () => {
    const empty = Object.fromEntries(
      Object.keys(environmentOf(settingsFrom({}))).map(name => [name, '']),
    )
    expect(Object.keys(empty).length).toBeGreaterThan(10)
    expect(settingsFrom(empty)).toEqual(defaults)
  })

  test('splits lists', () => {
    expect(settingsFrom({ HOLDFAST_DISABLE: ' a, ,b,', HOLDFAST_AFTER: 'c' })).toEqual({
      ...defaults,
      disabledFixes: ['a', 'b'],
      after: ['c'],
    })
  })

  test('selects the policy saved with a snapshot unless another is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))
    try {
      const [alone, saved] = ['alone', 'saved'].map(name => join(folder, name, 'snapshot.json'))
      mkdirSync(join(folder, 'saved'))
      writeFileSync(join(folder, 'saved', 'policy.json'), '{}')
      expect([
        settingsFrom({ HOLDFAST_SNAPSHOT: alone }).cluster,
        settingsFrom({ HOLDFAST_SNAPSHOT: saved }).cluster,
        settingsFrom({ HOLDFAST_SNAPSHOT: saved, HOLDFAST_CLUSTER: 'tazlab' }).cluster,
      ]).toEqual(['joelclaw', join(folder, 'saved', 'policy.json'), 'tazlab'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('reverses environmentOf', () => {
    const settings = settingsFrom({
      HOLDFAST_CLUSTER: './x.ts',
      HOLDFAST_TARGET: 'live',
      HOLDFAST_SEED: '4294967295',
      HOLDFAST_ONLY: 'a.*',
      HOLDFAST_REPORTS: '/r',
      HOLDFAST_SNAPSHOT: 's.json',
      HOLDFAST_DISABLE: 'a,b',
      HOLDFAST_DRILLS: 'd',
    })
    expect(settingsFrom(environmentOf(settings))).toEqual(settings)
  })

  test.each([['-1'], ['1.5'], ['7x'], ['4294967296'], [' 7'], ['1e3']])(
    'refuses the seed “%s”',
    seed => {
      expect(() => settingsFrom({ HOLDFAST_SEED: seed })).toThrow(
        new UsageError(
          `“${seed}” is not a seed. Use a whole number from 0 to 4294967295, e.g. --seed 7.`,
        ),
      )
    },
  )

  test('reads guards to overrule, and refuses those that cannot be overruled', () => {
    expect(settingsFrom({ HOLDFAST_ALLOW: 'last-replica, window' }).allowedGuards).toEqual([
      'last-replica',
      'window',
    ])
    expect(() => settingsFrom({ HOLDFAST_ALLOW: 'everything' })).toThrow(
      /^Unknown guard in --allow everything\. Guards: identity, one-at-a-time, steady-state, /,
    )
    expect(() => settingsFrom({ HOLDFAST_ALLOW: 'identity' })).toThrow(
      new UsageError(
        '--allow identity: this guard cannot be overruled. Point the kubeconfig at the ' +
          'cluster that the policy means, or correct identity.kubeSystemUid in the ' +
          'policy.',
      ),
    )
    expect(() => settingsFrom({ HOLDFAST_ALLOW: 'one-at-a-time' })).toThrow(
      new UsageError(
        '--allow one-at-a-time: this guard cannot be overruled. Wait until the other ' +
          'run has ended, or ask it to undo and end: holdfast stop.',
      ),
    )
    expect(() => settingsFrom({ HOLDFAST_ALLOW: 'undo-permissions' })).toThrow(
      new UsageError(
        '--allow undo-permissions: this guard cannot be overruled. What cannot be ' +
          'undone is not injected: apply the role that holdfast rbac prints.',
      ),
    )
  })

  test('refuses an unknown target', () => {
    expect(() => settingsFrom({ HOLDFAST_TARGET: 'Lab' })).toThrow(
      new UsageError('Unknown target “Lab”. Targets: lab, container, live; e.g. --target lab.'),
    )
  })
})

describe('globMatches', () => {
  test.each([
    [undefined, ['anything'], true],
    ['probes.*', ['containers-have-probes', 'probes.liveness'], true],
    ['probes.*', ['probes'], false],
    ['probes.liveness', ['probes.liveness'], true],
    ['probes', ['probes.liveness'], false],
    ['probes.l', ['probesXl'], false],
    ['*liveness', ['probes.liveness'], true],
    ['*', ['x'], true],
    ['(a|b)+', ['a'], false],
    ['a', [], false],
  ] as const)('%s on %j: %s', (pattern, names, expected) => {
    expect(globMatches(pattern, names)).toBe(expected)
  })
})
