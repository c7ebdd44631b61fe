// Faults on nodes: a taint, a cordon, a restart of the node container.
import { docker } from './client.ts'
import { openKube, resources } from '#src/kubernetes/client.ts'
import { nodeShell, wayIntoNodes } from './node-shell.ts'
import { permit } from '#src/kubernetes/permit.ts'
import { byDocker, byKubectl, bySignal, patchWithSwitch } from '#helpers/host/switches.ts'
import { socketOf } from '#helpers/host/questions.ts'
import {
  fault,
  ms,
  type Duration,
  type FaultPermissions,
  type Hands,
  type Hit,
  type Policy,
  type Taint,
} from '#src/model/index.ts'

/** ms for one request or command: stopping a node container may take its grace and more. @source measured on a v1.35 node: docker restart */
const patience = 60_000
const tools = ({ reach, signal }: Hands) => ({ reach, signal, deadline: patience })
const api = (hands: Hands) => openKube(tools(hands), hands.policy.identity)

async function taintsOf(
  hands: Hands,
  node: string,
): Promise<{ taints: readonly Taint[]; version: string | undefined }> {
  const found = await (await api(hands)).get(resources.nodes, node)
  if (found === undefined) throw new Error(`there is no node ${node}`)
  return { taints: found.spec?.taints ?? [], version: found.metadata.resourceVersion }
}

const same = (a: Taint, key: string, effect: string): boolean =>
  a.key === key && a.effect === effect

async function setTaints(
  hands: Hands,
  node: string,
  taints: readonly Taint[],
  version: string | undefined,
): Promise<void> {
  await (
    await api(hands)
  ).patch(resources.nodes, node, undefined, 'merge', {
    metadata: { resourceVersion: version },
    spec: { taints: taints.length === 0 ? null : taints },
  })
}

/** A patch of one node, looked at first. */
const patchOf = (node: string, policy: Policy): FaultPermissions =>
  patchWithSwitch(
    [
      permit('get', resources.nodes, { name: node }),
      permit('patch', resources.nodes, { name: node }),
    ],
    policy,
  )

/** Puts one taint on one node. New pods stay away; NoExecute also evicts running ones. */
export const taint = fault<
  { node: string; key: string; effect: string },
  { node: string; key: string; effect: string; wasThere: boolean }
>({
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
    if (taints.some(found => same(found, key, effect)))
      await setTaints(
        hands,
        node,
        taints.filter(found => !same(found, key, effect)),
        version,
      )
  },
  byHand: ({ node, key, effect }) => `kubectl taint nodes ${node} ${key}:${effect}-`,
  hits: ({ node, effect }): readonly Hit[] => [
    { kind: 'node', by: 'name', name: node, how: effect === 'NoExecute' ? 'down' : 'closed' },
  ],
  permissions: ({ node }, policy) => patchOf(node, policy),
  deadMan: (record, hands) =>
    record.wasThere
      ? 'the taint was there before: nothing is to be ended'
      : byKubectl('node.taint', record, hands, [
          'taint',
          'nodes',
          record.node,
          `${record.key}:${record.effect}-`,
        ]),
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
    await (
      await api(hands)
    ).patch(resources.nodes, node, undefined, 'merge', { spec: { unschedulable: true } })
  },
  async undo({ node, wasCordoned }, hands) {
    if (!wasCordoned)
      await (
        await api(hands)
      ).patch(resources.nodes, node, undefined, 'merge', { spec: { unschedulable: null } })
  },
  byHand: ({ node }) => `kubectl uncordon ${node}`,
  hits: ({ node }): readonly Hit[] => [{ kind: 'node', by: 'name', name: node, how: 'closed' }],
  permissions: ({ node }, policy) => patchOf(node, policy),
  deadMan: (record, hands) =>
    record.wasCordoned
      ? 'it was cordoned before: nothing is to be ended'
      : byKubectl('node.cordon', record, hands, ['uncordon', record.node]),
})

/** All that runs on the node of a container goes with it. */
const downWith = ({ container }: { container: string }): readonly Hit[] => [
  { kind: 'node', by: 'container', name: container, how: 'down' },
]

const dockerOf = (hands: Hands) =>
  docker(tools(hands), { socket: socketOf(hands.reach.home, hands.policy) })

/** Restarts the container of a node: its /run is lost, unpinned ports move, the control-plane taint comes back. */
export const restartContainer = fault<
  { container: string },
  { container: string; wasRunning: boolean }
>({
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
  hits: downWith,
  deadMan: (record, hands) =>
    byDocker('node.restart-container', record, hands, ['start', record.container]),
})

/** Kills the container of a node, as a power cut does: nothing on it has time to stop. Docker leaves a container that was killed by hand down. */
export const killContainer = fault<
  { container: string },
  { container: string; wasRunning: boolean }
>({
  name: 'node.kill-container',
  says: ({ container }) => `docker kill ${container}`,
  blast: 'node',
  needs: ['docker'],
  prepare: async ({ container }, hands) => ({
    container,
    wasRunning: (await dockerOf(hands).inspect(container)).running,
  }),
  inject: ({ container }, hands) => dockerOf(hands).kill(container),
  async undo({ container, wasRunning }, hands) {
    if (wasRunning && !(await dockerOf(hands).inspect(container)).running)
      await dockerOf(hands).start(container)
  },
  byHand: ({ container }) => `docker start ${container}`,
  hits: downWith,
  deadMan: (record, hands) =>
    byDocker('node.kill-container', record, hands, ['start', record.container]),
})

/**
 * Freezes a node: it is there, connections to it are made, and its API and kubelet do not move. Where the pods' cgroups are not
 * below the container's own, as with k3s on the cgroups of its host, the pods run on and answer. @source measured on a v1.35 node: docker pause
 */
export const pauseContainer = fault<
  { container: string },
  { container: string; wasPaused: boolean }
>({
  name: 'node.pause-container',
  says: ({ container }) => `docker pause ${container}`,
  blast: 'node',
  needs: ['docker'],
  prepare: async ({ container }, hands) => ({
    container,
    wasPaused: (await dockerOf(hands).inspect(container)).paused,
  }),
  inject: ({ container }, hands) => dockerOf(hands).pause(container),
  async undo({ container, wasPaused }, hands) {
    if (!wasPaused && (await dockerOf(hands).inspect(container)).paused)
      await dockerOf(hands).unpause(container)
  },
  byHand: ({ container }) => `docker unpause ${container}`,
  hits: downWith,
  deadMan: (record, hands) =>
    record.wasPaused
      ? 'it was paused before: nothing is to be ended'
      : byDocker('node.pause-container', record, hands, ['unpause', record.container]),
})

const inside = (hands: Hands, container: string) =>
  nodeShell(tools(hands), wayIntoNodes(hands), container)

/** Stops the kubelet of a node for a while (SIGSTOP): its pods run on, and nobody reports of them. */
export const stopKubelet = fault<
  { container: string; word: string; during: Duration },
  {
    container: string
    word: string
    during: Duration
    pids: readonly number[]
    wereFrozen: boolean
  }
>({
  name: 'node.stop-kubelet',
  says: ({ container, during }) => `stop the kubelet of ${container} for ${during}`,
  blast: 'node',
  needs: ['docker', 'inside-nodes'],
  async prepare({ container, word, during }, hands) {
    const pids = await inside(hands, container).processesSaying(word)
    if (pids.length !== 1)
      throw new Error(
        `${pids.length} processes of ${container} say “${word}” in their command line: exactly one kubelet is needed`,
      )
    const [pid = 0] = pids
    return {
      container,
      word,
      during,
      pids,
      wereFrozen: await inside(hands, container).isStopped(pid),
    }
  },
  async inject({ container, during, pids, wereFrozen }, hands) {
    if (wereFrozen) return
    for (const pid of pids) await inside(hands, container).signal(pid, 'STOP')
    await hands.reach.clock.sleep(ms(during), hands.signal)
    for (const pid of pids) await inside(hands, container).signal(pid, 'CONT')
  },
  async undo({ container, word, pids, wereFrozen }, hands) {
    if (wereFrozen) return
    const now = await inside(hands, container).processesSaying(word)
    for (const pid of pids)
      if (now.includes(pid)) await inside(hands, container).signal(pid, 'CONT')
  },
  byHand: ({ container, pids }) => `docker exec ${container} kill -CONT ${pids.join(' ')}`,
  hits: downWith,
  deadMan: ({ container, word, during, pids, wereFrozen }, hands) =>
    wereFrozen
      ? 'it was stopped before, and is left so'
      : bySignal('node.stop-kubelet', { container, word, during, pids }, hands, container, pids),
})
