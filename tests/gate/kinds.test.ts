// Which kinds are namespaced: the gate's table must agree with Kubernetes about each.
import { expect, test } from 'vitest'
import { isClusterWide } from '#src/gate/kinds.ts'
import { schemaFor } from '#src/schema/index.ts'

test('every kind of every packed version is found in its scope', () => {
  const kinds = schemaFor('1.35')
    .all()
    .flatMap(definitions => definitions.kinds)
  expect(kinds.length).toBeGreaterThan(500)
  expect([
    ...new Set(
      kinds
        .filter(({ kind, namespaced }) => namespaced === isClusterWide(kind))
        .map(({ kind }) => kind),
    ),
  ]).toEqual([])
})
