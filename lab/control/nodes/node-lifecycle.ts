// The node lifecycle controller: whose kubelet has gone silent, and which of those nodes are to be
// emptied.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
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

class NodeLifecycleController implements Controller {
  readonly #control: Control
  readonly #context: LabContext
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #health = new Map<string, Health>()
  readonly #known = new Set<string>()
  readonly #zones = new Map<string, ZoneState>()
  /** Nodes that are to get their NoExecute taint, by zone, and when the zone's next may. */
  readonly #tainter = new Map<string, { nodes: Set<string>; nextAt: number }>()
  #round = 0

  constructor(control: Control) {
    this.#control = control
    this.#context = control.context
    this.#store = this.#context.store
    this.#clock = this.#context.clock
  }

  on(): void {}

  all(): void {
    // After a restart every node is registered again and has its full grace period.
    this.#health.clear()
    this.#known.clear()
    this.#zones.clear()
    this.#tainter.clear()
    this.#round += 1
    this.#monitor(this.#round)
  }

  #monitor(mine: number): void {
    if (mine !== this.#round) return
    this.#clock.after(limits.nodeMonitorPeriod, () => this.#monitor(mine))
    if (!this.#control.working()) return
    const nodes = this.#store.list<FullNode>('Node')
    this.#register(nodes)
    for (const node of nodes) {
      this.#judge(node)
      this.#taint(this.#store.get<FullNode>('Node', undefined, node.metadata.name) ?? node)
    }
    this.#disruption(this.#store.list<FullNode>('Node'))
    this.#clock.after(limits.noExecutePass, () => {
      if (mine === this.#round && this.#control.working()) this.#emptyQueues()
    })
  }

  #register(nodes: readonly FullNode[]): void {
    for (const node of nodes) {
      const { name } = node.metadata
      if (!this.#known.has(name))
        this.#say(
          node,
          'RegisteredNode',
          `Node ${name} event: Registered Node ${name} in Controller`,
        )
      this.#known.add(name)
    }
    const present = new Set(nodes.map(node => node.metadata.name))
    for (const name of [...this.#known].filter(one => !present.has(one))) {
      this.#known.delete(name)
      this.#health.delete(name)
      recordEvent(this.#context, {
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
  #judge(node: FullNode): void {
    const { name } = node.metadata
    const now = this.#clock.now()
    const ready = conditionOf(node.status?.conditions, 'Ready')
    const renewed = this.#store.get<Lease>('Lease', 'kube-node-lease', name)?.spec?.renewTime ?? ''
    const posted = `${ready?.lastHeartbeatTime ?? ''}|${ready?.status === 'Unknown' ? '' : (ready?.status ?? '')}`
    const seen = this.#health.get(name)
    // A status of Unknown comes from this controller, so it does not count as a heartbeat.
    const alive =
      seen === undefined ||
      renewed > seen.renewed ||
      (ready?.status !== 'Unknown' && ready !== undefined && posted !== seen.posted)
    const firstSight = ready === undefined ? Date.parse(node.metadata.creationTimestamp ?? '') : now
    if (alive)
      this.#health.set(name, { renewed, posted, noticedAt: seen === undefined ? firstSight : now })
    const grace = ready === undefined ? limits.nodeStartupGrace : limits.nodeMonitorGrace
    if (now - (this.#health.get(name)?.noticedAt ?? now) <= grace) return
    this.#silence(node)
    if (ready?.status !== 'True') return
    this.#say(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    this.#markPodsNotReady(name)
  }

  #silence(node: FullNode): void {
    const now = this.#store.timestamp()
    this.#store.update<FullNode>('Node', undefined, node.metadata.name, draft => {
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

  #markPodsNotReady(node: string): void {
    for (const pod of this.#store
      .list<FullPod>('Pod')
      .filter(one => one.spec.nodeName === node && !hasEnded(one) && isReady(one))) {
      this.#store.update<FullPod>('Pod', pod.metadata.namespace, pod.metadata.name, draft => {
        const ready = conditionOf(draft.status?.conditions, 'Ready')
        if (ready !== undefined)
          setPodCondition(draft, { ...ready, status: 'False' }, this.#store.timestamp())
      })
      recordEvent(this.#context, {
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
  #taint(node: FullNode): void {
    const { name } = node.metadata
    const has = (key: string) =>
      (node.spec?.taints ?? []).some(one => one.key === key && one.effect === 'NoExecute')
    const status = readyOf(node)
    if (status === 'True') {
      this.#reachable(name)
      return
    }
    const [right, wrong] =
      status === 'False' ? [notReadyTaint, unreachableTaint] : [unreachableTaint, notReadyTaint]
    if (has(wrong))
      changeTaints(
        this.#control,
        name,
        [{ key: right, effect: 'NoExecute' }],
        one => one.key === wrong && one.effect === 'NoExecute',
      )
    else if (!has(right)) this.#zoneQueue(zoneOf(node)).nodes.add(name)
  }

  #reachable(name: string): void {
    for (const queue of this.#tainter.values()) queue.nodes.delete(name)
    changeTaints(
      this.#control,
      name,
      [],
      one =>
        one.effect === 'NoExecute' && (one.key === notReadyTaint || one.key === unreachableTaint),
    )
  }

  #zoneQueue(zone: string): { nodes: Set<string>; nextAt: number } {
    const queue = this.#tainter.get(zone) ?? { nodes: new Set<string>(), nextAt: 0 }
    this.#tainter.set(zone, queue)
    return queue
  }

  /**
   * Where no node of any zone is ready, it is rather the control plane that is cut off: nothing is
   * evicted.
   */
  #disruption(nodes: readonly FullNode[]): void {
    const next = new Map<string, ZoneState>()
    for (const zone of new Set(nodes.map(zoneOf))) {
      const members = nodes.filter(node => zoneOf(node) === zone)
      const ready = members.filter(node => readyOf(node) === 'True').length
      next.set(zone, zoneState(ready, members.length - ready))
    }
    const full = (states: ReadonlyMap<string, ZoneState>) =>
      states.size > 0 && [...states.values()].every(state => state === 'full')
    const was = full(this.#zones)
    const is = full(next)
    if (is && !was) for (const node of nodes) this.#reachable(node.metadata.name)
    // Coming out of it, every node gets a whole grace again.
    if (was && !is) for (const entry of this.#health.values()) entry.noticedAt = this.#clock.now()
    this.#zones.clear()
    for (const [zone, state] of next) this.#zones.set(zone, state)
  }

  /** ms between two nodes of a zone, or undefined where none may be emptied. */
  #pace(zone: string): number | undefined {
    if ([...this.#zones.values()].every(state => state === 'full')) return undefined
    if (this.#zones.get(zone) !== 'partial') return limits.nodeEvictionPause
    return this.#store.list('Node').length > limits.largeCluster
      ? limits.secondaryEvictionPause
      : undefined
  }

  #emptyQueues(): void {
    const now = this.#clock.now()
    for (const [zone, queue] of this.#tainter) {
      const pause = this.#pace(zone)
      const [name] = queue.nodes
      if (pause === undefined || name === undefined || now < queue.nextAt) continue
      queue.nodes.delete(name)
      queue.nextAt = now + pause
      const node = this.#store.get<FullNode>('Node', undefined, name)
      const status = node === undefined ? 'True' : readyOf(node)
      if (status !== 'True')
        changeTaints(
          this.#control,
          name,
          [{ key: status === 'False' ? notReadyTaint : unreachableTaint, effect: 'NoExecute' }],
          () => false,
        )
    }
  }

  #say(node: FullNode, reason: string, message: string): void {
    const { name, uid } = node.metadata
    recordEvent(this.#context, {
      about: { kind: 'Node', apiVersion: 'v1', name, ...(uid !== undefined && { uid }) },
      type: 'Normal',
      reason,
      message,
      component,
    })
  }
}

export const nodeLifecycle = (control: Control): Controller => new NodeLifecycleController(control)
