// API bindings of several control planes: each finding names its node. If the policy says so, one
// node that publishes the port is enough.
import { describe, expect, test } from 'vitest'
import { nodeContainer } from '#helpers/docker/questions.ts'
import { answersOf, type Policy } from '#src/model/index.ts'
import { bindingsAreAsDeclared } from '#specs/invariants/endpoints.spec.ts'
import { joelclaw } from './world.ts'

type PublishedBy = Policy['endpoints']['api']['publishedBy']
const names = ['cp-1', 'cp-2', 'cp-3']

const policy = (publishedBy: PublishedBy): Policy => ({
  ...joelclaw,
  nodes: names.map(name => ({
    ...joelclaw.nodes[0]!,
    name,
    container: { ...joelclaw.nodes[0]!.container!, name: `container-${name}` },
  })),
  endpoints: { api: { container: 6443, pinned: 6443, publishedBy } },
})

/** Host ports by node. A missing node publishes nothing. */
function judged(publishedBy: PublishedBy, hosts: Readonly<Record<string, number>>) {
  const answers = names.map(name => {
    const question = nodeContainer(`container-${name}`)
    const host = hosts[name]
    const declared = host === undefined ? [] : [{ container: 6443, protocol: 'tcp', host }]
    const value = { declared, bindings: [] }
    return [question.key, { ...question, kind: 'known', at: 0, tookMs: 0, value }] as const
  })
  const snapshot = {
    version: 1,
    cluster: 'lab',
    target: { kind: 'lab', description: 'lab' },
    startedAt: 0,
    endedAt: 0,
  } as const
  const seen = answersOf({ ...snapshot, answers: Object.fromEntries(answers) })
  const [api] = bindingsAreAsDeclared.subjects(policy(publishedBy))
  return bindingsAreAsDeclared
    .judge(api!, seen, policy(publishedBy))
    .map(finding => `${finding.code}: ${finding.seen}`)
}

describe('a port that every control plane publishes', () => {
  test('names each node that does not', () => {
    expect(judged('every-control-plane', { 'cp-1': 6443 })).toEqual([
      'not-published: node cp-2 does not publish 6443/tcp',
      'not-published: node cp-3 does not publish 6443/tcp',
    ])
  })

  test('names the node with another port', () => {
    expect(judged('every-control-plane', { 'cp-1': 6443, 'cp-2': 7443, 'cp-3': 6443 })).toEqual([
      'not-pinned: node cp-2 pins it to 7443',
    ])
  })
})

describe('a port that one control plane publishes for all', () => {
  test('holds with one', () => {
    expect(judged('one-control-plane', { 'cp-2': 6443 })).toEqual([])
  })

  test('is one finding when none publishes it', () => {
    expect(judged('one-control-plane', {})).toEqual([
      'not-published: none of the nodes cp-1, cp-2, cp-3 publishes 6443/tcp',
    ])
  })

  test('still judges the port of the one', () => {
    expect(judged('one-control-plane', { 'cp-2': 7443 })).toEqual([
      'not-pinned: node cp-2 pins it to 7443',
    ])
  })
})
