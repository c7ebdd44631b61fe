// A set of manifests as a snapshot: which questions it answers, and the namespaces of its objects.
import { describe, expect, test } from 'vitest'
import { policyWith } from '#tests/model/policy.ts'
import * as kubernetes from '#src/kubernetes/questions/lists.ts'
import type { ManifestObject, Question } from '#src/model/index.ts'
import { inItsNamespace } from './namespaces.ts'
import { deployment, manifestOf } from './fixture.ts'
import { declared } from './kinds.ts'
import { notAsked, snapshotOf, withNamespacesOf } from './snapshot.ts'

const options = {
  cluster: 'joelclaw',
  namespace: 'default',
  now: Date.parse('2026-11-21T12:00:00Z'),
}
const object = (
  kind: string,
  members: Record<string, unknown> = {},
  namespace?: string,
): ManifestObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', ...(namespace === undefined ? {} : { namespace }) },
  ...members,
})

describe('a snapshot of manifests', () => {
  const set = [
    manifestOf(deployment('web')),
    manifestOf(object('Service', { spec: { ports: [{ port: 80 }] } })),
    manifestOf(deployment('api', {}, { namespace: 'other' })),
  ]
  const value = (question: Question<unknown>): unknown =>
    snapshotOf(set, [question], options).answers[question.key]

  test('answers a list question with its objects, ordered by namespace and name', () => {
    const names = (manifests: typeof set): unknown => {
      const answer = snapshotOf(manifests, [kubernetes.deployments], options).answers[
        kubernetes.deployments.key
      ]
      return answer?.kind === 'known'
        ? (answer.value as ManifestObject[]).map(
            ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
          )
        : answer
    }
    expect(names(set)).toEqual(['joelclaw/web', 'other/api'])
    expect(names(set.toReversed())).toEqual(names(set))
  })

  test('answers for a declared kind without objects with an empty list', () => {
    expect(value(kubernetes.daemonSets)).toEqual({
      kind: 'known',
      value: [],
      description: 'list daemonsets',
      origin: 'manifests',
      at: options.now,
      tookMs: 0,
    })
  })

  test('has absent answers to all other questions', () => {
    for (const question of [
      kubernetes.nodes,
      kubernetes.events,
      kubernetes.leases,
      kubernetes.slices,
      kubernetes.apiReady,
    ]) {
      expect(value(question)).toMatchObject({ kind: 'absent', why: notAsked })
    }
  })

  test('answers all list questions except those for kinds that a cluster creates', () => {
    const lists = Object.values(kubernetes)
      .filter(item => typeof item === 'object' && 'key' in item)
      .map(({ key }) => key.replace('kubernetes.', ''))
    const ofTheCluster = ['nodes', 'events', 'leases', 'endpointslices', 'readyz']
    expect(lists.filter(plural => declared[plural] === undefined).toSorted()).toEqual(
      ofTheCluster.toSorted(),
    )
  })

  test('puts an object without a namespace where it would be created', () => {
    expect(value(kubernetes.services)).toMatchObject({
      value: [{ metadata: { name: 'x', namespace: 'default' } }],
    })
  })
})

describe('the policy', () => {
  test('gets the namespaces that the set creates and those of its objects', () => {
    const policy = policyWith({ namespaces: ['small'] })
    const set = [
      manifestOf(deployment('web')),
      manifestOf(object('Namespace')),
      manifestOf(object('ConfigMap')),
      manifestOf(object('ClusterRole')),
    ]
    expect(withNamespacesOf(policy, set, 'fallback').namespaces).toEqual([
      'small',
      'joelclaw',
      'x',
      'fallback',
    ])
  })
})

describe('an object', () => {
  const namespace = (kind: string, given?: string): unknown =>
    inItsNamespace(object(kind, {}, given), 'team').metadata.namespace

  test('is in its own namespace or the default, or in none if its kind is cluster-wide', () => {
    expect([
      namespace('Service'),
      namespace('Service', 'a'),
      namespace('Unheard'),
      namespace('ClusterRole'),
      namespace('ClusterRole', 'a'),
      namespace('Namespace'),
    ]).toEqual(['team', 'a', 'team', undefined, undefined, undefined])
  })

  test('keeps all other members, and the original does not change', () => {
    const before = deployment('web', {}, {})
    const { namespace: _, ...metadata } = before.metadata
    const bare: typeof before = { ...before, metadata }
    const saved = structuredClone(bare)
    expect(inItsNamespace(bare, 'team')).toEqual({
      ...bare,
      metadata: { name: 'web', namespace: 'team' },
    })
    expect(bare).toEqual(saved)
  })

  test.for([undefined, null, 3, 'text', [], { template: 3 }])('may have any shape: %j', spec => {
    expect(inItsNamespace(object('Deployment', { spec }), 'team')).toEqual({
      apiVersion: 'v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'team' },
      spec,
    })
  })
})
