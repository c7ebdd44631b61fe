// Changing: conflicts, the status apart, dry runs.
import { describe, expect, test } from 'vitest'
import { at } from '#lab/kube/patch/json.ts'
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
  test('what exists cannot be created', () => {
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

  test('an update with an old version is refused, with the newest taken, with none taken', () => {
    const bed = testbed()
    const made = bed.ask('POST', deploymentsPath, deployment('x')).body
    expect(bed.ask('PUT', `${deploymentsPath}/x`, deployment('x', 2)).status).toBe(200)
    expect(bed.message('PUT', `${deploymentsPath}/x`, made)).toBe(
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; please apply your changes to the latest version and try again',
    )
    expect(
      bed.ask('PUT', `${deploymentsPath}/x`, bed.ask('GET', `${deploymentsPath}/x`).body).status,
    ).toBe(200)
  })

  test('what the server keeps cannot be written', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const patch = {
      metadata: {
        creationTimestamp: '2000-01-01T00:00:00Z',
        deletionTimestamp: '2000-01-01T00:00:00Z',
        generation: 99,
      },
    }
    const meta = at(
      bed.ask('PATCH', `${podsPath}/x`, patch, 'application/merge-patch+json').body,
      'metadata',
    )
    expect(meta).toMatchObject({ creationTimestamp: '2026-01-01T00:00:00Z', generation: 1 })
    expect(meta).not.toHaveProperty('deletionTimestamp')
    expect(
      bed.message(
        'PATCH',
        `${podsPath}/x`,
        { metadata: { uid: 'other' } },
        'application/merge-patch+json',
      ),
    ).toMatch(
      /^Operation cannot be fulfilled on pods "x": Precondition failed: UID in precondition: other, UID in object meta: /,
    )
  })
})

describe('status', () => {
  test('is written below /status alone, and nothing else is', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const both = {
      metadata: { labels: { fresh: 'yes' } },
      spec: { hostname: 'h' },
      status: { phase: 'Running' },
    }
    const viaStatus = bed.ask(
      'PATCH',
      `${podsPath}/x/status`,
      both,
      'application/merge-patch+json',
    ).body
    expect(viaStatus).toMatchObject({
      metadata: { labels: { fresh: 'yes' }, generation: 1 },
      status: { phase: 'Running' },
    })
    expect(viaStatus).not.toHaveProperty('spec.hostname')
    const viaMain = bed.ask(
      'PATCH',
      `${podsPath}/x`,
      { status: { phase: 'Failed' } },
      'application/merge-patch+json',
    ).body
    expect(viaMain).toMatchObject({ status: { phase: 'Running' } })
  })
})

describe('dry runs', () => {
  test('answer as the real thing, and leave nothing behind', () => {
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

  test('also of changes and deletions', () => {
    const bed = testbed()
    bed.ask('POST', deploymentsPath, deployment('x'))
    const before = bed.context.store.version
    expect(
      bed.ask(
        'PATCH',
        `${deploymentsPath}/x?dryRun=All`,
        { spec: { replicas: 5 } },
        'application/merge-patch+json',
      ).body,
    ).toMatchObject({ spec: { replicas: 5 } })
    expect(bed.ask('DELETE', `${deploymentsPath}/x?dryRun=All`).status).toBe(200)
    expect(
      bed.ask('PUT', `${deploymentsPath}/x/scale?dryRun=All`, { spec: { replicas: 9 } }).body,
    ).toMatchObject({ kind: 'Scale', spec: { replicas: 9 } })
    expect(bed.context.store.version).toBe(before)
  })

  test('do not move what later runs get', () => {
    const name = (dry: boolean) => {
      const bed = testbed()
      if (dry) bed.ask('POST', `${servicesPath}?dryRun=All`, service('dry', { type: 'NodePort' }))
      return bed.ask('POST', servicesPath, service('x', { type: 'NodePort' })).body
    }
    expect(name(true)).toEqual(name(false))
  })
})
