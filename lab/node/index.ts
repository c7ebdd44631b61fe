// The nodes of the simulated cluster: kubelets, containers, networks and API servers behind one
// interface.
import type { Pod } from '#src/model/kube.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import type { AppAnswer, AppRequest, LabContext, Machine } from '#lab/kernel/world.ts'
import { createControlPlane, type ControlPlane } from './control-plane.ts'
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

export type { AppCatalogue } from './apps/apps.ts'
export type { MachineFacts, NodeSimulation, NodeSimulationOptions } from './node-api.ts'
export { joelclawApps } from './apps/catalogue.ts'
export { sandboxApps } from './apps/catalogue-sandbox.ts'

/**
 * Share of pods whose containers containerd has lost after an unclean stop. Their status becomes
 * ContainerStatusUnknown, which joelclaw's healer knows.
 * @source the share is assumed, not measured
 */
const lostShare = 0.2

/** The nodes of a world: their kubelets, their kube-proxies and the control plane. */
class Nodes {
  readonly kubelets: readonly KubeletState[]
  readonly control: ControlPlane
  readonly pullFaults = new Map<string, PullFault>()
  readonly breakListeners = new Set<(machine: Machine) => void>()
  readonly #byNode: ReadonlyMap<string, KubeletState>
  readonly #proxies = new Map<KubeletState, Proxy>()

  constructor(context: LabContext, options: NodeSimulationOptions) {
    const shared: SharedState = {
      context,
      apps: options.apps,
      registry: { faults: this.pullFaults, pushed: pushedOf(options.pushed ?? []) },
      controlPlaneTaint: options.controlPlaneTaint,
      apiUp: kubelet => kubelet.up && !kubelet.paused && this.control.serving(),
    }
    this.kubelets = options.machines.map((machine, index) =>
      newKubelet(shared, machine, index, options, this.#proxies),
    )
    this.#byNode = new Map(this.kubelets.map(kubelet => [kubelet.machine.node, kubelet]))
    this.control = createControlPlane(
      this.kubelets,
      serving => {
        options.onApi(serving)
        if (serving)
          for (const kubelet of this.kubelets)
            if (kubelet.up && !kubelet.paused) this.#resync(kubelet)
      },
      kubelet => {
        for (const listener of this.breakListeners) listener(kubelet.machine)
      },
    )
    context.store.subscribe(event => this.#storeChanged(event))
  }

  of(machine: Machine): KubeletState {
    const kubelet = this.#byNode.get(machine.node)
    if (kubelet === undefined)
      throw new Error(
        `Machine ${machine.node} is not part of this world ` +
          `(${[...this.#byNode.keys()].join(', ')}). Pass it to simulateNodes in machines.`,
      )
    return kubelet
  }

  start(machine: Machine): void {
    const kubelet = this.of(machine)
    if (kubelet.up) return
    kubelet.up = true
    kubelet.paused = false
    kubelet.epoch += 1
    for (const path of machine.files.keys())
      if (path.startsWith('/run/')) machine.files.delete(path)
    machine.processes.clear()
    this.control.started(kubelet)
    bootKubelet(kubelet)
    later(kubelet, delays.proxyStarts, () => {
      if (!proxyIsPod(kubelet)) startProxy(kubelet, this.#proxyOf(kubelet))
    })
  }

  stop(machine: Machine, graceful: boolean): void {
    const kubelet = this.of(machine)
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
    this.#proxies.set(kubelet, newProxy())
    this.control.stopped(kubelet)
  }

  pause(machine: Machine): void {
    const kubelet = this.of(machine)
    if (!kubelet.up || kubelet.paused) return
    kubelet.paused = true
    this.control.changed()
  }

  resume(machine: Machine): void {
    const kubelet = this.of(machine)
    if (!kubelet.up || !kubelet.paused) return
    kubelet.paused = false
    const { deferred } = kubelet
    kubelet.deferred = []
    const served = this.control.serving()
    this.control.changed()
    if (served) this.#resync(kubelet)
    for (const run of deferred) run()
  }

  connect(machine: Machine, nodePort: number, request: AppRequest): AppAnswer {
    const kubelet = this.of(machine)
    return connectNode(kubelet, this.#proxyOf(kubelet), this.kubelets, nodePort, request)
  }

  signal(machine: Machine, pid: number, signal: 'KILL' | 'STOP' | 'CONT'): void {
    const kubelet = this.of(machine)
    for (const run of kubelet.pods.values()) {
      for (const container of containersOf(run)) {
        if (container.state.kind === 'running' && container.state.process.pid === pid)
          signalProcess(kubelet, run, container, signal)
      }
    }
  }

  readonly #proxyOf = (kubelet: KubeletState): Proxy => this.#proxies.get(kubelet) ?? newProxy()

  #resync(kubelet: KubeletState): void {
    reconnect(kubelet, this.#proxies)
  }

  #storeChanged(event: StoreEvent): void {
    if (event.object.kind === 'Pod') {
      // The kind implies the type.
      const node = (event.object as Pod).spec.nodeName
      const kubelet = node === undefined ? undefined : this.#byNode.get(node)
      if (kubelet !== undefined) podChanged(kubelet, event)
    } else if (concernsProxy(event)) {
      for (const [kubelet, proxy] of this.#proxies) requestSync(kubelet, proxy)
    }
  }
}

/** Simulates the nodes of these machines. A machine is off until `started`. */
export function simulateNodes(context: LabContext, options: NodeSimulationOptions): NodeSimulation {
  const nodes = new Nodes(context, options)
  const { control, breakListeners, pullFaults } = nodes
  return {
    started: machine => nodes.start(machine),
    stopped: (machine, graceful) => nodes.stop(machine, graceful),
    paused: machine => nodes.pause(machine),
    resumed: machine => nodes.resume(machine),
    apiState: machine => control.stateOf(nodes.of(machine)),
    connect: (machine, nodePort, request) => nodes.connect(machine, nodePort, request),
    signal: (machine, pid, signal) => nodes.signal(machine, pid, signal),
    onApiBreak(listener) {
      breakListeners.add(listener)
      return () => breakListeners.delete(listener)
    },
    apiServes: () => control.serving(),
    pullFaults,
    ...createFaultControls(context, nodes.kubelets),
  }
}
