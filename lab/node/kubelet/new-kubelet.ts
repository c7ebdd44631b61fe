// Creates the kubelet of a machine, and connects it with the effects of its containers.
import type { Node } from '#src/model/kube.ts'
import type { Machine } from '#lab/kernel/world.ts'
import { fullImage } from '#lab/node/apps/apps.ts'
import type { ContainerRun, KubeletState, PodRun, SharedState } from './state.ts'
import { flannelStarted } from '#lab/node/network/flannel.ts'
import { resync } from './kubelet.ts'
import type { Proxy } from '#lab/node/network/kube-proxy.ts'
import { newProxy, requestSync, startProxy } from '#lab/node/network/kube-proxy.ts'
import type { NodeSimulationOptions } from '#lab/node/node-api.ts'
import { relist } from './sync-pod.ts'

/** Resumes the work of a machine that can connect to a serving API again. */
export function reconnect(kubelet: KubeletState, proxies: ReadonlyMap<KubeletState, Proxy>): void {
  resync(kubelet)
  const proxy = proxies.get(kubelet)
  if (proxy !== undefined) requestSync(kubelet, proxy)
}

/** The kubelet of a machine that is off. It takes address and pod network from an existing Node. */
export function newKubelet(
  shared: SharedState,
  machine: Machine,
  index: number,
  options: NodeSimulationOptions,
  proxies: Map<KubeletState, Proxy>,
): KubeletState {
  const node = shared.context.store.get<Node>('Node', undefined, machine.node)
  const known = node?.status?.addresses?.find(each => each.type === 'InternalIP')?.address
  const random = shared.context.random.fork(`node ${machine.node}`)
  const kubelet: KubeletState = {
    shared,
    machine,
    random,
    address: options.addresses?.[machine.node] ?? known ?? `10.5.0.${index + 2}`,
    facts: options.facts?.[machine.node],
    podNet: (node?.spec?.podCIDR ?? `10.244.${index}.0/24`).split('.').slice(0, 3).join('.'),
    epoch: 0,
    up: false,
    paused: false,
    phase: 'down',
    pods: new Map(),
    images: initialImages(machine, options),
    deferred: [],
    queuedWrites: [],
    nextPid: 1200,
    nextIp: 1,
    tickOffset: random.integer(0, 9999),
    pressure: new Map(),
    lastUnschedulable: false,
    hooks: {
      exited: (run, container) => containerExited(kubelet, run, container, proxies),
      running: (run, container) => containerRuns(kubelet, run, container, proxies),
    },
  }
  proxies.set(kubelet, newProxy())
  return kubelet
}

function containerExited(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  proxies: ReadonlyMap<KubeletState, Proxy>,
): void {
  if (container.entry.role === 'kube-proxy') {
    const proxy = proxies.get(kubelet)
    if (proxy !== undefined) proxy.running = false
  }
  relist(kubelet, run)
}

function containerRuns(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  proxies: ReadonlyMap<KubeletState, Proxy>,
): void {
  if (container.entry.role === 'flannel') flannelStarted(kubelet, run, container)
  if (container.entry.role === 'kube-proxy' && container.kind === 'main')
    startProxy(kubelet, proxies.get(kubelet) ?? newProxy())
}

/** The images that are on a machine from the start. */
function initialImages(machine: Machine, options: NodeSimulationOptions): Set<string> {
  const factImages = Object.keys(options.facts?.[machine.node]?.images ?? {})
  return new Set([...(options.images ?? []), ...factImages].map(fullImage))
}
