// Patches in their four forms.
import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { applyConfig } from './patch-apply.ts'
import { applyJsonPatch, applyMergePatch } from './patch-json.ts'
import { applyStrategicPatch } from './patch-strategic.ts'
import { deployment, deploymentsPath, pod, podsPath, testbed } from '#lab/kube/testbed.ts'

describe('JSON patch', () => {
  test.each<[string, JsonObject[], JsonObject]>([
    ['add to an object', [{ op: 'add', path: '/b', value: 2 }], { a: [1, 2], 'x/y': 'z', b: 2 }],
    ['add into a list', [{ op: 'add', path: '/a/1', value: 9 }], { a: [1, 9, 2], 'x/y': 'z' }],
    ['append to a list', [{ op: 'add', path: '/a/-', value: 9 }], { a: [1, 2, 9], 'x/y': 'z' }],
    [
      'replace under an escaped name',
      [{ op: 'replace', path: '/x~1y', value: 'w' }],
      { a: [1, 2], 'x/y': 'w' },
    ],
    ['remove from a list', [{ op: 'remove', path: '/a/0' }], { a: [2], 'x/y': 'z' }],
    ['move', [{ op: 'move', from: '/a/0', path: '/b' }], { a: [2], 'x/y': 'z', b: 1 }],
    ['copy', [{ op: 'copy', from: '/a', path: '/b' }], { a: [1, 2], 'x/y': 'z', b: [1, 2] }],
    [
      'test, then change',
      [
        { op: 'test', path: '/a/1', value: 2 },
        { op: 'replace', path: '/a/1', value: 3 },
      ],
      { a: [1, 3], 'x/y': 'z' },
    ],
  ])('%s', (_name, patch, after) => {
    const document = { a: [1, 2], 'x/y': 'z' }
    expect(applyJsonPatch(document, patch)).toEqual(after)
    expect(document).toEqual({ a: [1, 2], 'x/y': 'z' })
  })

  test.each<[string, JsonObject]>([
    ['a test that fails', { op: 'test', path: '/a/0', value: 5 }],
    ['removing a missing member', { op: 'remove', path: '/nope' }],
    ['replacing a missing member', { op: 'replace', path: '/nope', value: 1 }],
    ['an index past the end', { op: 'add', path: '/a/7', value: 1 }],
  ])('%s is 422 without details', (_name, operation) => {
    expect(() => applyJsonPatch({ a: [1] }, [operation])).toThrow(
      expect.objectContaining({
        code: 422,
        message: 'the server rejected our request due to an error in our request',
      }),
    )
  })
})

test('a merge patch removes by null, merges objects and replaces lists', () => {
  expect(
    applyMergePatch(
      { a: { b: 1, c: 2 }, list: [1, 2], gone: true },
      { a: { c: null, d: 3 }, list: [9], gone: null, fresh: { x: null, y: 1 } },
    ),
  ).toEqual({ a: { b: 1, d: 3 }, list: [9], fresh: { y: 1 } })
})

describe('strategic merge patch', () => {
  const spec = (containers: unknown[], more: object = {}): JsonObject =>
    JSON.parse(JSON.stringify({ spec: { containers, ...more } })) as JsonObject

  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'merges containers by name and keeps the others',
      spec([
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ]),
      spec([{ name: 'b', image: '2' }]),
      spec([
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
      ]),
    ],
    [
      'appends a new container',
      spec([{ name: 'a' }]),
      spec([{ name: 'b', image: '2' }]),
      spec([{ name: 'a' }, { name: 'b', image: '2' }]),
    ],
    [
      '$patch: delete removes an entry',
      spec([{ name: 'a' }, { name: 'b' }]),
      spec([{ name: 'a', $patch: 'delete' }]),
      spec([{ name: 'b' }]),
    ],
    [
      '$patch: replace replaces the list',
      spec([{ name: 'a' }, { name: 'b' }]),
      spec([{ $patch: 'replace' }, { name: 'c' }]),
      spec([{ name: 'c' }]),
    ],
    [
      '$patch: replace replaces an object',
      { s: { a: 1, b: 2 } },
      { s: { $patch: 'replace', c: 3 } },
      { s: { c: 3 } },
    ],
    [
      '$patch: delete removes an object',
      { s: { a: 1 }, t: 1 },
      { s: { $patch: 'delete' } },
      { t: 1 },
    ],
    [
      '$retainKeys removes all other members',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    [
      'merges env by name, ports by containerPort, mounts by mountPath',
      spec([
        {
          name: 'a',
          env: [{ name: 'X', value: '1' }],
          ports: [{ containerPort: 80 }],
          volumeMounts: [{ mountPath: '/d', name: 'd' }],
        },
      ]),
      spec([
        {
          name: 'a',
          env: [{ name: 'X', value: '2' }, { name: 'Y' }],
          ports: [{ containerPort: 81 }],
          volumeMounts: [{ mountPath: '/d', readOnly: true }],
        },
      ]),
      spec([
        {
          name: 'a',
          env: [{ name: 'X', value: '2' }, { name: 'Y' }],
          ports: [{ containerPort: 80 }, { containerPort: 81 }],
          volumeMounts: [{ mountPath: '/d', name: 'd', readOnly: true }],
        },
      ]),
    ],
    [
      'merges the ports of Services by port',
      { spec: { ports: [{ port: 1, nodePort: 5 }] } },
      { spec: { ports: [{ port: 1, nodePort: 6 }] } },
      { spec: { ports: [{ port: 1, nodePort: 6 }] } },
    ],
    [
      'replaces tolerations',
      { spec: { tolerations: [{ key: 'a' }] } },
      { spec: { tolerations: [{ key: 'b' }] } },
      { spec: { tolerations: [{ key: 'b' }] } },
    ],
    [
      'replaces taints',
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      { spec: { taints: [{ key: 'b', effect: 'NoExecute' }] } },
      { spec: { taints: [{ key: 'b', effect: 'NoExecute' }] } },
    ],
    [
      'merges conditions by type',
      {
        status: {
          conditions: [
            { type: 'Ready', status: 'True' },
            { type: 'X', status: 'True' },
          ],
        },
      },
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      {
        status: {
          conditions: [
            { type: 'Ready', status: 'False' },
            { type: 'X', status: 'True' },
          ],
        },
      },
    ],
    [
      'merges owners by uid',
      { metadata: { ownerReferences: [{ uid: '1', name: 'a' }] } },
      { metadata: { ownerReferences: [{ uid: '1', $patch: 'delete' }] } },
      { metadata: { ownerReferences: [] } },
    ],
    [
      'adds finalizers to the set',
      { metadata: { finalizers: ['a'] } },
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['a', 'b'] } },
    ],
    [
      '$deleteFromPrimitiveList removes from a set',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      '$setElementOrder orders a list',
      spec([{ name: 'a' }, { name: 'b' }]),
      {
        spec: {
          '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }],
          containers: [{ name: 'c' }],
        },
      },
      spec([{ name: 'c' }, { name: 'b' }, { name: 'a' }]),
    ],
    [
      'null removes a member',
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { a: null } } },
      { metadata: { labels: { b: '2' } } },
    ],
  ])('%s', (_name, before, patch, after) => {
    expect(applyStrategicPatch(before, patch)).toEqual(after)
  })

  test('refuses an entry without its merge key', () => {
    expect(() => applyStrategicPatch(spec([]), spec([{ image: 'x' }]))).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    )
  })
})

describe('server-side apply', () => {
  const by = (manager: string, force = false) => ({
    manager,
    force,
    time: '2026-01-01T00:00:00Z',
    apiVersion: 'apps/v1',
  })
  const config = (spec: JsonObject): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x' },
    spec,
  })

  test('removes fields that no manager applies any more', () => {
    const first = applyConfig(
      undefined,
      config({
        replicas: 2,
        paused: true,
        template: {
          spec: {
            containers: [
              { name: 'a', image: '1' },
              { name: 'b', image: '1' },
            ],
          },
        },
      }),
      by('one'),
    )
    const second = applyConfig(
      first,
      config({ template: { spec: { containers: [{ name: 'b', image: '1', tty: true }] } } }),
      by('two'),
    )
    const third = applyConfig(second, config({ replicas: 2 }), by('one'))
    expect(third['spec']).toEqual({
      replicas: 2,
      template: { spec: { containers: [{ name: 'b', image: '1', tty: true }] } },
    })
  })

  test('refuses another value for a field of another manager, unless forced', () => {
    const live = applyConfig(undefined, config({ replicas: 2 }), by('one'))
    expect(() => applyConfig(live, config({ replicas: 3 }), by('two'))).toThrow(
      'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
    )
    const taken = applyConfig(live, config({ replicas: 3 }), by('two', true))
    expect(taken['spec']).toEqual({ replicas: 3 })
    expect(() => applyConfig(taken, config({ replicas: 4 }), by('two'))).not.toThrow()
  })

  test('lets managers share a field with the same value', () => {
    const live = applyConfig(undefined, config({ replicas: 2 }), by('one'))
    const both = applyConfig(live, config({ replicas: 2 }), by('two'))
    expect(applyConfig(both, config({}), by('one'))['spec']).toEqual({ replicas: 2 })
  })
})

describe('PATCH', () => {
  test('with apply accepts YAML and creates a missing object', () => {
    const bed = testbed()
    const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  key: value\n`
    const path = '/api/v1/namespaces/default/configmaps/c'
    expect(bed.message('PATCH', path, yaml, 'application/apply-patch+yaml')).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for ' +
        'apply patch',
    )
    expect(
      bed.ask('PATCH', `${path}?fieldManager=me`, yaml, 'application/apply-patch+yaml').status,
    ).toBe(201)
    const again = bed.ask(
      'PATCH',
      `${path}?fieldManager=me`,
      yaml.replace('key: value', 'other: value'),
      'application/apply-patch+yaml',
    )
    expect(again).toMatchObject({ status: 200, body: { data: { other: 'value' } } })
    expect(again.body).not.toHaveProperty('data.key')
  })

  test('with a resourceVersion needs the stored one', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    const patch = { metadata: { resourceVersion: '1', labels: { a: 'b' } } }
    expect(bed.mergePatch(`${podsPath}/x`, patch).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'Operation cannot be fulfilled on pods "x": the object has been modified; please apply ' +
        'your changes to the latest version and try again',
      reason: 'Conflict',
      details: { name: 'x', kind: 'pods' },
      code: 409,
    })
  })

  test('makes a version for a change alone, and a generation for the spec alone', () => {
    const bed = testbed()
    bed.ask('POST', deploymentsPath, deployment('x'))
    const patch = (body: object) =>
      bed.ask('PATCH', `${deploymentsPath}/x`, body, 'application/strategic-merge-patch+json').body
    expect(patch({ spec: { replicas: 1 } })).toMatchObject({
      metadata: { generation: 1, resourceVersion: '1003' },
    })
    expect(patch({ metadata: { labels: { a: 'b' } } })).toMatchObject({
      metadata: { generation: 1, resourceVersion: '1004' },
    })
    expect(patch({ spec: { replicas: 3 } })).toMatchObject({
      metadata: { generation: 2, resourceVersion: '1005' },
      spec: { replicas: 3 },
    })
  })

  test('adds no defaults to an object that was stored without', () => {
    const bed = testbed()
    bed.put(deployment('bare'))
    bed.mergePatch(`${deploymentsPath}/bare`, { metadata: { annotations: { note: 'x' } } })
    expect(bed.ask('GET', `${deploymentsPath}/bare`).body).toMatchObject({
      metadata: { generation: 1 },
    })
    const { body } = bed.mergePatch(`${deploymentsPath}/bare`, { spec: { replicas: 2 } })
    expect(body).toMatchObject({
      metadata: { generation: 2 },
      spec: { ...deployment('bare').spec, replicas: 2 },
    })
    expect(body).not.toHaveProperty('spec.strategy')
  })

  test('of an unknown type is 415', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('x'))
    expect(bed.ask('PATCH', `${podsPath}/x`, {}, 'text/plain')).toMatchObject({
      status: 415,
      body: { reason: 'UnsupportedMediaType' },
    })
  })
})
