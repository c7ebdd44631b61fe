// Facts: findings with their code, place and change. Judges state facts or nothing.
import { describe, expect, test } from 'vitest'
import { fact, invariant, type KubeObject, type Policy, type Answers } from './index.ts'

const object: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
}
const wrongType = fact('wrong-type', (type: string, set?: string) => ({
  which: type,
  seen: `its type is ${type}`,
  expected: 'NodePort',
  remedy: 'set it',
  at: [object, ['spec', 'type']],
  set,
}))
const absent = fact('absent', () => ({ seen: 'nothing', expected: 'it', remedy: 'apply it' }))

const policy = (asked: boolean) => ({ cluster: asked ? 'asked' : 'other' }) as Policy
const rule = invariant({
  name: 'rule',
  title: 'it holds',
  reason: 'it matters',
  when: ({ cluster }) => cluster === 'asked',
  subjects: () => [{ name: 'one' }, { name: 'two' }],
  discover: () => [{ name: 'three' }],
  observe: () => [
    { key: 'q', description: 'ask', origin: 'test', needs: [], ask: async () => undefined },
  ],
  facts: [absent, wrongType],
  judge: ({ name }) => [name === 'one' && absent(), [[], undefined, [wrongType('A')]]],
})
const none = undefined as unknown as Answers

describe('a fact', () => {
  test('builds a finding with its code, its place and its certain change', () => {
    expect(wrongType('ClusterIP', 'NodePort')).toEqual({
      code: 'wrong-type:ClusterIP',
      seen: 'its type is ClusterIP',
      expected: 'NodePort',
      remedy: 'set it',
      at: {
        apiVersion: 'v1',
        kind: 'Service',
        namespace: 'shop',
        name: 'web',
        path: ['spec', 'type'],
      },
      change: { to: 'NodePort' },
    })
  })

  test('leaves out a place and a change that it does not state', () => {
    expect(Object.keys(absent())).toEqual(['code', 'seen', 'expected', 'remedy'])
    expect(wrongType('ClusterIP')).not.toHaveProperty('change')
  })
})

describe('an invariant', () => {
  test('lists the codes of its facts as data', () => {
    expect(rule.codes).toEqual(['absent', 'wrong-type'])
  })

  test('flattens the facts that its judge states, in order', () => {
    const codes = (name: string) => rule.judge({ name }, none, policy(true)).map(({ code }) => code)
    expect([codes('one'), codes('two')]).toEqual([['absent', 'wrong-type:A'], ['wrong-type:A']])
  })

  test('has no subjects and no questions on a cluster to which its rule does not apply', () => {
    const shape = (asked: boolean) => [
      rule.subjects(policy(asked)).length,
      rule.observe(policy(asked)).length,
      rule.discover(none, policy(asked)).length,
    ]
    expect([shape(true), shape(false)]).toEqual([
      [2, 1, 1],
      [0, 0, 0],
    ])
  })
})
