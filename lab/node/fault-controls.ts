// Faults and inspections of single pods and nodes, for drills and tests.
import type { Pod } from '#src/model/kube.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { KubeletState, ContainerRun, PodRun } from './kubelet/state.ts'
import { containersOf, rfc3339 } from './kubelet/state.ts'
import { exit } from './containers/containers.ts'
import { execInside } from './containers/exec.ts'
import { reportNode } from './kubelet/node-status.ts'
import { markDied } from './kubelet/pod-run.ts'
import type { NodeSimulation } from './node-api.ts'
import { syncPod } from './kubelet/sync-pod.ts'

type FaultControls = Pick<
  NodeSimulation,
  'app' | 'exec' | 'logs' | 'oomKill' | 'crash' | 'leaveUnknown' | 'evict' | 'pressure' | 'imagesOf'
>

interface ContainerLocation {
  kubelet: KubeletState
  run: PodRun
  container: ContainerRun
}

/** SIGKILL's exit code. @source POSIX shells and containerd: 128 + signal */
const killedCode = 137

/** The faults and inspections of the nodes with these kubelets. */
export const createFaultControls = (
  context: LabContext,
  kubelets: readonly KubeletState[],
): FaultControls => ({ ...podControls(context, kubelets), ...nodeControls(kubelets) })

function podControls(
  context: LabContext,
  kubelets: readonly KubeletState[],
): Omit<FaultControls, 'pressure' | 'imagesOf'> {
  const find = (namespace: string, name: string, container?: string) =>
    findContainer(kubelets, namespace, name, container)
  return {
    app(namespace, pod, container) {
      const state = find(namespace, pod, container)?.container.state
      return state?.kind === 'running' ? state.app : undefined
    },
    exec(namespace, pod, container, command) {
      const found = find(namespace, pod, container)
      return found === undefined ? undefined : execInside(found.container, command)
    },
    logs: (namespace, pod, container) => find(namespace, pod, container)?.container.log,
    oomKill(namespace, pod, container) {
      const found = find(namespace, pod, container)
      if (found !== undefined)
        exit(found.kubelet, found.run, found.container, killedCode, 'OOMKilled')
    },
    crash(namespace, pod, code, container) {
      const found = find(namespace, pod, container)
      if (found !== undefined) exit(found.kubelet, found.run, found.container, code)
    },
    leaveUnknown(namespace, pod) {
      const found = find(namespace, pod)
      if (found !== undefined) loseContainers(found)
      writeUnknown(context, namespace, pod)
    },
    evict(namespace, pod, message) {
      const found = find(namespace, pod)
      if (found === undefined) return
      found.run.evicted = { reason: 'Evicted', message }
      syncPod(found.kubelet, found.run)
    },
  }
}

function nodeControls(
  kubelets: readonly KubeletState[],
): Pick<FaultControls, 'pressure' | 'imagesOf'> {
  const kubeletOf = (node: string) => kubelets.find(each => each.machine.node === node)
  return {
    pressure(node, type, on) {
      const kubelet = kubeletOf(node)
      if (kubelet === undefined) return
      kubelet.pressure.set(type, on)
      if (kubelet.up && !kubelet.paused && kubelet.phase === 'up') reportNode(kubelet, false)
    },
    imagesOf: node => kubeletOf(node)?.images ?? new Set(),
  }
}

/** The kubelet loses the containers of a pod: their processes are gone, their ends unknown. */
function loseContainers({ kubelet, run }: ContainerLocation): void {
  for (const each of containersOf(run))
    if (each.state.kind === 'running') kubelet.machine.processes.delete(each.state.process.pid)
  markDied(kubelet, run, false)
  run.unknown = true
}

function findContainer(
  kubelets: readonly KubeletState[],
  namespace: string,
  name: string,
  container: string | undefined,
): ContainerLocation | undefined {
  let old: ContainerLocation | undefined
  for (const kubelet of kubelets) {
    for (const run of kubelet.pods.values()) {
      if (run.namespace !== namespace || run.name !== name) continue
      const found =
        container === undefined
          ? run.mains[0]
          : containersOf(run).find(each => each.spec.name === container)
      if (found === undefined) continue
      // A terminating pod may have a successor of the same name.
      if (run.ending === undefined) return { kubelet, run, container: found }
      old = { kubelet, run, container: found }
    }
  }
  return old
}

function writeUnknown(context: LabContext, namespace: string, name: string): void {
  const now = rfc3339(context.clock.now())
  context.store.update<Pod>('Pod', namespace, name, pod => {
    const status = (pod.status ??= {})
    status.phase = 'Unknown'
    status.reason = 'NodeLost'
    status.message = `Node ${pod.spec.nodeName} which was running pod ${name} is unresponsive`
    for (const each of status.conditions ?? []) {
      if (each.type !== 'Ready' && each.type !== 'ContainersReady') continue
      if (each.status !== 'False') each.lastTransitionTime = now
      each.status = 'False'
    }
  })
}
