// Deletions: grace periods, finalizers, policies and preconditions.
import { describe, expect, test } from 'vitest'
import { at } from '#lab/kube/patch/json.ts'
import { deployment, deploymentsPath, pod, podsPath, testbed } from '#lab/kube/testbed.ts'

const running = () => {
  const bed = testbed()
  bed.ask('POST', podsPath, pod('x', { app: 'x' }, { nodeName: 'n1' }))
  return bed
}

describe('pods', () => {
  test('on a node stay until they are deleted without grace', () => {
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

  test('can get less grace, but not more', () => {
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

  test('without a node, or finished, go at once', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('pending'))
    bed.ask('POST', podsPath, pod('done', {}, { nodeName: 'n1' }))
    bed.mergePatch(`${podsPath}/done/status`, { status: { phase: 'Succeeded' } })
    bed.ask('DELETE', `${podsPath}/pending`)
    bed.ask('DELETE', `${podsPath}/done`)
    expect(bed.names(podsPath)).toEqual([])
  })

  test('with a finalizer stay after their grace until it is removed', () => {
    const bed = running()
    bed.mergePatch(`${podsPath}/x`, { metadata: { finalizers: ['lab.dev/hold'] } })
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
      'Pod "x" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if ' +
        'the object is being deleted, found new finalizers []string{"late"}',
    )
    bed.mergePatch(`${podsPath}/x`, { metadata: { finalizers: null } })
    expect(bed.names(podsPath)).toEqual([])
  })
})

describe('all other objects', () => {
  test('go at once, and the answer names them', () => {
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
  ])('deleted with %s keep a finalizer for the garbage collector', (policy, finalizers) => {
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
    bed.mergePatch(`${deploymentsPath}/x`, { metadata: { finalizers: [] } })
    expect(bed.names(deploymentsPath)).toEqual([])
  })

  test('stay if a precondition fails', () => {
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
        'Operation cannot be fulfilled on Pod "x": the ResourceVersion in the precondition (1) ' +
        'does not match the ResourceVersion in record (1003). The object might have been ' +
        'modified',
    })
    expect(bed.names(podsPath)).toEqual(['x'])
  })

  test('of a collection go if the selector matches them', () => {
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

  test('terminate until they are finalized, and accept no new objects', () => {
    const bed = testbed()
    bed.ask('POST', path, { metadata: { name: 'ns' } })
    expect(bed.ask('DELETE', `${path}/ns`).body).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    })
    expect(bed.message('POST', `${path}/ns/pods`, { ...pod('x'), metadata: { name: 'x' } })).toBe(
      'pods "x" is forbidden: unable to create new content in namespace ns because it is being ' +
        'terminated',
    )
    expect(bed.ask('DELETE', `${path}/ns`).status).toBe(409)
    expect(
      bed.ask('PUT', `${path}/ns/finalize`, { metadata: { name: 'ns' }, spec: { finalizers: [] } })
        .status,
    ).toBe(200)
    expect(bed.names(path)).toEqual(['default', 'other'])
  })

  test('of the system cannot be deleted', () => {
    expect(testbed().message('DELETE', `${path}/default`)).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    )
  })
})

test('a protected claim stays until its finalizer is removed', () => {
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
