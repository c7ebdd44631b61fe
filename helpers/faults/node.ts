// Faults on nodes: a taint, a cordon, a restart of the node container.
import { docker } from '../adapters/docker.ts'
import { openKube, resources } from '../adapters/kube.ts'
import { socketOf } from '../probes/host.ts'
import { fault, type Hands, type Taint } from '../words/index.ts'

/** ms for one request or command: stopping a node container may take its grace and more. @source measured on a v1.35 node: docker restart */
const patience = 60_000
const tools = ({ reach, signal }: Hands) => ({ reach, signal, deadline: patience })
const api = (hands: Hands) => openKube(tools(hands), hands.policy.identity)

async function taintsOf(hands: Hands, node: string): Promise<{ taints: readonly Taint[]; version: string | undefined }> {
  const found = await (await api(hands)).get(resources.nodes, node)
  if (found === undefined) throw new Error(`there is no node ${node}`)
  return { taints: found.spec?.taints ?? [], version: found.metadata.resourceVersion }
}

const same = (a: Taint, key: string, effect: string): boolean => a.key === key && a.effect === effect

async function setTaints(hands: Hands, node: string, taints: readonly Taint[], version: string | undefined): Promise<void> {
  await (await api(hands)).patch(resources.nodes, node, undefined, 'merge', {
    metadata: { resourceVersion: version }, spec: { taints: taints.length === 0 ? null : taints },
  })
}

/** Puts one taint on one node. New pods stay away; NoExecute also evicts running ones. */
export const taint = fault<{ node: string; key: string; effect: string }, { node: string; key: string; effect: string; wasThere: boolean }>({
  name: 'node.taint',
  says: ({ node, key, effect }) => `taint ${node} with ${key}:${effect}`,
  blast: 'node',
  needs: ['kubernetes'],
  async prepare({ node, key, effect }, hands) {
    const { taints } = await taintsOf(hands, node)
    return { node, key, effect, wasThere: taints.some(found => same(found, key, effect)) }
  },
  async inject({ node, key, effect, wasThere }, hands) {
    if (wasThere) return
    const { taints, version } = await taintsOf(hands, node)
    await setTaints(hands, node, [...taints, { key, effect }], version)
  },
  async undo({ node, key, effect, wasThere }, hands) {
    if (wasThere) return
    const { taints, version } = await taintsOf(hands, node)
    if (taints.some(found => same(found, key, effect))) await setTaints(hands, node, taints.filter(found => !same(found, key, effect)), version)
  },
  byHand: ({ node, key, effect }) => `kubectl taint nodes ${node} ${key}:${effect}-`,
})

/** Cordons one node: no new pod is placed on it. */
export const cordon = fault<{ node: string }, { node: string; wasCordoned: boolean }>({
  name: 'node.cordon',
  says: ({ node }) => `cordon ${node}`,
  blast: 'node',
  needs: ['kubernetes'],
  async prepare({ node }, hands) {
    const found = await (await api(hands)).get(resources.nodes, node)
    if (found === undefined) throw new Error(`there is no node ${node}`)
    return { node, wasCordoned: found.spec?.unschedulable === true }
  },
  async inject({ node }, hands) {
    await (await api(hands)).patch(resources.nodes, node, undefined, 'merge', { spec: { unschedulable: true } })
  },
  async undo({ node, wasCordoned }, hands) {
    if (!wasCordoned) await (await api(hands)).patch(resources.nodes, node, undefined, 'merge', { spec: { unschedulable: null } })
  },
  byHand: ({ node }) => `kubectl uncordon ${node}`,
})

const dockerOf = (hands: Hands) => docker(tools(hands), { socket: socketOf(hands.reach.home, hands.policy) })

/** Restarts the container of a node: its /run is lost, unpinned ports move, the control-plane taint comes back. */
export const restartContainer = fault<{ container: string }, { container: string; wasRunning: boolean }>({
  name: 'node.restart-container',
  says: ({ container }) => `docker restart ${container}`,
  blast: 'node',
  needs: ['docker'],
  async prepare({ container }, hands) {
    return { container, wasRunning: (await dockerOf(hands).inspect(container)).running }
  },
  async inject({ container }, hands) {
    await dockerOf(hands).restart(container)
  },
  async undo({ container, wasRunning }, hands) {
    const seen = await dockerOf(hands).inspect(container)
    if (wasRunning && !seen.running) await dockerOf(hands).start(container)
  },
  byHand: ({ container }) => `docker start ${container}`,
})
