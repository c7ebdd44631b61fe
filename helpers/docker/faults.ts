// Faults on nodes: a taint, a cordon, a restart of the node container.
import { docker } from './client.ts'
import { openKube, resources } from '#src/kubernetes/client.ts'
import { nodeShell, nodeAccess } from './node-shell.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { byDocker, byKubectl, bySignal, patchWithSwitch } from '#helpers/host/switches.ts'
import { socketOf } from '#helpers/host/questions.ts'
import {
  fault,
  ms,
  type Duration,
  type FaultPermissions,
  type FaultContext,
  type Impact,
  type Policy,
  type Taint,
} from '#src/model/index.ts'

/**
 * ms for one request or command: stopping a node container may take its grace and more. @source
 * measured on a v1.35 node: docker restart
 */
const patience = 60_000
const call = ({ runtime, signal }: FaultContext) => ({ runtime, signal, deadline: patience })
const api = (context: FaultContext) => openKube(call(context), context.policy.identity)

async function taintsOf(
  context: FaultContext,
  node: string,
): Promise<{ taints: readonly Taint[]; version: string | undefined }> {
  const found = await (await api(context)).get(resources.nodes, node)
  if (found === undefined) throw new Error(`there is no node ${node}`)
  return { taints: found.spec?.taints ?? [], version: found.metadata.resourceVersion }
}

const same = (a: Taint, key: string, effect: string): boolean =>
  a.key === key && a.effect === effect

async function setTaints(
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

/** A patch of one node, looked at first. */
const patchOf = (node: string, policy: Policy): FaultPermissions =>
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

/** All that runs on the node of a container goes with it. */
const downWith = ({ container }: { container: string }): readonly Impact[] => [
  { kind: 'node', by: 'container', name: container, how: 'down' },
]

const dockerOf = (context: FaultContext) =>
  docker(call(context), { socket: socketOf(context.runtime.home, context.policy) })

/**
 * Restarts the container of a node: its /run is lost, unpinned ports move, the control-plane taint
 * comes back.
 */
export const restartContainer = fault<
  { container: string },
  { container: string; wasRunning: boolean }
>({
  name: 'node.restart-container',
  describe: ({ container }) => `docker restart ${container}`,
  blast: 'node',
  needs: ['docker'],
  async prepare({ container }, context) {
    return { container, wasRunning: (await dockerOf(context).inspect(container)).running }
  },
  async inject({ container }, context) {
    await dockerOf(context).restart(container)
  },
  async undo({ container, wasRunning }, context) {
    const seen = await dockerOf(context).inspect(container)
    if (wasRunning && !seen.running) await dockerOf(context).start(container)
  },
  manualUndo: ({ container }) => `docker start ${container}`,
  impacts: downWith,
  deadMan: (record, context) =>
    byDocker('node.restart-container', record, context, ['start', record.container]),
})

/**
 * Kills the container of a node, as a power cut does: nothing on it has time to stop. Docker leaves
 * a container that was killed by hand down.
 */
export const killContainer = fault<
  { container: string },
  { container: string; wasRunning: boolean }
>({
  name: 'node.kill-container',
  describe: ({ container }) => `docker kill ${container}`,
  blast: 'node',
  needs: ['docker'],
  prepare: async ({ container }, context) => ({
    container,
    wasRunning: (await dockerOf(context).inspect(container)).running,
  }),
  inject: ({ container }, context) => dockerOf(context).kill(container),
  async undo({ container, wasRunning }, context) {
    if (wasRunning && !(await dockerOf(context).inspect(container)).running)
      await dockerOf(context).start(container)
  },
  manualUndo: ({ container }) => `docker start ${container}`,
  impacts: downWith,
  deadMan: (record, context) =>
    byDocker('node.kill-container', record, context, ['start', record.container]),
})

/**
 * Freezes a node: it is there, connections to it are made, and its API and kubelet do not move.
 * Where the pods' cgroups are not
 * below the container's own, as with k3s on the cgroups of its host, the pods run on and answer.
 * @source measured on a v1.35 node: docker pause
 */
export const pauseContainer = fault<
  { container: string },
  { container: string; wasPaused: boolean }
>({
  name: 'node.pause-container',
  describe: ({ container }) => `docker pause ${container}`,
  blast: 'node',
  needs: ['docker'],
  prepare: async ({ container }, context) => ({
    container,
    wasPaused: (await dockerOf(context).inspect(container)).paused,
  }),
  inject: ({ container }, context) => dockerOf(context).pause(container),
  async undo({ container, wasPaused }, context) {
    if (!wasPaused && (await dockerOf(context).inspect(container)).paused)
      await dockerOf(context).unpause(container)
  },
  manualUndo: ({ container }) => `docker unpause ${container}`,
  impacts: downWith,
  deadMan: (record, context) =>
    record.wasPaused
      ? 'it was paused before: nothing is to be ended'
      : byDocker('node.pause-container', record, context, ['unpause', record.container]),
})

const inside = (context: FaultContext, container: string) =>
  nodeShell(call(context), nodeAccess(context), container)

/**
 * Stops the kubelet of a node for a while (SIGSTOP): its pods run on, and nobody reports of them.
 */
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
  describe: ({ container, during }) => `stop the kubelet of ${container} for ${during}`,
  blast: 'node',
  needs: ['docker', 'inside-nodes'],
  async prepare({ container, word, during }, context) {
    const pids = await inside(context, container).processesSaying(word)
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
      wereFrozen: await inside(context, container).isStopped(pid),
    }
  },
  async inject({ container, during, pids, wereFrozen }, context) {
    if (wereFrozen) return
    for (const pid of pids) await inside(context, container).signal(pid, 'STOP')
    await context.runtime.clock.sleep(ms(during), context.signal)
    for (const pid of pids) await inside(context, container).signal(pid, 'CONT')
  },
  async undo({ container, word, pids, wereFrozen }, context) {
    if (wereFrozen) return
    const now = await inside(context, container).processesSaying(word)
    for (const pid of pids)
      if (now.includes(pid)) await inside(context, container).signal(pid, 'CONT')
  },
  manualUndo: ({ container, pids }) => `docker exec ${container} kill -CONT ${pids.join(' ')}`,
  impacts: downWith,
  deadMan: ({ container, word, during, pids, wereFrozen }, context) =>
    wereFrozen
      ? 'it was stopped before, and is left so'
      : bySignal('node.stop-kubelet', { container, word, during, pids }, context, container, pids),
})
