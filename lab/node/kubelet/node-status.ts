// What a kubelet reports about its node while it runs: its Lease, its conditions and their Events.
import type { Condition, Lease, Node } from '#src/model/kube.ts'
import { delays } from '#lab/node/delays.ts'
import { hasNetwork } from '#lab/node/network/flannel.ts'
import { nodeConditions, pressures } from './node-conditions.ts'
import type { KubeletState } from './state.ts'
import { later, nowOf, untilTick } from './state.ts'
import { nodeEvent } from './status-reporter.ts'

/** When a kubelet last wrote its whole status, ms. */
const heartbeats = new WeakMap<KubeletState, number>()

/** Renews the node's lease every 10 s for as long as the machine runs and the API answers. */
export function keepLease(kubelet: KubeletState): void {
  later(kubelet, delays.leaseRenews, () => keepLease(kubelet))
  if (!kubelet.shared.apiUp(kubelet)) return
  const { store } = kubelet.shared.context
  const name = kubelet.machine.node
  const renewTime = store.microTimestamp()
  const uid = store.get<Node>('Node', undefined, name)?.metadata.uid
  const spec = { holderIdentity: name, leaseDurationSeconds: delays.leaseLasts / 1000, renewTime }
  const renewed = store.update<Lease>('Lease', 'kube-node-lease', name, lease => {
    lease.spec = { ...lease.spec, ...spec }
  })
  if (renewed === undefined)
    store.create<Lease>({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace: 'kube-node-lease',
        ...(uid !== undefined && {
          ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
        }),
      },
      spec,
    })
}

/**
 * Reports changes of the conditions at once, and the whole status every 5 minutes. `first`: records
 * the Events of all conditions.
 */
export function reportNode(kubelet: KubeletState, first: boolean): void {
  if (!kubelet.shared.apiUp(kubelet)) return
  const { store } = kubelet.shared.context
  const node = store.get<Node>('Node', undefined, kubelet.machine.node)
  // Upstream registers a deleted node again only when the kubelet starts the next time.
  if (node === undefined) return
  const now = nowOf(kubelet)
  const wanted = nodeConditions(kubelet, node, now)
  const changed = wanted.filter(
    each => node.status?.conditions?.find(old => old.type === each.type)?.status !== each.status,
  )
  const due = now - (heartbeats.get(kubelet) ?? 0) >= delays.nodeStatusReports
  if (first || changed.length > 0 || due) {
    heartbeats.set(kubelet, now)
    writeConditions(kubelet, wanted)
  }
  recordChanges(kubelet, node, changed, first)
}

function writeConditions(kubelet: KubeletState, wanted: readonly Condition[]): void {
  const { store } = kubelet.shared.context
  store.update<Node>('Node', undefined, kubelet.machine.node, draft => {
    draft.status ??= {}
    const others = (draft.status.conditions ?? []).filter(
      each => !wanted.some(mine => mine.type === each.type),
    )
    draft.status.conditions = [...others, ...wanted]
  })
}

function recordChanges(
  kubelet: KubeletState,
  node: Node,
  changed: readonly Condition[],
  first: boolean,
): void {
  const report = (reason: string): void => {
    const message = `Node ${kubelet.machine.node} status is now: ${reason}`
    nodeEvent(kubelet, node, 'Normal', reason, message)
  }
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

/** Runs the status loop; until the node is Ready, as often as the kubelet checks the network. */
export function loopNodeStatus(kubelet: KubeletState): void {
  const wasReady = hasNetwork(kubelet)
  const period = wasReady ? delays.nodeStatusLoop : delays.runtimeChecked
  later(kubelet, untilTick(kubelet, period), () => {
    reportNode(kubelet, false)
    loopNodeStatus(kubelet)
  })
}
