// The data path of kube-proxy: its rules as of the last sync, on a 1-second grid, and the answers
// to connections through them.
import type { EndpointSlice, Pod, PodSpec, Service, WorkloadObject } from '#src/model/kube.ts'
import { forgetRecorded } from '#lab/control/events/events.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import type { AppAnswer, AppRequest } from '#lab/kernel/world.ts'
import { entryFor, refused, silent } from '#lab/node/apps/apps.ts'
import type { KubeletState, PodRun } from '#lab/node/kubelet/state.ts'
import { draw, later, nowOf } from '#lab/node/kubelet/state.ts'
import { delays } from '#lab/node/delays.ts'
import { connectInside, declares } from '#lab/node/containers/exec.ts'
import { nodeEvent } from '#lab/node/kubelet/status-reporter.ts'

interface Backend {
  ip: string
  port: number
}

export interface Proxy {
  running: boolean
  /**
   * Backends by NodePort. The kernel keeps them when kube-proxy dies, and loses them with the
   * machine.
   */
  rules: Map<number, readonly Backend[]>
  syncedAt: number
  pending: boolean
  icmp: { tokens: number; at: number }
}

export const newProxy = (): Proxy => ({
  running: false,
  rules: new Map(),
  syncedAt: Number.NEGATIVE_INFINITY,
  pending: false,
  icmp: { tokens: delays.icmpBurst, at: 0 },
})

/** Starts kube-proxy, as a pod or as a process of the node. */
export function startProxy(kubelet: KubeletState, proxy: Proxy): void {
  proxy.running = true
  forgetRecorded(kubelet.shared.context, 'kube-proxy', kubelet.machine.node)
  nodeEvent(
    kubelet,
    { apiVersion: 'v1', kind: 'Node', metadata: { name: kubelet.machine.node } },
    'Normal',
    'Starting',
    '',
    'kube-proxy',
  )
  requestSync(kubelet, proxy)
}

/** Whether a DaemonSet or a pod of the node runs kube-proxy, so that no process does. */
export function proxyIsPod(kubelet: KubeletState): boolean {
  const { apps, context } = kubelet.shared
  const runsKubeProxy = (spec: PodSpec): boolean =>
    spec.containers.some(each => entryFor(apps, each.image).role === 'kube-proxy')
  return (
    context.store
      .list<WorkloadObject>('DaemonSet')
      .some(set => runsKubeProxy(set.spec.template.spec)) ||
    context.store
      .list<Pod>('Pod')
      .some(pod => pod.spec.nodeName === kubelet.machine.node && runsKubeProxy(pod.spec))
  )
}

/** Whether rules depend on the changed object. */
export const concernsProxy = (event: StoreEvent): boolean =>
  event.object.kind === 'EndpointSlice' || event.object.kind === 'Service'

/** Syncs now, or at the end of the second since the last one. */
export function requestSync(kubelet: KubeletState, proxy: Proxy): void {
  if (!proxy.running || proxy.pending) return
  proxy.pending = true
  const wait = Math.max(0, proxy.syncedAt + delays.proxyMinSync - nowOf(kubelet))
  later(kubelet, wait, () => {
    proxy.syncedAt = nowOf(kubelet)
    later(kubelet, draw(kubelet, delays.proxySyncs), () => {
      proxy.pending = false
      if (proxy.running && kubelet.shared.apiUp(kubelet)) proxy.rules = currentRules(kubelet)
    })
  })
}

function currentRules(kubelet: KubeletState): Map<number, readonly Backend[]> {
  const { store } = kubelet.shared.context
  const slices = new Map<string, EndpointSlice[]>()
  for (const slice of store.list<EndpointSlice>('EndpointSlice')) {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''
    const key = `${slice.metadata.namespace}/${service}`
    slices.set(key, [...(slices.get(key) ?? []), slice])
  }
  const rules = new Map<number, readonly Backend[]>()
  for (const service of store.list<Service>('Service')) {
    for (const port of service.spec.ports ?? []) {
      if (
        port.nodePort === undefined ||
        (service.spec.type !== 'NodePort' && service.spec.type !== 'LoadBalancer')
      )
        continue
      rules.set(
        port.nodePort,
        backends(
          slices.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [],
          port.name,
        ),
      )
    }
  }
  return rules
}

/**
 * The ready endpoints; if there are none, those that still serve while they terminate.
 * @source Kubernetes documentation, Virtual IPs: traffic to terminating endpoints
 */
function backends(slices: readonly EndpointSlice[], portName: string | undefined): Backend[] {
  const take = (
    wanted: (conditions: { ready?: boolean; serving?: boolean; terminating?: boolean }) => boolean,
  ): Backend[] =>
    slices.flatMap(slice => {
      const port = slice.ports?.find(each => (each.name ?? '') === (portName ?? ''))?.port
      if (port === undefined) return []
      return (slice.endpoints ?? [])
        .filter(each => wanted(each.conditions ?? {}))
        .flatMap(each => each.addresses.slice(0, 1).map(ip => ({ ip, port })))
    })
  const ready = take(each => each.ready !== false)
  return ready.length > 0 ? ready : take(each => each.serving === true && each.terminating === true)
}

/** The kernel refuses a connection once a second after a burst, and is silent in between. */
function rejected(kubelet: KubeletState, proxy: Proxy): AppAnswer {
  const now = nowOf(kubelet)
  const { icmp } = proxy
  icmp.tokens = Math.min(delays.icmpBurst, icmp.tokens + (now - icmp.at) / delays.icmpEvery)
  icmp.at = now
  if (icmp.tokens < 1) return silent
  icmp.tokens -= 1
  return refused
}

/** Connects to a port of the machine from outside. */
export function connectNode(
  kubelet: KubeletState,
  proxy: Proxy,
  kubelets: readonly KubeletState[],
  port: number,
  request: AppRequest,
): AppAnswer {
  if (!kubelet.up) return refused
  if (kubelet.paused) return silent
  const rule = proxy.rules.get(port)
  if (rule !== undefined) {
    if (rule.length === 0) return rejected(kubelet, proxy)
    const backend = rule[kubelet.random.integer(0, rule.length - 1)] ?? rule[0]
    return backend === undefined ? silent : connectPod(kubelet, kubelets, backend, request)
  }
  for (const run of kubelet.pods.values()) {
    for (const container of run.mains) {
      const hostPort = container.spec.ports?.find(each => each.hostPort === port)
      if (hostPort !== undefined && run.sandbox !== undefined)
        return connectInside(container, hostPort.containerPort, request)
      if (
        run.pod.spec.hostNetwork === true &&
        container.state.kind === 'running' &&
        declares(container, port)
      )
        return connectInside(container, port, request)
    }
  }
  return refused
}

/** Connects to an address of the pod network or of a node. An unused address does not answer. */
function connectPod(
  from: KubeletState,
  kubelets: readonly KubeletState[],
  { ip, port }: Backend,
  request: AppRequest,
): AppAnswer {
  for (const kubelet of kubelets) {
    if (!kubelet.up) continue
    const runs = [...kubelet.pods.values()].filter(run => run.sandbox?.ip === ip)
    if (runs.length === 0) continue
    if (kubelet.paused) return silent
    return answered(runs, port, request, kubelet === from ? 0 : 1)
  }
  return silent
}

/** The answer of the first container that listens on the port. If none does, the kernel refuses. */
function answered(
  runs: readonly PodRun[],
  port: number,
  request: AppRequest,
  farMs: number,
): AppAnswer {
  for (const container of runs.flatMap(run => run.mains)) {
    // Pods on the host network share its ports: only a container that declares the port listens.
    if (runs.length > 1 && !declares(container, port)) continue
    const answer = connectInside(container, port, request)
    if (answer.kind === 'answer') return { ...answer, ms: answer.ms + farMs }
    if (answer.kind !== 'refused') return answer
  }
  return refused
}
