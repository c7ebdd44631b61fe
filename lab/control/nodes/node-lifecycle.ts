// The node lifecycle controller: whose kubelet has gone silent, and which of those nodes are to be
// emptied.
import { limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { FullNode, FullPod } from '#lab/control/objects.ts'
import type { Lease } from '#src/model/kube.ts'
import { changeTaints, notReadyTaint, unreachableTaint } from './node-taints.ts'
import { conditionOf, hasEnded, isReady, setPodCondition } from '#lab/control/pods.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'

const component = 'node-controller'

/** What a kubelet posted last, and when this controller noticed it by its own clock. */
interface Health {
  renewed: string
  posted: string
  noticedAt: number
}

type ZoneState = 'initial' | 'normal' | 'partial' | 'full'

/** @source Kubernetes default, node lifecycle controller, ComputeZoneState */
export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'full'
  if (notReady > 2 && notReady / (notReady + ready) >= limits.unhealthyShare) return 'partial'
  return 'normal'
}

const zoneOf = (node: FullNode): string =>
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']
    .map(key => node.metadata.labels?.[key] ?? '')
    .join('/')

const readyOf = (node: FullNode): string =>
  conditionOf(node.status?.conditions, 'Ready')?.status ?? 'Unknown'

export function nodeLifecycle(control: Control): Controller {
  const { context } = control
  const { store, clock } = context
  const health = new Map<string, Health>()
  const known = new Set<string>()
  const zones = new Map<string, ZoneState>()
  /** Nodes that are to get their NoExecute taint, by zone, and when the zone's next may. */
  const tainter = new Map<string, { nodes: Set<string>; nextAt: number }>()
  let round = 0

  function monitor(mine: number): void {
    if (mine !== round) return
    clock.after(limits.nodeMonitorPeriod, () => monitor(mine))
    if (!control.working()) return
    const nodes = store.list<FullNode>('Node')
    register(nodes)
    for (const node of nodes) {
      judge(node)
      taint(store.get<FullNode>('Node', undefined, node.metadata.name) ?? node)
    }
    disruption(store.list<FullNode>('Node'))
    clock.after(limits.noExecutePass, () => {
      if (mine === round && control.working()) emptyQueues()
    })
  }

  function register(nodes: readonly FullNode[]): void {
    for (const node of nodes) {
      const { name } = node.metadata
      if (!known.has(name))
        say(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
      known.add(name)
    }
    const present = new Set(nodes.map(node => node.metadata.name))
    for (const name of [...known].filter(one => !present.has(one))) {
      known.delete(name)
      health.delete(name)
      recordEvent(context, {
        about: { kind: 'Node', name },
        type: 'Normal',
        reason: 'RemovingNode',
        message: `Node ${name} event: Removing Node ${name} from Controller`,
        component,
      })
    }
  }

  /**
   * A kubelet that renewed neither its Lease nor its status within the grace: what it said last no
   * longer counts.
   */
  function judge(node: FullNode): void {
    const { name } = node.metadata
    const now = clock.now()
    const ready = conditionOf(node.status?.conditions, 'Ready')
    const renewed = store.get<Lease>('Lease', 'kube-node-lease', name)?.spec?.renewTime ?? ''
    const posted = `${ready?.lastHeartbeatTime ?? ''}|${ready?.status === 'Unknown' ? '' : (ready?.status ?? '')}`
    const seen = health.get(name)
    // This controller's own Unknown is no sign of life.
    const alive =
      seen === undefined ||
      renewed > seen.renewed ||
      (ready?.status !== 'Unknown' && ready !== undefined && posted !== seen.posted)
    const firstSight = ready === undefined ? Date.parse(node.metadata.creationTimestamp ?? '') : now
    if (alive)
      health.set(name, { renewed, posted, noticedAt: seen === undefined ? firstSight : now })
    const grace = ready === undefined ? limits.nodeStartupGrace : limits.nodeMonitorGrace
    if (now - (health.get(name)?.noticedAt ?? now) <= grace) return
    silence(node)
    if (ready?.status !== 'True') return
    say(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    markPodsNotReady(name)
  }

  function silence(node: FullNode): void {
    const now = store.timestamp()
    store.update<FullNode>('Node', undefined, node.metadata.name, draft => {
      const conditions = draft.status?.conditions ?? []
      for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
        const condition = conditionOf(conditions, type)
        if (condition === undefined) {
          conditions.push({
            type,
            status: 'Unknown',
            reason: 'NodeStatusNeverUpdated',
            message: 'Kubelet never posted node status.',
            lastHeartbeatTime: draft.metadata.creationTimestamp ?? now,
            lastTransitionTime: now,
          })
        } else if (condition.status !== 'Unknown') {
          Object.assign(condition, {
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime: now,
          })
        }
      }
      draft.status = { ...draft.status, conditions }
    })
  }

  function markPodsNotReady(node: string): void {
    for (const pod of store
      .list<FullPod>('Pod')
      .filter(one => one.spec.nodeName === node && !hasEnded(one) && isReady(one))) {
      store.update<FullPod>('Pod', pod.metadata.namespace, pod.metadata.name, draft => {
        const ready = conditionOf(draft.status?.conditions, 'Ready')
        if (ready !== undefined)
          setPodCondition(draft, { ...ready, status: 'False' }, store.timestamp())
      })
      recordEvent(context, {
        about: pod,
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
        component,
      })
    }
  }

  /**
   * Ready again: the NoExecute taints go. Silent or unready: the node queues for one; a wrong one
   * is swapped at once.
   */
  function taint(node: FullNode): void {
    const { name } = node.metadata
    const has = (key: string) =>
      (node.spec?.taints ?? []).some(one => one.key === key && one.effect === 'NoExecute')
    const status = readyOf(node)
    if (status === 'True') {
      reachable(name)
      return
    }
    const [right, wrong] =
      status === 'False' ? [notReadyTaint, unreachableTaint] : [unreachableTaint, notReadyTaint]
    if (has(wrong))
      changeTaints(
        control,
        name,
        [{ key: right, effect: 'NoExecute' }],
        one => one.key === wrong && one.effect === 'NoExecute',
      )
    else if (!has(right)) zoneQueue(zoneOf(node)).nodes.add(name)
  }

  function reachable(name: string): void {
    for (const queue of tainter.values()) queue.nodes.delete(name)
    changeTaints(
      control,
      name,
      [],
      one =>
        one.effect === 'NoExecute' && (one.key === notReadyTaint || one.key === unreachableTaint),
    )
  }

  function zoneQueue(zone: string): { nodes: Set<string>; nextAt: number } {
    const queue = tainter.get(zone) ?? { nodes: new Set<string>(), nextAt: 0 }
    tainter.set(zone, queue)
    return queue
  }

  /**
   * Where no node of any zone is ready, it is rather the control plane that is cut off: nothing is
   * evicted.
   */
  function disruption(nodes: readonly FullNode[]): void {
    const next = new Map<string, ZoneState>()
    for (const zone of new Set(nodes.map(zoneOf))) {
      const members = nodes.filter(node => zoneOf(node) === zone)
      const ready = members.filter(node => readyOf(node) === 'True').length
      next.set(zone, zoneState(ready, members.length - ready))
    }
    const full = (states: ReadonlyMap<string, ZoneState>) =>
      states.size > 0 && [...states.values()].every(state => state === 'full')
    const was = full(zones)
    const is = full(next)
    if (is && !was) for (const node of nodes) reachable(node.metadata.name)
    // Coming out of it, every node gets a whole grace again.
    if (was && !is) for (const entry of health.values()) entry.noticedAt = clock.now()
    zones.clear()
    for (const [zone, state] of next) zones.set(zone, state)
  }

  /** ms between two nodes of a zone, or undefined where none may be emptied. */
  function pace(zone: string): number | undefined {
    if ([...zones.values()].every(state => state === 'full')) return undefined
    if (zones.get(zone) !== 'partial') return limits.nodeEvictionPause
    return store.list('Node').length > limits.largeCluster
      ? limits.secondaryEvictionPause
      : undefined
  }

  function emptyQueues(): void {
    const now = clock.now()
    for (const [zone, queue] of tainter) {
      const pause = pace(zone)
      const [name] = queue.nodes
      if (pause === undefined || name === undefined || now < queue.nextAt) continue
      queue.nodes.delete(name)
      queue.nextAt = now + pause
      const node = store.get<FullNode>('Node', undefined, name)
      const status = node === undefined ? 'True' : readyOf(node)
      if (status !== 'True')
        changeTaints(
          control,
          name,
          [{ key: status === 'False' ? notReadyTaint : unreachableTaint, effect: 'NoExecute' }],
          () => false,
        )
    }
  }

  function say(node: FullNode, reason: string, message: string): void {
    const { name, uid } = node.metadata
    recordEvent(context, {
      about: { kind: 'Node', apiVersion: 'v1', name, ...(uid !== undefined && { uid }) },
      type: 'Normal',
      reason,
      message,
      component,
    })
  }

  return {
    on() {},
    all() {
      // Started anew it knows nothing: every node is registered again and has its whole grace
      // before it.
      health.clear()
      known.clear()
      zones.clear()
      tainter.clear()
      round += 1
      monitor(round)
    },
  }
}
