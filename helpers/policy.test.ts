// The members that platforms add to a policy: exact for the type checker, and for the check of a
// policy that is loaded.
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { PolicyInput } from '#src/model/index.ts'
import { smallest } from '#tests/model/policy.ts'
import { platforms } from './listed.ts'
import { parsePolicy } from './policy.ts'

type Node = PolicyInput['nodes'][number]
type Host = NonNullable<PolicyInput['host']>

const container = { name: 'a', restartPolicy: 'always', memory: '1 GiB', cpus: 1 } as const
const service = { unit: 'k3s', host: 'a' }
const node = { name: 'a', role: 'worker', container, service } as const satisfies Node
const host = { kind: 'colima', profile: 'default', requiredPath: '/bin' } as const satisfies Host

const refused = (change: object): string => {
  try {
    parsePolicy({ ...smallest, ...change }, 'policy.ts')
    return 'accepted'
  } catch (error) {
    return String(error)
  }
}

describe('a member of a platform', () => {
  test('is part of a policy', () => {
    const policy = parsePolicy({ ...smallest, host, nodes: [node] }, 'policy.ts')
    const restart: 'always' | 'on-failure' | 'unless-stopped' | undefined =
      policy.nodes[0]?.container?.restartPolicy
    const profile: string | undefined = policy.host?.profile
    expect([restart, profile, policy.nodes[0]?.service?.unit]).toEqual(['always', 'default', 'k3s'])
  })

  test('is refused where it does not belong, or is misspelt', () => {
    expectTypeOf<'container' | 'service'>().toExtend<keyof Node>()
    expectTypeOf<'profile'>().not.toExtend<keyof Node>()
    expectTypeOf<keyof Host>().toEqualTypeOf<'kind' | 'profile' | 'launchd' | 'requiredPath'>()
    expect(refused({ nodes: [{ ...node, profile: 'default' }] })).toContain(
      'nodes.0.profile: a policy has no such member here',
    )
    expect(refused({ host: { ...host, profiles: 'default' } })).toContain(
      'host.profiles: a policy has no such member here',
    )
  })

  test('takes only the values of its section', () => {
    expectTypeOf<NonNullable<Node['container']>['restartPolicy']>().toEqualTypeOf<
      'always' | 'on-failure' | 'unless-stopped'
    >()
    const wrong = { ...node, container: { ...container, restartPolicy: 'never' } }
    expect(refused({ nodes: [wrong] })).toContain('nodes.0.container.restartPolicy: ')
  })

  test('belongs to one platform alone', () => {
    const members = platforms.flatMap(({ policy = {} }) =>
      Object.entries(policy).flatMap(([place, shape]) =>
        Object.keys(shape).map(member => `${place}.${member}`),
      ),
    )
    expect(members).toContain('node.container')
    expect(members.filter((member, index) => members.indexOf(member) !== index)).toEqual([])
  })
})
