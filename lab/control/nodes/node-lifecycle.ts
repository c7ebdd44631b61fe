// The node lifecycle controller: notices nodes whose kubelet has gone silent, and has their pods
// evicted.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store } from '#lab/kernel/store.ts'
import { limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { FullNode } from '#lab/control/objects.ts'
import { conditionOf } from '#lab/control/pods.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import type { Lease } from '#src/model/kube.ts'
import { EvictionQueues } from './eviction-queues.ts'
import { setConditionsUnknown, setPodsNotReady } from './silent-node.ts'

const component = 'node-controller'

/** What a kubelet posted last, and when this controller noticed it on its own clock. */
interface Health {
  renewed: string
  posted: string
  noticedAt: number
}

class NodeLifecycleController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #evictions: EvictionQueues
  readonly #health = new Map<string, Health>()
  readonly #known = new Set<string>()
  #round = 0

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#clock = control.context.clock
    this.#evictions = new EvictionQueues(control)
  }

  on(): void {}

  all(): void {
    // After a restart every node is registered again and has its full grace period.
    this.#health.clear()
    this.#known.clear()
    this.#evictions.clear()
    this.#round += 1
    this.#monitor(this.#round)
  }

  #monitor(round: number): void {
    if (round !== this.#round) return
    this.#clock.after(limits.nodeMonitorPeriod, () => this.#monitor(round))
    if (!this.#control.working()) return
    const nodes = this.#store.list<FullNode>('Node')
    this.#register(nodes)
    for (const node of nodes) {
      this.#judge(node)
      this.#evictions.update(
        this.#store.get<FullNode>('Node', undefined, node.metadata.name) ?? node,
      )
    }
    // When the nodes come back, each gets its full grace period again.
    if (this.#evictions.updateZones(this.#store.list<FullNode>('Node')).recovered)
      for (const health of this.#health.values()) health.noticedAt = this.#clock.now()
    this.#clock.after(limits.noExecutePass, () => {
      if (round === this.#round && this.#control.working()) this.#evictions.taintNext()
    })
  }

  #register(nodes: readonly FullNode[]): void {
    for (const node of nodes) {
      const { name } = node.metadata
      if (!this.#known.has(name))
        this.#report(
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
      recordEvent(this.#control.context, {
        about: { kind: 'Node', name },
        type: 'Normal',
        reason: 'RemovingNode',
        message: `Node ${name} event: Removing Node ${name} from Controller`,
        component,
      })
    }
  }

  /** Reports a node whose kubelet renewed neither its Lease nor its status within the grace. */
  #judge(node: FullNode): void {
    const { name } = node.metadata
    const ready = conditionOf(node.status?.conditions, 'Ready')
    this.#notice(node)
    const grace = ready === undefined ? limits.nodeStartupGrace : limits.nodeMonitorGrace
    const now = this.#clock.now()
    if (now - (this.#health.get(name)?.noticedAt ?? now) <= grace) return
    setConditionsUnknown(this.#control, node)
    if (ready?.status !== 'True') return
    this.#report(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
    setPodsNotReady(this.#control, name, component)
  }

  /** Remembers when a kubelet last renewed its Lease or its status. */
  #notice(node: FullNode): void {
    const { name } = node.metadata
    const now = this.#clock.now()
    const ready = conditionOf(node.status?.conditions, 'Ready')
    // A status of Unknown comes from this controller, so it does not count as a heartbeat.
    const status = ready?.status === 'Unknown' ? '' : (ready?.status ?? '')
    const posted = `${ready?.lastHeartbeatTime ?? ''}|${status}`
    const renewed = this.#store.get<Lease>('Lease', 'kube-node-lease', name)?.spec?.renewTime ?? ''
    const known = this.#health.get(name)
    if (known === undefined) {
      const noticedAt =
        ready === undefined ? Date.parse(node.metadata.creationTimestamp ?? '') : now
      this.#health.set(name, { renewed, posted, noticedAt })
    } else if (renewed > known.renewed || (status !== '' && posted !== known.posted))
      this.#health.set(name, { renewed, posted, noticedAt: now })
  }

  #report(node: FullNode, reason: string, message: string): void {
    const { name, uid } = node.metadata
    recordEvent(this.#control.context, {
      about: { kind: 'Node', apiVersion: 'v1', name, ...(uid !== undefined && { uid }) },
      type: 'Normal',
      reason,
      message,
      component,
    })
  }
}

export const nodeLifecycle = (control: Control): Controller => new NodeLifecycleController(control)
