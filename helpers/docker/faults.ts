// Faults on nodes: a taint, a cordon, a restart of the node container.
import { callOf } from '#src/commands/call.ts'
import { docker } from './client.ts'
import { nodeShell, nodeAccess, type NodeShell, onlyProcessOf } from './node-shell.ts'
import { bySignal } from './switches.ts'
import { byDocker } from './switches.ts'
import { socketOf } from './questions.ts'
import { fault, ms, type Duration, type FaultContext, type Impact } from '#src/model/index.ts'

/**
 * ms for one request or command: a node container may use its whole grace period to stop, and more.
 * @source measured on a v1.35 node: docker restart
 */
const patience = 60_000
const call = (context: FaultContext) => callOf(context, patience)

/** Everything that runs on the node stops with its container. */
const downWith = ({ container }: { container: string }): readonly Impact[] => [
  { kind: 'node', by: 'container', name: container, how: 'down' },
]

const dockerOf = (context: FaultContext) =>
  docker(call(context), { socket: socketOf(context.runtime.home, context.policy) })

/**
 * Restarts the container of a node: its /run is lost, unpinned ports change, and the control-plane
 * taint returns.
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
 * Kills the container of a node, like a power cut: nothing on it has time to stop. Docker does not
 * start a container again that was killed by hand.
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
 * Freezes a node: it accepts connections, but its API server and kubelet stand still. Where the
 * cgroups of the pods are not below the container's own, as with k3s on the cgroups of its host,
 * the pods keep running and answering. @source measured on a v1.35 node: docker pause
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

/**
 * Stops the kubelet of a node for a while (SIGSTOP): its pods keep running, and nobody reports
 * them.
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
        `${pids.length} processes of ${container} say “${word}” in their command line: ` +
          'exactly one kubelet is needed',
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
export const inside = (context: FaultContext, container: string): NodeShell =>
  nodeShell(call(context), nodeAccess(context), container)
/**
 * Freezes the process of an application: it keeps its connections and answers nothing, like a hang.
 */

export const freeze = fault<
  { program: string },
  { program: string; container: string; pid: number; wasFrozen: boolean }
>({
  name: 'workload.freeze',
  describe: ({ program }) => `freeze ${program} (SIGSTOP): it accepts and does not answer`,
  blast: 'workload',
  needs: ['docker', 'inside-nodes'],
  async prepare({ program }, context) {
    const { container, pid } = await onlyProcessOf(call(context), context.policy, program)
    return { program, container, pid, wasFrozen: await inside(context, container).isStopped(pid) }
  },
  async inject({ container, pid, wasFrozen }, context) {
    if (!wasFrozen) await inside(context, container).signal(pid, 'STOP')
  },
  async undo({ program, container, pid, wasFrozen }, context) {
    if (wasFrozen) return
    // The pid may belong to another process by now.
    if ((await inside(context, container).processesOf(program)).includes(pid))
      await inside(context, container).signal(pid, 'CONT')
  },
  manualUndo: ({ container, pid }) =>
    `ssh into the VM, or docker exec ${container}: kill -CONT ${pid}`,
  impacts: ({ program }): readonly Impact[] => [{ kind: 'program', program }],
  deadMan: (record, context) =>
    record.wasFrozen
      ? 'it was frozen before, and is left so'
      : bySignal('workload.freeze', record, context, record.container, [record.pid]),
})
