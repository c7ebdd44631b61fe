// kube-proxy's data path: rules as of the last sync, on its 1-second grid, and what a connection
// through them meets.
import type { EndpointSlice, Pod, PodSpec, Service, WorkloadObject } from '#src/model/kube.ts'
import { forgetRecorded } from '#lab/control/events.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import type { AppAnswer, AppRequest } from '#lab/kernel/world.ts'
import { entryFor, refused, silent } from './containers/apps.ts'
import type { Box, PodRun } from './containers/box.ts'
import { draw, later, nowOf } from './containers/box.ts'
import { delays } from './delays.ts'
import { connectInside, declares } from './containers/exec.ts'
import { nodeEvent } from './voice.ts'

interface Backend {
  ip: string
  port: number
}

export interface Proxy {
  running: boolean
  /** By NodePort. Kept by the kernel when kube-proxy dies; gone with the machine. */
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

/** kube-proxy has started, as a pod or as a process of the node. */
export function startProxy(box: Box, proxy: Proxy): void {
  proxy.running = true
  forgetRecorded(box.inside.ground, 'kube-proxy', box.machine.node)
  nodeEvent(
    box,
    { apiVersion: 'v1', kind: 'Node', metadata: { name: box.machine.node } },
    'Normal',
    'Starting',
    '',
    'kube-proxy',
  )
  requestSync(box, proxy)
}

/** Whether a DaemonSet or a pod of the node brings kube-proxy, so that none runs beside it. */
export function proxyIsPod(box: Box): boolean {
  const { apps, ground } = box.inside
  const brings = (spec: PodSpec): boolean =>
    spec.containers.some(each => entryFor(apps, each.image).role === 'kube-proxy')
  return (
    ground.store.list<WorkloadObject>('DaemonSet').some(set => brings(set.spec.template.spec)) ||
    ground.store
      .list<Pod>('Pod')
      .some(pod => pod.spec.nodeName === box.machine.node && brings(pod.spec))
  )
}

/** Something changed that rules depend on. */
export const concernsProxy = (event: StoreEvent): boolean =>
  event.object.kind === 'EndpointSlice' || event.object.kind === 'Service'

/** Syncs now, or at the end of the second since the last one. */
export function requestSync(box: Box, proxy: Proxy): void {
  if (!proxy.running || proxy.pending) return
  proxy.pending = true
  const wait = Math.max(0, proxy.syncedAt + delays.proxyMinSync - nowOf(box))
  later(box, wait, () => {
    proxy.syncedAt = nowOf(box)
    later(box, draw(box, delays.proxySyncs), () => {
      proxy.pending = false
      if (proxy.running && box.inside.apiUp(box)) proxy.rules = rulesNow(box)
    })
  })
}

function rulesNow(box: Box): Map<number, readonly Backend[]> {
  const { store } = box.inside.ground
  const slices = new Map<string, EndpointSlice[]>()
  for (const slice of store.list<EndpointSlice>('EndpointSlice')) {
    const key = `${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`
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
 * Ready endpoints; where there are none, those that still serve while they end. @source Kubernetes
 * documentation, Virtual IPs: traffic to terminating endpoints
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

/**
 * A "connection refused" that the kernel may send: one a second after a burst, else nothing is
 * heard.
 */
function rejected(box: Box, proxy: Proxy): AppAnswer {
  const now = nowOf(box)
  const { icmp } = proxy
  icmp.tokens = Math.min(delays.icmpBurst, icmp.tokens + (now - icmp.at) / delays.icmpEvery)
  icmp.at = now
  if (icmp.tokens < 1) return silent
  icmp.tokens -= 1
  return refused
}

/** Somebody outside connects to a port of the machine. */
export function connectNode(
  box: Box,
  proxy: Proxy,
  boxes: readonly Box[],
  port: number,
  request: AppRequest,
): AppAnswer {
  if (!box.up) return refused
  if (box.paused) return silent
  const rule = proxy.rules.get(port)
  if (rule !== undefined) {
    if (rule.length === 0) return rejected(box, proxy)
    const backend = rule[box.random.integer(0, rule.length - 1)] ?? rule[0]
    return backend === undefined ? silent : connectPod(box, boxes, backend, request)
  }
  for (const run of box.pods.values()) {
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

/** A packet to an address of the pod network, or of a node. What nobody has answers nothing. */
function connectPod(
  from: Box,
  boxes: readonly Box[],
  { ip, port }: Backend,
  request: AppRequest,
): AppAnswer {
  for (const box of boxes) {
    if (!box.up) continue
    const runs = [...box.pods.values()].filter(run => run.sandbox?.ip === ip)
    if (runs.length === 0) continue
    if (box.paused) return silent
    return answered(runs, port, request, box === from ? 0 : 1)
  }
  return silent
}

/**
 * The first container that listens on the port answers; where none does, the pod's kernel refuses.
 */
function answered(
  runs: readonly PodRun[],
  port: number,
  request: AppRequest,
  farMs: number,
): AppAnswer {
  for (const container of runs.flatMap(run => run.mains)) {
    // Pods of the node's own network share its ports: only who says so listens on one.
    if (runs.length > 1 && !declares(container, port)) continue
    const answer = connectInside(container, port, request)
    if (answer.kind === 'answer') return { ...answer, ms: answer.ms + farMs }
    if (answer.kind !== 'refused') return answer
  }
  return refused
}
