// Guards against losing too much, on snapshots of a small cluster.
import { describe, expect, test } from 'vitest'
import { newModel, breaking } from '#tests/model/model.ts'
import { guards } from './guards.ts'
import { seen, cluster, hitting, down, verdict, refused, names } from '#tests/model/attempt.ts'

describe('a drill that would lose too much is refused', () => {
  test('one of three replicas is within the limit of half of them', () => {
    expect(verdict('replica-share', { faults: [hitting(down('three'))] })).toMatchObject({
      kind: 'holds',
    })
  })

  test('two of three replicas exceed it, also when two faults take one each', () => {
    expect(
      refused('replica-share', { faults: [hitting(down('three')), hitting(down('two'))] }),
    ).toEqual(['Deployment default/web loses 2 of 3 ready replicas (67 %), the limit is 50 %'])
  })

  test('the policy sets the limit', () => {
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
    ).toEqual(['Deployment default/web loses 1 of 3 ready replicas (33 %), the limit is 30 %'])
  })

  test('the last ready replica may not go', () => {
    expect(refused('last-replica', { faults: [hitting(down('one'))] })).toEqual([
      'Deployment default/db loses its last ready replica',
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
    ).toEqual(['Deployment default/web loses its last 3 ready replicas'])
  })

  test('a cordon ends no running pod', () => {
    expect(
      verdict('last-replica', {
        faults: [hitting({ kind: 'node', by: 'name', name: 'one', how: 'closed' })],
      }).kind,
    ).toBe('holds')
  })

  test('the last ready control plane may not go', () => {
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

  test('one control plane of three may go, two may not, whichever faults take them', () => {
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

  test('while one of three control planes is not ready, no other may go', () => {
    const three = {
      policy: { nodes: names.map(name => ({ name, role: 'control-plane' as const })) },
    }
    const snapshot = cluster({ nodes: ['one', 'two'] })
    expect(
      refused('last-control-plane', { faults: [hitting(down('one'))] }, { ...three, snapshot }),
    ).toEqual(['one: 1 of 3 control planes stay ready, a quorum is 2'])
  })

  test('neither of two control planes may go: both make the quorum', () => {
    expect(refused('last-control-plane', { faults: [hitting(down('one'))] })).toEqual([
      'one: 1 of 2 control planes stay ready, a quorum is 2',
    ])
  })

  test('the only copy of a volume may not go; a VM takes all of its node containers', () => {
    expect(verdict('last-volume-copy', { faults: [hitting(down('two'))] }).kind).toBe('holds')
    expect(
      refused('last-volume-copy', {
        faults: [hitting({ kind: 'vm', profile: 'default', how: 'down' })],
      }),
    ).toEqual(['default/data-db: pv-data-db is on no other node'])
  })

  test('the node that runs holdfast may not go', () => {
    expect(verdict('own-node', { faults: [hitting(down('one'))] })).toMatchObject({
      kind: 'not-applicable',
    })
    expect(refused('own-node', { faults: [hitting(down('one'))], ownNode: 'one' })).toEqual([
      'holdfast itself runs on one',
    ])
    expect(verdict('own-node', { faults: [hitting(down('two'))], ownNode: 'one' }).kind).toBe(
      'holds',
    )
  })

  test('every guard that needs the impacts of a fault refuses one that declares none', () => {
    const faults = [breaking(newModel())('web')]
    expect(
      guards
        .map(({ name }) => name)
        .filter(
          name =>
            refused(name, { faults })?.[0] ===
            'cannot be checked: the fault “part.break” does not declare its impacts',
        ),
    ).toEqual([
      'replica-share',
      'last-replica',
      'last-control-plane',
      'last-volume-copy',
      'unbacked-claim',
    ])
  })

  test('a missing answer is no pass', () => {
    expect(
      refused('last-replica', { faults: [hitting(down('one'))] }, { snapshot: seen() })?.[0],
    ).toMatch(/^cannot be checked: could not list pods: the snapshot does not hold it/)
  })
})
