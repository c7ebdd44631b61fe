// `gate --live` on the lab: the state of the cluster and the changes that an apply would make,
// without a single write.
import { beforeAll, describe, expect, test } from 'vitest'
import { readFiles, readManifests } from '#src/manifests/index.ts'
import type { Policy } from '#src/model/index.ts'
import { folderOf, loadPolicy } from '#src/runs/clusters.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'
import { createLab, findWorld } from '#lab/lab.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { changes, clusterState } from './live.ts'

const lab = async (given = '') => {
  const policy = await loadPolicy('joelclaw')
  const target = await openTarget(settingsFrom({ HOLDFAST_AFTER: given }), policy)
  const said: string[] = []
  return { ...target, said, tell: (text: string): void => void said.push(text) }
}
const setOf = (...texts: readonly string[]) =>
  readManifests({ texts: new Map(texts.map((text, index) => [`${index}.yaml`, text])) })

let policy: Policy
beforeAll(async () => {
  policy = await loadPolicy('joelclaw')
})

describe('whether the cluster can be deployed to', () => {
  test('is decided by the same verdicts as check', async () => {
    const { runtime, said, tell } = await lab()
    expect(await clusterState(runtime, policy, tell)).toBe(0)
    expect(said.join('')).toMatch(
      /^✓ cluster joelclaw can be deployed to: \d+ hold, \d+ waived, 0 violated, 0 unknown\n$/,
    )
  })

  test('is denied with the violated verdicts', async () => {
    const { runtime, said, tell } = await lab('node-comes-back-tainted')
    expect(await clusterState(runtime, policy, tell)).toBe(1)
    expect(said[0]).toMatch(/^× cluster joelclaw is not in a state to be deployed to: /)
    expect(
      said.some(text =>
        text.startsWith('  × taints-are-tolerated · node joelclaw-controlplane-1: '),
      ),
    ).toBe(true)
  })

  test('is unknown on a laptop whose refused ports are not the cluster’s', async () => {
    const { said, tell } = await lab()
    const world = (await findWorld('joelclaw'))!
    const { runtime, host } = createLab(world, { seed: 1, manifests: manifestsOf('joelclaw') })
    host.faultControls.killVm()
    const target = { kind: 'live', description: 'the cluster of the kubeconfig' } as const
    const elsewhere: Policy = {
      ...policy,
      identity: { ...policy.identity, contexts: ['nowhere'] },
      nodes: policy.nodes.map(({ container: _here, ...node }) => node),
      host: { ...policy.host!, profile: 'elsewhere' },
    }
    await clusterState({ ...runtime, target }, elsewhere, tell)
    expect(said.join('')).toMatch(/ unknown/)
    expect(said.join('')).not.toMatch(/6379/)
  })

  test('is not asked about a planned policy', async () => {
    const { runtime, said, tell } = await lab()
    expect(await clusterState(runtime, { ...policy, status: 'planned' }, tell)).toBe(0)
    expect(said).toEqual([
      'cluster joelclaw: its policy is planned; the cluster itself was not judged\n',
    ])
  })
})

describe('what would change', () => {
  test('is nothing for the manifests that the cluster runs', async () => {
    const { runtime, said, tell } = await lab()
    expect(
      await changes(
        readManifests(readFiles(['manifests'], { from: folderOf('joelclaw') })),
        runtime,
        policy,
        'default',
        tell,
      ),
    ).toBe(0)
    expect(said).toEqual([
      expect.stringMatching(
        new RegExp(
          '^what would change at https://127\\.0\\.0\\.1:\\d+ \\(admin@joelclaw-1\\): ' +
            '0 created, 0 changed, 47 unchanged; nothing was written\\n$',
        ),
      ),
    ])
  })

  const next = [
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\ndata: {a: b}\n',
    'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: redis, namespace: ' +
      'joelclaw}\nspec: {replicas: 2}\n',
    'apiVersion: v1\nkind: Service\nmetadata: {name: redis, namespace: joelclaw}\nspec: ' +
      '{clusterIP: 10.96.9.9}\n',
    'apiVersion: example.dev/v1\nkind: Unheard\nmetadata: {name: x}\n',
  ]

  test('is reported member by member, and nothing is stored', async () => {
    const { runtime, said, tell } = await lab()
    expect(await changes(setOf(...next), runtime, policy, 'joelclaw', tell)).toBe(1)
    expect(said.slice(0, -1)).toEqual([
      '  + ConfigMap joelclaw/new: would be created\n',
      '  ~ StatefulSet joelclaw/redis\n',
      '      spec.replicas: 1 → 2\n',
      '  × Service joelclaw/redis: the API would refuse it: Service "redis" is invalid: ' +
        'spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set\n',
      '  ? Unheard joelclaw/x: the API does not serve Unheard of example.dev/v1 yet\n',
    ])
    said.length = 0
    await changes(setOf(...next), runtime, policy, 'joelclaw', tell)
    expect(said.at(-1)).toMatch(
      /: 1 created, 1 changed, 0 unchanged, 1 refused, 1 object unknown; nothing was written\n$/,
    )
  })

  test('for a kind that the set itself defines, an object would be created', async () => {
    const { runtime, said, tell } = await lab()
    const crd =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ' +
      'unheards.example.dev}\nspec: {group: example.dev, names: {kind: Unheard, plural: ' +
      'unheards}, scope: Namespaced, versions: []}\n'
    await changes(setOf(crd, next[3] ?? ''), runtime, policy, 'joelclaw', tell)
    expect(said).toContain('  + Unheard joelclaw/x: would be created\n')
  })

  test('is unknown if the cluster cannot be reached', async () => {
    const { runtime, said, tell } = await lab()
    const lost = { ...policy, identity: { ...policy.identity, kubeconfig: '~/nowhere' } }
    expect(await changes(setOf(...next), runtime, lost, 'joelclaw', tell)).toBe(2)
    expect(said).toEqual(['? what would change is unknown: there is no kubeconfig at ~/nowhere\n'])
  })
})
