// Node affinity selects the same nodes as the scheduler of the lab does.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesTerms } from '#lab/control/scheduling/filters.ts'
import type { Node } from '#src/model/index.ts'
import { selectsNode, volumeSelector } from './node-affinity.ts'

const nodeWith = (name: string, labels: Record<string, string> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
})

const names = ['one', 'two', 'three'] as const
const keys = ['kubernetes.io/hostname', 'zone', 'size'] as const
const values = [...names, 'a', 'b', '1', '2', '10'] as const
const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const

const requirement = (key: fc.Arbitrary<string>) =>
  fc.record({
    key,
    operator: fc.constantFrom(...operators),
    values: fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
  })
const term = fc.record({
  matchExpressions: fc.array(requirement(fc.constantFrom(...keys)), { maxLength: 3 }),
  matchFields: fc.array(requirement(fc.constant('metadata.name')), { maxLength: 2 }),
})
const node = fc
  .tuple(
    fc.constantFrom(...names),
    fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values)),
  )
  .map(([name, labels]) => nodeWith(name, labels))

test('every affinity selects what the scheduler selects', () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 3 }), node, (nodeSelectorTerms, found) => {
      expect(selectsNode({ nodeSelectorTerms }, found)).toBe(matchesTerms(nodeSelectorTerms, found))
    }),
    { numRuns: 2_000 },
  )
})

describe('a volume', () => {
  const selectorOf = (...nodeSelectorTerms: readonly object[]) =>
    volumeSelector({ required: { nodeSelectorTerms } })!
  const host = (operator: string, ...hosts: readonly string[]) => ({
    key: 'kubernetes.io/hostname',
    operator,
    values: hosts,
  })
  const one = nodeWith('one', { 'kubernetes.io/hostname': 'one' })
  const two = nodeWith('two', { 'kubernetes.io/hostname': 'two' })
  const selected = (selector: ReturnType<typeof selectorOf>) =>
    [one, two].filter(each => selectsNode(selector, each)).map(({ metadata }) => metadata.name)

  test('that must not be on a node is on the others', () => {
    expect(selected(selectorOf({ matchExpressions: [host('NotIn', 'one')] }))).toEqual(['two'])
  })

  test('with several terms is where any of them is', () => {
    const either = selectorOf(
      { matchExpressions: [host('In', 'one')] },
      { matchExpressions: [host('In', 'two')] },
    )
    expect(selected(either)).toEqual(['one', 'two'])
  })

  test('that is bound to a node by its name is there alone', () => {
    const field = { key: 'metadata.name', operator: 'In', values: ['two'] }
    expect(selected(selectorOf({ matchFields: [field] }))).toEqual(['two'])
  })

  test('without an affinity has no selector', () => {
    expect([volumeSelector(undefined), volumeSelector({})]).toEqual([undefined, undefined])
  })
})
