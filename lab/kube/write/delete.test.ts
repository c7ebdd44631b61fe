// Deleting: grace, finalizers, policies, preconditions.
import { describe, expect, test } from 'vitest'
import { at } from '#lab/kube/patch/json.ts'
import { deployment, deploymentsPath, pod, podsPath, testbed } from '#lab/kube/testbed.ts'

const running = () => {
  const bed = testbed()
  bed.ask('POST', podsPath, pod('x', { app: 'x' }, { nodeName: 'n1' }))
  return bed
}

describe('pods', () => {
  test('with a node stay through their grace, until they are deleted with none', () => {
    const bed = running()
    expect(bed.ask('DELETE', `${podsPath}/x`)).toMatchObject({
      status: 200,
      body: {
        kind: 'Pod',
        metadata: {
          deletionTimestamp: '2026-01-01T00:00:30Z',
          deletionGracePeriodSeconds: 30,
          generation: 2,
        },
      },
    })
    expect(bed.names(podsPath)).toEqual(['x'])
    expect(bed.ask('DELETE', `${podsPath}/x`, { gracePeriodSeconds: 0 }).status).toBe(200)
    expect(bed.names(podsPath)).toEqual([])
  })

  test('grace can be made shorter, not longer', () => {
    const bed = running()
    bed.context.clock.advance(0)
    bed.ask('DELETE', `${podsPath}/x`, { gracePeriodSeconds: 20 })
    bed.context.clock.advance(5_000)
    const again = (seconds: number) =>
      at(bed.ask('DELETE', `${podsPath}/x?gracePeriodSeconds=${seconds}`).body, 'metadata')
    expect(again(60)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:20Z',
      deletionGracePeriodSeconds: 20,
    })
    expect(again(10)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:10Z',
      deletionGracePeriodSeconds: 10,
      generation: 2,
    })
  })

  test('without a node, or at their end, go at once', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('pending'))
    bed.ask('POST', podsPath, pod('done', {}, { nodeName: 'n1' }))
    bed.ask(
      'PATCH',
      `${podsPath}/done/status`,
      { status: { phase: 'Succeeded' } },
      'application/merge-patch+json',
    )
    bed.ask('DELETE', `${podsPath}/pending`)
    bed.ask('DELETE', `${podsPath}/done`)
    expect(bed.names(podsPath)).toEqual([])
  })

  test('with a finalizer stay after their grace until it is taken off', () => {
    const bed = running()
    bed.ask(
      'PATCH',
      `${podsPath}/x`,
      { metadata: { finalizers: ['lab.dev/hold'] } },
      'application/merge-patch+json',
    )
    bed.ask('DELETE', `${podsPath}/x?gracePeriodSeconds=0`)
    expect(at(bed.ask('GET', `${podsPath}/x`).body, 'metadata', 'deletionGracePeriodSeconds')).toBe(
      0,
    )
    expect(
      bed.message(
        'PATCH',
        `${podsPath}/x`,
        { metadata: { finalizers: ['lab.dev/hold', 'late'] } },
        'application/merge-patch+json',
      ),
    ).toBe(
      'Pod "x" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"late"}',
    )
    bed.ask(
      'PATCH',
      `${podsPath}/x`,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    )
    expect(bed.names(podsPath)).toEqual([])
  })
})

describe('everything else', () => {
  test('goes at once, and the answer says what went', () => {
    const bed = testbed()
    const uid = at(bed.ask('POST', deploymentsPath, deployment('x')).body, 'metadata', 'uid')
    expect(bed.ask('DELETE', `${deploymentsPath}/x`)).toMatchObject({
      status: 200,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'x', group: 'apps', kind: 'deployments', uid },
      },
    })
  })

  test.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ])('%s leaves a finalizer for the garbage collector', (policy, finalizers) => {
    const bed = testbed()
    bed.ask('POST', deploymentsPath, deployment('x'))
    const { body } = bed.ask('DELETE', `${deploymentsPath}/x`, { propagationPolicy: policy })
    expect(body).toMatchObject({
      kind: 'Deployment',
      metadata: {
        deletionTimestamp: '2026-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 0,
        finalizers,
      },
    })
    bed.ask(
      'PATCH',
      `${deploymentsPath}/x`,
      { metadata: { finalizers: [] } },
      'application/merge-patch+json',
    )
    expect(bed.names(deploymentsPath)).toEqual([])
  })

  test('preconditions must hold', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    expect(bed.ask('DELETE', `${podsPath}/x`, { preconditions: { uid: 'other' } })).toMatchObject({
      status: 409,
      body: { reason: 'Conflict' },
    })
    expect(
      bed.ask('DELETE', `${podsPath}/x`, { preconditions: { resourceVersion: '1' } }).body,
    ).toMatchObject({
      message:
        'Operation cannot be fulfilled on Pod "x": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (1003). The object might have been modified',
    })
    expect(bed.names(podsPath)).toEqual(['x'])
  })

  test('a collection goes as far as its selector reaches', () => {
    const bed = testbed()
    for (const name of ['a', 'b', 'c'])
      bed.ask('POST', podsPath, pod(name, { app: name === 'c' ? 'keep' : 'drop' }))
    expect(bed.ask('DELETE', `${podsPath}?labelSelector=app=drop`)).toMatchObject({
      status: 200,
      body: { kind: 'PodList' },
    })
    expect(bed.names(podsPath)).toEqual(['c'])
  })
})

describe('namespaces', () => {
  const path = '/api/v1/namespaces'

  test('terminate until they are finalized, and take nothing new', () => {
    const bed = testbed()
    bed.ask('POST', path, { metadata: { name: 'ns' } })
    expect(bed.ask('DELETE', `${path}/ns`).body).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    })
    expect(bed.message('POST', `${path}/ns/pods`, { ...pod('x'), metadata: { name: 'x' } })).toBe(
      'pods "x" is forbidden: unable to create new content in namespace ns because it is being terminated',
    )
    expect(bed.ask('DELETE', `${path}/ns`).status).toBe(409)
    expect(
      bed.ask('PUT', `${path}/ns/finalize`, { metadata: { name: 'ns' }, spec: { finalizers: [] } })
        .status,
    ).toBe(200)
    expect(bed.names(path)).toEqual(['default', 'other'])
  })

  test('the system keeps its own', () => {
    expect(testbed().message('DELETE', `${path}/default`)).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    )
  })
})

test('a claim stays, protected, until its finalizer is taken off', () => {
  const bed = testbed()
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
  bed.ask('POST', claims, {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  expect(bed.ask('DELETE', `${claims}/data`).body).toMatchObject({
    metadata: {
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['kubernetes.io/pvc-protection'],
    },
  })
  bed.context.clock.advance(60_000)
  expect(bed.names(claims)).toEqual(['data'])
  bed.ask(
    'PATCH',
    `${claims}/data`,
    [{ op: 'remove', path: '/metadata/finalizers/0' }],
    'application/json-patch+json',
  )
  expect(bed.names(claims)).toEqual([])
})
