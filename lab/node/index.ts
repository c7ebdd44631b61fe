// The node side of the simulated cluster: machines' kubelets, containers, networks and API servers
// behind one interface.
import type { Pod } from '#src/model/kube.ts'
import type { Ground, Machine } from '#lab/kernel/world.ts'
import { createControlPlane } from './apiserver.ts'
import type { Box, Inside } from './containers/box.ts'
import { containersOf, later } from './containers/box.ts'
import { signalProcess } from './containers/containers.ts'
import { delays } from './delays.ts'
import { pushedOf, type PullFault } from './containers/images.ts'
import { createKnobs } from './knobs.ts'
import { bootKubelet, podChanged } from './kubelet/kubelet.ts'
import { newBox, reconnect } from './containers/make-box.ts'
import type { Proxy } from './proxy.ts'
import {
  concernsProxy,
  connectNode,
  newProxy,
  proxyIsPod,
  requestSync,
  startProxy,
} from './proxy.ts'
import { died } from './kubelet/run.ts'
import type { NodeSide, NodeSideOptions } from './containers/side.ts'

export type { AppCatalogue, AppEntry, AppState } from './containers/apps.ts'
export type { PullFault } from './containers/images.ts'
export type { ExecAnswer, MachineFacts, NodeSide, NodeSideOptions } from './containers/side.ts'
export { joelclawApps } from './containers/catalogue.ts'
export { sandboxApps } from './containers/catalogue-sandbox.ts'
export { delays as nodeDelays } from './delays.ts'

/**
 * After an unclean death, how many pods' containers containerd does not even remember:
 * ContainerStatusUnknown is among
 * the states that joelclaw's healer knows. @source the share is assumed, not measured
 */
const lostShare = 0.2

/** Makes the inside of the given machines. They are off until `started`. */
export function createNodeSide(ground: Ground, options: NodeSideOptions): NodeSide {
  const pullFaults = new Map<string, PullFault>()
  const breakListeners = new Set<(machine: Machine) => void>()
  const inside: Inside = {
    ground,
    apps: options.apps,
    registry: { faults: pullFaults, pushed: pushedOf(options.pushed ?? []) },
    controlPlaneTaint: options.controlPlaneTaint,
    apiUp: box => box.up && !box.paused && control.serving(),
  }
  const proxies = new Map<Box, Proxy>()
  const boxes = options.machines.map((machine, index) =>
    newBox(inside, machine, index, options, proxies),
  )
  const byNode = new Map(boxes.map(box => [box.machine.node, box]))
  const control = createControlPlane(
    boxes,
    serving => {
      options.onApi(serving)
      if (serving) for (const box of boxes) if (box.up && !box.paused) reconnect(box, proxies)
    },
    box => {
      for (const listener of breakListeners) listener(box.machine)
    },
  )

  ground.store.subscribe(event => {
    if (event.object.kind === 'Pod') {
      // A kind's objects in the store have that kind's type.
      const node = (event.object as Pod).spec.nodeName
      const box = node === undefined ? undefined : byNode.get(node)
      if (box !== undefined) podChanged(box, event)
    } else if (concernsProxy(event)) {
      for (const [box, proxy] of proxies) requestSync(box, proxy)
    }
  })

  const boxOf = (machine: Machine): Box => {
    const box = byNode.get(machine.node)
    if (box === undefined)
      throw new Error(
        `The machine ${machine.node} is not one of this world's (${[...byNode.keys()].join(', ')}): pass it to createNodeSide in machines`,
      )
    return box
  }
  const proxyOf = (box: Box): Proxy => proxies.get(box) ?? newProxy()
  return {
    started(machine) {
      const box = boxOf(machine)
      if (box.up) return
      box.up = true
      box.paused = false
      box.epoch += 1
      for (const path of machine.files.keys())
        if (path.startsWith('/run/')) machine.files.delete(path)
      machine.processes.clear()
      control.started(box)
      bootKubelet(box)
      later(box, delays.proxyStarts, () => {
        if (!proxyIsPod(box)) startProxy(box, proxyOf(box))
      })
    },
    stopped(machine, graceful) {
      const box = boxOf(machine)
      if (!box.up) return
      box.up = false
      box.paused = false
      box.epoch += 1
      box.kubelet = 'down'
      box.late = []
      box.held = []
      for (const run of box.pods.values())
        died(box, run, !graceful && box.random.next() < lostShare)
      machine.processes.clear()
      proxies.set(box, newProxy())
      control.stopped(box)
    },
    paused(machine) {
      const box = boxOf(machine)
      if (!box.up || box.paused) return
      box.paused = true
      control.changed()
    },
    resumed(machine) {
      const box = boxOf(machine)
      if (!box.up || !box.paused) return
      box.paused = false
      const late = box.late
      box.late = []
      const served = control.serving()
      control.changed()
      if (served) reconnect(box, proxies)
      for (const run of late) run()
    },
    apiState: machine => control.stateOf(boxOf(machine)),
    connect(machine, nodePort, request) {
      const box = boxOf(machine)
      return connectNode(box, proxyOf(box), boxes, nodePort, request)
    },
    signal(machine, pid, signal) {
      const box = boxOf(machine)
      for (const run of box.pods.values()) {
        for (const container of containersOf(run)) {
          if (container.state.kind === 'running' && container.state.process.pid === pid)
            signalProcess(box, run, container, signal)
        }
      }
    },
    onApiBreak(listener) {
      breakListeners.add(listener)
      return () => breakListeners.delete(listener)
    },
    apiServes: () => control.serving(),
    pullFaults,
    ...createKnobs(ground, boxes),
  }
}
