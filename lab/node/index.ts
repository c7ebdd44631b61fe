// The node side of the simulated cluster: machines' kubelets, containers, networks and API servers
// behind one interface.
import type { Pod } from '#src/model/kube.ts'
import type { LabContext, Machine } from '#lab/kernel/world.ts'
import { createControlPlane } from './control-plane.ts'
import type { KubeletState, SharedState } from './kubelet/state.ts'
import { containersOf, later } from './kubelet/state.ts'
import { signalProcess } from './containers/containers.ts'
import { delays } from './delays.ts'
import { pushedOf, type PullFault } from './containers/images.ts'
import { createFaultControls } from './fault-controls.ts'
import { bootKubelet, podChanged } from './kubelet/kubelet.ts'
import { newKubelet, reconnect } from './kubelet/new-kubelet.ts'
import type { Proxy } from './network/kube-proxy.ts'
import {
  concernsProxy,
  connectNode,
  newProxy,
  proxyIsPod,
  requestSync,
  startProxy,
} from './network/kube-proxy.ts'
import { markDied } from './kubelet/pod-run.ts'
import type { NodeSimulation, NodeSimulationOptions } from './node-api.ts'

export type { AppCatalogue, AppEntry, AppState } from './apps/apps.ts'
export type { PullFault } from './containers/images.ts'
export type { ExecAnswer, MachineFacts, NodeSimulation, NodeSimulationOptions } from './node-api.ts'
export { joelclawApps } from './apps/catalogue.ts'
export { sandboxApps } from './apps/catalogue-sandbox.ts'
export { delays as nodeDelays } from './delays.ts'

/**
 * After an unclean death, how many pods' containers containerd does not even remember:
 * ContainerStatusUnknown is among
 * the states that joelclaw's healer knows. @source the share is assumed, not measured
 */
const lostShare = 0.2

/** Makes the inside of the given machines. They are off until `started`. */
export function simulateNodes(context: LabContext, options: NodeSimulationOptions): NodeSimulation {
  const pullFaults = new Map<string, PullFault>()
  const breakListeners = new Set<(machine: Machine) => void>()
  const inside: SharedState = {
    context,
    apps: options.apps,
    registry: { faults: pullFaults, pushed: pushedOf(options.pushed ?? []) },
    controlPlaneTaint: options.controlPlaneTaint,
    apiUp: kubelet => kubelet.up && !kubelet.paused && control.serving(),
  }
  const proxies = new Map<KubeletState, Proxy>()
  const kubelets = options.machines.map((machine, index) =>
    newKubelet(inside, machine, index, options, proxies),
  )
  const byNode = new Map(kubelets.map(kubelet => [kubelet.machine.node, kubelet]))
  const control = createControlPlane(
    kubelets,
    serving => {
      options.onApi(serving)
      if (serving)
        for (const kubelet of kubelets)
          if (kubelet.up && !kubelet.paused) reconnect(kubelet, proxies)
    },
    kubelet => {
      for (const listener of breakListeners) listener(kubelet.machine)
    },
  )

  context.store.subscribe(event => {
    if (event.object.kind === 'Pod') {
      // A kind's objects in the store have that kind's type.
      const node = (event.object as Pod).spec.nodeName
      const kubelet = node === undefined ? undefined : byNode.get(node)
      if (kubelet !== undefined) podChanged(kubelet, event)
    } else if (concernsProxy(event)) {
      for (const [kubelet, proxy] of proxies) requestSync(kubelet, proxy)
    }
  })

  const kubeletOf = (machine: Machine): KubeletState => {
    const kubelet = byNode.get(machine.node)
    if (kubelet === undefined)
      throw new Error(
        `The machine ${machine.node} is not one of this world's (${[...byNode.keys()].join(', ')}): pass it to createNodeSide in machines`,
      )
    return kubelet
  }
  const proxyOf = (kubelet: KubeletState): Proxy => proxies.get(kubelet) ?? newProxy()
  return {
    started(machine) {
      const kubelet = kubeletOf(machine)
      if (kubelet.up) return
      kubelet.up = true
      kubelet.paused = false
      kubelet.epoch += 1
      for (const path of machine.files.keys())
        if (path.startsWith('/run/')) machine.files.delete(path)
      machine.processes.clear()
      control.started(kubelet)
      bootKubelet(kubelet)
      later(kubelet, delays.proxyStarts, () => {
        if (!proxyIsPod(kubelet)) startProxy(kubelet, proxyOf(kubelet))
      })
    },
    stopped(machine, graceful) {
      const kubelet = kubeletOf(machine)
      if (!kubelet.up) return
      kubelet.up = false
      kubelet.paused = false
      kubelet.epoch += 1
      kubelet.phase = 'down'
      kubelet.deferred = []
      kubelet.queuedWrites = []
      for (const run of kubelet.pods.values())
        markDied(kubelet, run, !graceful && kubelet.random.next() < lostShare)
      machine.processes.clear()
      proxies.set(kubelet, newProxy())
      control.stopped(kubelet)
    },
    paused(machine) {
      const kubelet = kubeletOf(machine)
      if (!kubelet.up || kubelet.paused) return
      kubelet.paused = true
      control.changed()
    },
    resumed(machine) {
      const kubelet = kubeletOf(machine)
      if (!kubelet.up || !kubelet.paused) return
      kubelet.paused = false
      const late = kubelet.deferred
      kubelet.deferred = []
      const served = control.serving()
      control.changed()
      if (served) reconnect(kubelet, proxies)
      for (const run of late) run()
    },
    apiState: machine => control.stateOf(kubeletOf(machine)),
    connect(machine, nodePort, request) {
      const kubelet = kubeletOf(machine)
      return connectNode(kubelet, proxyOf(kubelet), kubelets, nodePort, request)
    },
    signal(machine, pid, signal) {
      const kubelet = kubeletOf(machine)
      for (const run of kubelet.pods.values()) {
        for (const container of containersOf(run)) {
          if (container.state.kind === 'running' && container.state.process.pid === pid)
            signalProcess(kubelet, run, container, signal)
        }
      }
    },
    onApiBreak(listener) {
      breakListeners.add(listener)
      return () => breakListeners.delete(listener)
    },
    apiServes: () => control.serving(),
    pullFaults,
    ...createFaultControls(context, kubelets),
  }
}
