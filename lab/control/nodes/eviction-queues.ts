// Which unready nodes get the NoExecute taint that evicts their pods, and how fast, zone by zone.
import { limits } from '#lab/control/delays.ts'
import type { FullNode } from '#lab/control/objects.ts'
import type { Control } from '#lab/control/work-queue.ts'
import { changeTaints, notReadyTaint, unreachableTaint } from './node-taints.ts'
import { readyStatus, zoneOf, zoneStates, type ZoneState } from './zones.ts'

/** The nodes of a zone that wait for their taint, and when the next one may get it (ms). */
interface ZoneQueue {
  readonly nodes: Set<string>
  nextAt: number
}

const isFull = (states: ReadonlyMap<string, ZoneState>): boolean =>
  states.size > 0 && [...states.values()].every(state => state === 'full')

export class EvictionQueues {
  readonly #control: Control
  readonly #zones = new Map<string, ZoneState>()
  readonly #queues = new Map<string, ZoneQueue>()

  constructor(control: Control) {
    this.#control = control
  }

  clear(): void {
    this.#zones.clear()
    this.#queues.clear()
  }

  /**
   * Removes the NoExecute taints of a ready node. Queues an unready node for its taint, and
   * replaces at once a taint that no longer matches the status.
   */
  update(node: FullNode): void {
    const { name } = node.metadata
    const status = readyStatus(node)
    if (status === 'True') {
      this.#release(name)
      return
    }
    const has = (key: string) =>
      (node.spec?.taints ?? []).some(one => one.key === key && one.effect === 'NoExecute')
    const [right, wrong] =
      status === 'False' ? [notReadyTaint, unreachableTaint] : [unreachableTaint, notReadyTaint]
    if (has(wrong))
      changeTaints(
        this.#control,
        name,
        [{ key: right, effect: 'NoExecute' }],
        one => one.key === wrong && one.effect === 'NoExecute',
      )
    else if (!has(right)) this.#queueOf(zoneOf(node)).nodes.add(name)
  }

  #release(name: string): void {
    for (const queue of this.#queues.values()) queue.nodes.delete(name)
    changeTaints(
      this.#control,
      name,
      [],
      one =>
        one.effect === 'NoExecute' && (one.key === notReadyTaint || one.key === unreachableTaint),
    )
  }

  #queueOf(zone: string): ZoneQueue {
    const queue = this.#queues.get(zone) ?? { nodes: new Set<string>(), nextAt: 0 }
    this.#queues.set(zone, queue)
    return queue
  }

  /**
   * Recomputes the zones. If no node of any zone is ready, the control plane is more likely cut off
   * than all nodes are down, so the taints go. Returns whether that state has just ended.
   */
  updateZones(nodes: readonly FullNode[]): { readonly recovered: boolean } {
    const next = zoneStates(nodes)
    const wasFull = isFull(this.#zones)
    const isNowFull = isFull(next)
    if (isNowFull && !wasFull) for (const node of nodes) this.#release(node.metadata.name)
    this.#zones.clear()
    for (const [zone, state] of next) this.#zones.set(zone, state)
    return { recovered: wasFull && !isNowFull }
  }

  /** ms between the taints of two nodes of a zone, or undefined if no node may get one. */
  #pauseOf(zone: string): number | undefined {
    if ([...this.#zones.values()].every(state => state === 'full')) return undefined
    if (this.#zones.get(zone) !== 'partial') return limits.nodeEvictionPause
    return this.#control.context.store.list('Node').length > limits.largeCluster
      ? limits.secondaryEvictionPause
      : undefined
  }

  /** Taints the next node of each zone whose pause has passed. */
  taintNext(): void {
    const now = this.#control.context.clock.now()
    for (const [zone, queue] of this.#queues) {
      const pause = this.#pauseOf(zone)
      const [name] = queue.nodes
      if (pause === undefined || name === undefined || now < queue.nextAt) continue
      queue.nodes.delete(name)
      queue.nextAt = now + pause
      this.#taint(name)
    }
  }

  #taint(name: string): void {
    const node = this.#control.context.store.get<FullNode>('Node', undefined, name)
    const status = node === undefined ? 'True' : readyStatus(node)
    if (status === 'True') return
    const key = status === 'False' ? notReadyTaint : unreachableTaint
    changeTaints(this.#control, name, [{ key, effect: 'NoExecute' }], () => false)
  }
}
