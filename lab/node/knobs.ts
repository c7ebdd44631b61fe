// Faults and inspections of single pods and nodes that the world's drills and tests ask for.
import type { Pod } from '#src/model/kube.ts'
import type { Ground } from '#lab/kernel/world.ts'
import type { Box, ContainerRun, PodRun } from './containers/box.ts'
import { containersOf, rfc3339 } from './containers/box.ts'
import { exit } from './containers/containers.ts'
import { execInside } from './containers/exec.ts'
import { reportNode } from './kubelet/node-status.ts'
import { died } from './kubelet/run.ts'
import type { NodeSide } from './containers/side.ts'
import { look } from './kubelet/worker.ts'

type Knobs = Pick<
  NodeSide,
  'app' | 'exec' | 'logs' | 'oomKill' | 'crash' | 'leaveUnknown' | 'evict' | 'pressure' | 'imagesOf'
>

interface Found {
  box: Box
  run: PodRun
  container: ContainerRun
}

/** SIGKILL's exit code. @source POSIX shells and containerd: 128 + signal */
const killedCode = 137

export function createKnobs(ground: Ground, boxes: readonly Box[]): Knobs {
  const boxOf = (node: string): Box | undefined => boxes.find(each => each.machine.node === node)
  const find = (namespace: string, name: string, container?: string): Found | undefined =>
    findContainer(boxes, namespace, name, container)
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
      if (found !== undefined) exit(found.box, found.run, found.container, killedCode, 'OOMKilled')
    },
    crash(namespace, pod, code, container) {
      const found = find(namespace, pod, container)
      if (found !== undefined) exit(found.box, found.run, found.container, code)
    },
    leaveUnknown(namespace, pod) {
      const found = find(namespace, pod)
      if (found !== undefined) {
        for (const each of containersOf(found.run))
          if (each.state.kind === 'running')
            found.box.machine.processes.delete(each.state.process.pid)
        died(found.box, found.run, false)
        found.run.unknown = true
      }
      writeUnknown(ground, namespace, pod)
    },
    evict(namespace, pod, message) {
      const found = find(namespace, pod)
      if (found === undefined) return
      found.run.evicted = { reason: 'Evicted', message }
      look(found.box, found.run)
    },
    pressure(node, type, on) {
      const box = boxOf(node)
      if (box === undefined) return
      box.pressure.set(type, on)
      if (box.up && !box.paused && box.kubelet === 'up') reportNode(box, false)
    },
    imagesOf: node => boxOf(node)?.images ?? new Set(),
  }
}

function findContainer(
  boxes: readonly Box[],
  namespace: string,
  name: string,
  container: string | undefined,
): Found | undefined {
  let old: Found | undefined
  for (const box of boxes) {
    for (const run of box.pods.values()) {
      if (run.namespace !== namespace || run.name !== name) continue
      const found =
        container === undefined
          ? run.mains[0]
          : containersOf(run).find(each => each.spec.name === container)
      if (found === undefined) continue
      // A pod that ends may have a successor of the same name.
      if (run.ending === undefined) return { box, run, container: found }
      old = { box, run, container: found }
    }
  }
  return old
}

function writeUnknown(ground: Ground, namespace: string, name: string): void {
  const now = rfc3339(ground.clock.now())
  ground.store.update<Pod>('Pod', namespace, name, pod => {
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
