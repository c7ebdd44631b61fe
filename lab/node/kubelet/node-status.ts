// What a kubelet reports about its node: the object, its conditions, its lease.
import type { Condition, Lease, Node } from '#src/model/kube.ts'
import { fullImage } from '#lab/node/apps/apps.ts'
import type { KubeletState } from './state.ts'
import { later, nowOf, rfc3339, untilTick } from './state.ts'
import { delays } from '#lab/node/delays.ts'
import { hasNetwork, networkNotReady } from '#lab/node/network/flannel.ts'
import { nodeEvent } from './status-reporter.ts'

/** What the API holds of a node beyond what holdfast reads. */
export interface WholeNode extends Node {
  status?: NonNullable<Node['status']> & {
    nodeInfo?: Record<string, string>
    daemonEndpoints?: { kubeletEndpoint: { Port: number } }
  }
}

/**
 * How big a machine is where its Node object does not say.
 * @source joelclaw history: 18g of memory; pods: Kubernetes default, maxPods 110; the rest assumed
 */
const size = { cpu: '4', 'ephemeral-storage': '103079215104', memory: '18874368Ki', pods: '110' }

const controlPlaneTaint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }

type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

const pressures: readonly {
  type: Pressure
  no: string
  yes: string
  calm: string
  alarm: string
  event: string
  alarmEvent: string
}[] = [
  {
    type: 'MemoryPressure',
    no: 'KubeletHasSufficientMemory',
    yes: 'KubeletHasInsufficientMemory',
    calm: 'kubelet has sufficient memory available',
    alarm: 'kubelet has insufficient memory available',
    event: 'NodeHasSufficientMemory',
    alarmEvent: 'NodeHasInsufficientMemory',
  },
  {
    type: 'DiskPressure',
    no: 'KubeletHasNoDiskPressure',
    yes: 'KubeletHasDiskPressure',
    calm: 'kubelet has no disk pressure',
    alarm: 'kubelet has disk pressure',
    event: 'NodeHasNoDiskPressure',
    alarmEvent: 'NodeHasDiskPressure',
  },
  {
    type: 'PIDPressure',
    no: 'KubeletHasSufficientPID',
    yes: 'KubeletHasInsufficientPID',
    calm: 'kubelet has sufficient PID available',
    alarm: 'kubelet has insufficient PID available',
    event: 'NodeHasSufficientPID',
    alarmEvent: 'NodeHasInsufficientPID',
  },
]

const heartbeats = new WeakMap<KubeletState, number>()

/** As a kubelet lists them: the biggest first. */
const imagesIn = (images: Readonly<Record<string, number>>) =>
  Object.entries(images)
    .toSorted(([, a], [, b]) => b - a)
    .map(([image, sizeBytes]) => ({ names: [fullImage(image)], sizeBytes }))

/** Creates the Node object if it is missing, and fills in the kubelet's fields. */
export function registerNode(kubelet: KubeletState): void {
  const { store } = kubelet.shared.context
  const name = kubelet.machine.node
  if (store.get<Node>('Node', undefined, name) === undefined)
    store.create<Node>({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
  store.update<WholeNode>('Node', undefined, name, node => {
    const { facts } = kubelet
    const arch = facts?.architecture ?? 'arm64'
    const role = kubelet.machine.controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}
    node.metadata.labels = {
      'beta.kubernetes.io/arch': arch,
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': arch,
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      ...role,
      ...node.metadata.labels,
    }
    node.spec ??= {}
    const status = (node.status ??= {})
    node.spec.podCIDR ??= `${kubelet.podNet}.0/24`
    Object.assign(node.spec, { podCIDRs: [node.spec.podCIDR] })
    // @source measured on a v1.35 node: the kubelet's and the TTL controller's
    node.metadata.annotations = {
      'node.alpha.kubernetes.io/ttl': '0',
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      ...node.metadata.annotations,
    }
    if (facts?.images !== undefined) Object.assign(status, { images: imagesIn(facts.images) })
    status.addresses ??= [
      { type: 'InternalIP', address: kubelet.address },
      { type: 'Hostname', address: name },
    ]
    status.capacity ??= { ...(facts?.capacity ?? size) }
    status.allocatable ??= { ...status.capacity }
    status.daemonEndpoints ??= { kubeletEndpoint: { Port: 10250 } }
    status.nodeInfo ??= {
      architecture: arch,
      bootID: '',
      containerRuntimeVersion: facts?.containerRuntimeVersion ?? 'containerd://2.1.6',
      kernelVersion: facts?.kernelVersion ?? '6.8.0-64-generic',
      kubeProxyVersion: '',
      kubeletVersion: 'v1.35.0',
      machineID: facts?.machineId ?? kubelet.shared.context.random.fork(`machine ${name}`).hex(32),
      operatingSystem: 'linux',
      osImage: facts?.osImage ?? 'Talos (v1.12.4)',
      systemUUID: facts?.machineId ?? kubelet.shared.context.random.fork(`system ${name}`).uuid(),
    }
    // Every boot has its own.
    status.nodeInfo['bootID'] = kubelet.random.uuid()
  })
}

/** Talos puts it back at every start. */
export function taintControlPlane(kubelet: KubeletState): void {
  if (!kubelet.shared.controlPlaneTaint || !kubelet.machine.controlPlane) return
  kubelet.shared.context.store.update<Node>('Node', undefined, kubelet.machine.node, node => {
    node.spec ??= {}
    const taints = (node.spec.taints ??= [])
    if (
      !taints.some(
        each => each.key === controlPlaneTaint.key && each.effect === controlPlaneTaint.effect,
      )
    )
      taints.push({ ...controlPlaneTaint })
  })
}

/** Renews the node's lease every 10 s for as long as the machine runs and the API answers. */
export function keepLease(kubelet: KubeletState): void {
  later(kubelet, delays.leaseRenews, () => keepLease(kubelet))
  if (!kubelet.shared.apiUp(kubelet)) return
  const { store } = kubelet.shared.context
  const name = kubelet.machine.node
  const renewTime = store.microTimestamp()
  const uid = store.get<Node>('Node', undefined, name)?.metadata.uid
  const owner =
    uid === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] }
  const spec = { holderIdentity: name, leaseDurationSeconds: delays.leaseLasts / 1000, renewTime }
  const renewed = store.update<Lease>('Lease', 'kube-node-lease', name, lease => {
    lease.spec = { ...lease.spec, ...spec }
  })
  if (renewed === undefined)
    store.create<Lease>({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'kube-node-lease', ...owner },
      spec,
    })
}

/**
 * The kubelet's status loop: reports changes at once and everything every 5 minutes. `first`:
 * records all events.
 */
export function reportNode(kubelet: KubeletState, first: boolean): void {
  if (!kubelet.shared.apiUp(kubelet)) return
  const { store } = kubelet.shared.context
  const node = store.get<Node>('Node', undefined, kubelet.machine.node)
  if (node === undefined) {
    // Deleted under a running kubelet: upstream registers it again only at the kubelet's next
    // start.
    return
  }
  const now = nowOf(kubelet)
  const wanted = conditions(kubelet, node, now)
  const changed = wanted.filter(
    each => node.status?.conditions?.find(old => old.type === each.type)?.status !== each.status,
  )
  if (
    first ||
    changed.length > 0 ||
    now - (heartbeats.get(kubelet) ?? 0) >= delays.nodeStatusReports
  ) {
    heartbeats.set(kubelet, now)
    store.update<Node>('Node', undefined, kubelet.machine.node, draft => {
      draft.status ??= {}
      const others = (draft.status.conditions ?? []).filter(
        each => !wanted.some(mine => mine.type === each.type),
      )
      draft.status.conditions = [...others, ...wanted]
    })
  }
  const report = (reason: string): void =>
    nodeEvent(
      kubelet,
      node,
      'Normal',
      reason,
      `Node ${kubelet.machine.node} status is now: ${reason}`,
    )
  for (const each of pressures) {
    const on = kubelet.pressure.get(each.type) === true
    if (first || changed.some(one => one.type === each.type))
      report(on ? each.alarmEvent : each.event)
  }
  const ready = changed.find(each => each.type === 'Ready')
  if (ready !== undefined && (ready.status === 'True' || !first))
    report(ready.status === 'True' ? 'NodeReady' : 'NodeNotReady')
  const unschedulable = node.spec?.unschedulable === true
  if (unschedulable !== kubelet.lastUnschedulable)
    report(unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable')
  kubelet.lastUnschedulable = unschedulable
}

function conditions(kubelet: KubeletState, node: Node, now: number): Condition[] {
  const condition = (type: string, status: boolean, reason: string, message: string): Condition => {
    const old = node.status?.conditions?.find(each => each.type === type)
    const text = status ? 'True' : 'False'
    return {
      lastHeartbeatTime: rfc3339(now),
      lastTransitionTime:
        old?.status === text && old.lastTransitionTime !== undefined
          ? old.lastTransitionTime
          : rfc3339(now),
      message,
      reason,
      status: text,
      type,
    }
  }
  return [
    ...pressures.map(each => {
      const on = kubelet.pressure.get(each.type) === true
      return condition(each.type, on, on ? each.yes : each.no, on ? each.alarm : each.calm)
    }),
    hasNetwork(kubelet)
      ? condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status')
      : condition('Ready', false, 'KubeletNotReady', networkNotReady),
  ]
}

/** Runs the status loop; until the node is Ready it looks as often as the network is looked at. */
export function loopNodeStatus(kubelet: KubeletState): void {
  const wasReady = hasNetwork(kubelet)
  const period = wasReady ? delays.nodeStatusLoop : delays.runtimeChecked
  later(kubelet, untilTick(kubelet, period), () => {
    reportNode(kubelet, false)
    loopNodeStatus(kubelet)
  })
}
