// The members that platforms add to a policy: exact for the type checker, and for the check of a
// policy that is loaded.
import { describe, expect, test } from 'vitest'
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
    // @ts-expect-error: the host is no node.
    const misplaced: Node = { ...node, profile: 'default' }
    // @ts-expect-error: a misspelt member inside a section.
    const misspelt: Host = { ...host, profil: 'default' }
    // @ts-expect-error: a value that the section does not allow.
    const wrong: Node = { ...node, container: { ...container, restartPolicy: 'never' } }
    expect(refused({ nodes: [misplaced] })).toContain(
      'nodes.0.profile: a policy has no such member here',
    )
    expect(refused({ host: misspelt })).toContain('host.profil: a policy has no such member here')
    expect(refused({ nodes: [wrong] })).toContain('nodes.0.container.restartPolicy: ')
  })

  test('belongs to one platform alone', () => {
    const members = platforms.flatMap(({ policy = {} }) =>
      Object.entries(policy).flatMap(([place, shape]) =>
        Object.keys(shape).map(member => `${place}.${member}`),
      ),
    )
    expect(members.toSorted()).toEqual([
      'endpoints.talos',
      'identity.talosconfig',
      'network.flannel',
      'node.container',
      'node.service',
      'policy.host',
    ])
  })
})
