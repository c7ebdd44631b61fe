// Faults on nodes in the API: a taint, a cordon.
import { resources } from '#src/kubernetes/kinds.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { fault, type FaultContext } from '#src/model/fault.ts'
import type { Impact } from '#src/model/guards/impact.ts'
import type { Taint } from '#src/model/kube.ts'
import type { FaultPermissions } from '#src/model/guards/permission.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import { patchWithSwitch } from '#helpers/kubernetes/switches.ts'
import { byKubectl } from '#helpers/kubernetes/switches.ts'
import { api } from '#helpers/kubernetes/api.ts'

export async function taintsOf(
  context: FaultContext,
  node: string,
): Promise<{ taints: readonly Taint[]; version: string | undefined }> {
  const found = await (await api(context)).get(resources.nodes, node)
  if (found === undefined) throw new Error(`there is no node ${node}`)
  return { taints: found.spec?.taints ?? [], version: found.metadata.resourceVersion }
}
export const same = (a: Taint, key: string, effect: string): boolean =>
  a.key === key && a.effect === effect
export async function setTaints(
  context: FaultContext,
  node: string,
  taints: readonly Taint[],
  version: string | undefined,
): Promise<void> {
  await (
    await api(context)
  ).patch(resources.nodes, node, undefined, 'merge', {
    metadata: { resourceVersion: version },
    spec: { taints: taints.length === 0 ? null : taints },
  })
}
/** A patch of one node, which is read first. */
export const patchOf = (node: string, policy: Policy): FaultPermissions =>
  patchWithSwitch(
    [
      permission('get', resources.nodes, { name: node }),
      permission('patch', resources.nodes, { name: node }),
    ],
    policy,
  )
/** Puts one taint on one node. New pods stay away; NoExecute also evicts running ones. */
export const taint = fault<
  { node: string; key: string; effect: string },
  { node: string; key: string; effect: string; wasThere: boolean }
>({
  name: 'node.taint',
  describe: ({ node, key, effect }) => `taint ${node} with ${key}:${effect}`,
  blast: 'node',
  needs: ['kubernetes'],
  async prepare({ node, key, effect }, context) {
    const { taints } = await taintsOf(context, node)
    return { node, key, effect, wasThere: taints.some(found => same(found, key, effect)) }
  },
  async inject({ node, key, effect, wasThere }, context) {
    if (wasThere) return
    const { taints, version } = await taintsOf(context, node)
    await setTaints(context, node, [...taints, { key, effect }], version)
  },
  async undo({ node, key, effect, wasThere }, context) {
    if (wasThere) return
    const { taints, version } = await taintsOf(context, node)
    if (taints.some(found => same(found, key, effect)))
      await setTaints(
        context,
        node,
        taints.filter(found => !same(found, key, effect)),
        version,
      )
  },
  manualUndo: ({ node, key, effect }) => `kubectl taint nodes ${node} ${key}:${effect}-`,
  impacts: ({ node, effect }): readonly Impact[] => [
    { kind: 'node', by: 'name', name: node, how: effect === 'NoExecute' ? 'down' : 'closed' },
  ],
  permissions: ({ node }, policy) => patchOf(node, policy),
  deadMan: (record, context) =>
    record.wasThere
      ? 'the taint was there before: nothing is to be ended'
      : byKubectl('node.taint', record, context, [
          'taint',
          'nodes',
          record.node,
          `${record.key}:${record.effect}-`,
        ]),
})
/** Cordons one node: no new pod is placed on it. */
export const cordon = fault<{ node: string }, { node: string; wasCordoned: boolean }>({
  name: 'node.cordon',
  describe: ({ node }) => `cordon ${node}`,
  blast: 'node',
  needs: ['kubernetes'],
  async prepare({ node }, context) {
    const found = await (await api(context)).get(resources.nodes, node)
    if (found === undefined) throw new Error(`there is no node ${node}`)
    return { node, wasCordoned: found.spec?.unschedulable === true }
  },
  async inject({ node }, context) {
    await (
      await api(context)
    ).patch(resources.nodes, node, undefined, 'merge', { spec: { unschedulable: true } })
  },
  async undo({ node, wasCordoned }, context) {
    if (!wasCordoned)
      await (
        await api(context)
      ).patch(resources.nodes, node, undefined, 'merge', { spec: { unschedulable: null } })
  },
  manualUndo: ({ node }) => `kubectl uncordon ${node}`,
  impacts: ({ node }): readonly Impact[] => [
    { kind: 'node', by: 'name', name: node, how: 'closed' },
  ],
  permissions: ({ node }, policy) => patchOf(node, policy),
  deadMan: (record, context) =>
    record.wasCordoned
      ? 'it was cordoned before: nothing is to be ended'
      : byKubectl('node.cordon', record, context, ['uncordon', record.node]),
})
