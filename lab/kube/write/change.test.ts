// Changes: conflicts, writes of the status, and dry runs.
import { describe, expect, test } from 'vitest'
import { at, textAt } from '#lab/kube/patch/json.ts'
import {
  deployment,
  deploymentsPath,
  pod,
  podsPath,
  service,
  servicesPath,
  testbed,
} from '#lab/kube/testbed.ts'

describe('conflicts', () => {
  test('an existing object cannot be created again', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    expect(bed.ask('POST', podsPath, pod('x')).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'pods "x" already exists',
      reason: 'AlreadyExists',
      details: { name: 'x', kind: 'pods' },
      code: 409,
    })
  })

  test('an update needs the newest version or none', () => {
    const bed = testbed()
    const made = bed.ask('POST', deploymentsPath, deployment('x')).body
    expect(bed.ask('PUT', `${deploymentsPath}/x`, deployment('x', 2)).status).toBe(200)
    expect(bed.message('PUT', `${deploymentsPath}/x`, made)).toBe(
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; ' +
        'please apply your changes to the latest version and try again',
    )
    expect(
      bed.ask('PUT', `${deploymentsPath}/x`, bed.ask('GET', `${deploymentsPath}/x`).body).status,
    ).toBe(200)
  })

  test('metadata of the server cannot be written', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const patch = {
      metadata: {
        creationTimestamp: '2000-01-01T00:00:00Z',
        deletionTimestamp: '2000-01-01T00:00:00Z',
        generation: 99,
      },
    }
    const meta = at(bed.mergePatch(`${podsPath}/x`, patch).body, 'metadata')
    expect(meta).toMatchObject({ creationTimestamp: '2026-01-01T00:00:00Z', generation: 1 })
    expect(meta).not.toHaveProperty('deletionTimestamp')
    expect(
      bed.message(
        'PATCH',
        `${podsPath}/x`,
        { metadata: { uid: 'other' } },
        'application/merge-patch+json',
      ),
    ).toBe(
      'Operation cannot be fulfilled on pods "x": Precondition failed: UID in precondition: ' +
        `other, UID in object meta: ${textAt(meta, 'uid') ?? ''}`,
    )
  })
})

describe('status', () => {
  test('is written below /status alone, and the rest above it', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const both = {
      metadata: { labels: { fresh: 'yes' } },
      spec: { hostname: 'h' },
      status: { phase: 'Running' },
    }
    const viaStatus = bed.mergePatch(`${podsPath}/x/status`, both).body
    expect(viaStatus).toMatchObject({
      metadata: { labels: { fresh: 'yes' }, generation: 1 },
      status: { phase: 'Running' },
    })
    expect(viaStatus).not.toHaveProperty('spec.hostname')
    const viaMain = bed.mergePatch(`${podsPath}/x`, { status: { phase: 'Failed' } }).body
    expect(viaMain).toMatchObject({ status: { phase: 'Running' } })
  })
})

describe('dry runs', () => {
  test('answer like a real creation and store nothing', () => {
    const bed = testbed()
    const before = bed.context.store.version
    expect(bed.ask('POST', `${podsPath}?dryRun=All`, pod('x'))).toMatchObject({
      status: 201,
      body: { metadata: { name: 'x' }, status: { phase: 'Pending' } },
    })
    expect(bed.message('POST', `${podsPath}?dryRun=All`, pod('x', {}, { containers: [] }))).toBe(
      'Pod "x" is invalid: spec.containers: Required value',
    )
    expect({ version: bed.context.store.version, pods: bed.names(podsPath) }).toEqual({
      version: before,
      pods: [],
    })
  })

  test('store no change and no deletion', () => {
    const bed = testbed()
    bed.ask('POST', deploymentsPath, deployment('x'))
    const before = bed.context.store.version
    expect(
      bed.mergePatch(`${deploymentsPath}/x?dryRun=All`, { spec: { replicas: 5 } }).body,
    ).toMatchObject({ spec: { replicas: 5 } })
    expect(bed.ask('DELETE', `${deploymentsPath}/x?dryRun=All`).status).toBe(200)
    expect(
      bed.ask('PUT', `${deploymentsPath}/x/scale?dryRun=All`, { spec: { replicas: 9 } }).body,
    ).toMatchObject({ kind: 'Scale', spec: { replicas: 9 } })
    expect(bed.context.store.version).toBe(before)
  })

  test('do not change later random values', () => {
    const name = (dry: boolean) => {
      const bed = testbed()
      if (dry) bed.ask('POST', `${servicesPath}?dryRun=All`, service('dry', { type: 'NodePort' }))
      return bed.ask('POST', servicesPath, service('x', { type: 'NodePort' })).body
    }
    expect(name(true)).toEqual(name(false))
  })
})
