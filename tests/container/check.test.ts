// The node as it was started: everything holds that can hold there, and what cannot says why.
import { describe, expect, test } from 'vitest'
import { openKube, resources } from '../../helpers/adapters/kube.ts'
import { look } from '../../helpers/run/look.ts'
import { invariants } from '../../specs/invariants/index.ts'
import { applyRoles, bad, policy, reach, reachAs } from './stage.ts'

const tools = { reach, deadline: 10_000, signal: new AbortController().signal }

describe('a node that was started', () => {
  test('nothing is violated or unknown', async () => {
    expect(await bad()).toEqual([])
  })

  test('an account that may only look sees all of it, and may change nothing', async () => {
    applyRoles([])
    const { judgements } = await look(invariants, reachAs('check'), policy)
    expect(judgements.filter(({ verdict }) => verdict.kind === 'violated' || verdict.kind === 'unknown')).toEqual([])
    const kube = await openKube({ ...tools, reach: reachAs('check') }, policy.identity)
    await expect(kube.patch(resources.nodes, policy.nodes[0]?.name ?? '', undefined, 'merge', { spec: { unschedulable: true } })).rejects.toMatchObject({ status: 403 })
  })

  test('what it has not is not applicable, for a reason', async () => {
    const { judgements } = await look(invariants, reach, policy)
    const absent = judgements.flatMap(({ invariant, verdict }) => (verdict.kind === 'not-applicable' ? [[invariant, verdict.why] as const] : []))
    expect(Object.fromEntries(absent)).toMatchObject({
      'no-persistent-port-forward': expect.stringContaining('processes of this host') as string,
      'talosconfig-points-to-talos': 'this cluster does not run Talos',
      'critical-data-survive': expect.stringContaining('its loss is accepted') as string,
    })
    expect(judgements.filter(({ verdict }) => verdict.kind === 'holds').length).toBeGreaterThan(35)
  })

  test('the policy is about this node: its container, its ports, its cluster, its flannel', async () => {
    const kube = await openKube(tools, policy.identity)
    const system = await kube.get(resources.namespaces, 'kube-system')
    const flannel = (await kube.list(resources.daemonsets)).find(({ metadata }) => metadata.name.includes('flannel'))
    expect(policy.identity.kubeSystemUid).toBe(system?.metadata.uid)
    expect(policy.network.flannel.as).toBe(flannel === undefined ? 'built-in' : 'daemonset')
    expect(policy.nodes[0]?.container?.name).toMatch(/^holdfast-sandbox-[0-9a-f]{8}$/)
    expect(policy.ports.every(({ host, container }) => host !== container)).toBe(true)
  })

  test('its data are on a claim of local-path', async () => {
    const kube = await openKube(tools, policy.identity)
    const claims = await kube.list(resources.persistentvolumeclaims)
    expect(claims.map(({ metadata: { name }, spec: { storageClassName }, status }) => [name, storageClassName, status?.phase])).toEqual([['data-redis-0', 'local-path', 'Bound']])
  })
})
