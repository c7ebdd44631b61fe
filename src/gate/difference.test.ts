// The differences between two states of an object, and its path in the API.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differences, discoveryPath, pathIn, withoutServerSide } from './difference.ts'

const differencesOf = (before: unknown, after: unknown, options = {}): unknown =>
  differences(before, after, options).map(
    ({ path, from, to }) => `${path.join('.')}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`,
  )

describe('differences', () => {
  test('are the members that differ, each with both values', () => {
    expect(
      differencesOf(
        { spec: { replicas: 1, a: [1, { b: 2 }], gone: true } },
        { spec: { replicas: 2, a: [1, { b: 3 }, 4] } },
      ),
    ).toEqual([
      'spec.a.1.b: 2 → 3',
      'spec.a.2: undefined → 4',
      'spec.gone: true → undefined',
      'spec.replicas: 1 → 2',
    ])
  })

  test('in part ignore members that the second state lacks, but not elements of its lists', () => {
    expect(
      differencesOf(
        { a: 1, b: { c: 1, d: 2 }, list: [1, 2] },
        { b: { c: 3 }, list: [1] },
        { partly: true },
      ),
    ).toEqual(['b.c: 1 → 3', 'list.1: 2 → undefined'])
  })

  test('are none for equal objects, and some for any two that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(differences(a, structuredClone(a))).toEqual([])
        // JSON has no −0.
        const [x, y] = [a, b].map(value => JSON.parse(JSON.stringify(value)) as unknown)
        expect(differences(x, y).length > 0).toBe(
          JSON.stringify(sorted(x)) !== JSON.stringify(sorted(y)),
        )
      }),
      { numRuns: 100 },
    )
  })
})

/** A value with the keys of its objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value
}

test('members that only the server writes are no change', () => {
  expect(
    withoutServerSide({
      kind: 'X',
      metadata: {
        name: 'x',
        uid: '1',
        resourceVersion: '2',
        managedFields: [],
        generation: 3,
        labels: {},
      },
      status: {},
    }),
  ).toEqual({ kind: 'X', metadata: { name: 'x', labels: {} } })
  expect(withoutServerSide('text')).toBe('text')
})

describe('the path of an object', () => {
  const discovery = {
    resources: [
      { name: 'deployments/scale', kind: 'Scale', namespaced: true },
      { name: 'deployments', kind: 'Deployment', namespaced: true },
      { name: 'nodes', kind: 'Node', namespaced: false },
    ],
  }
  test('comes from the discovery document', () => {
    expect(
      pathIn(discovery, { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name: 'x y' }),
    ).toBe('/apis/apps/v1/namespaces/a/deployments/x%20y')
    expect(pathIn(discovery, { apiVersion: 'v1', kind: 'Node', namespace: 'a', name: 'n' })).toBe(
      '/api/v1/nodes/n',
    )
    expect([
      pathIn(discovery, { apiVersion: 'v1', kind: 'Scale', namespace: 'a', name: 'n' }),
      pathIn(undefined, { apiVersion: 'v1', kind: 'Node', namespace: 'a', name: 'n' }),
    ]).toEqual([undefined, undefined])
    expect([discoveryPath('v1'), discoveryPath('apps/v1')]).toEqual(['/api/v1', '/apis/apps/v1'])
  })
})
