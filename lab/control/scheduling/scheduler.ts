// The scheduler: assigns each pending pod a node, or reports why none fits and waits for a change
// that could help.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { Condition, FullPod, Node } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { hasEnded, isTerminating, setPodCondition } from '#lab/control/pods.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { refusal } from './filters.ts'
import { failureText, preemptionText } from './messages.ts'
import { helpOf, type Helps } from './node-changes.ts'
import { claimProblem, volumeRefusal } from './pod-volumes.ts'
import type { Reason, Refusal } from './refusal.ts'
import { fullness } from './resources.ts'
import { hasBoundVolumes, reserveVolumes } from './reservation.ts'

const component = 'default-scheduler'

const isMine = (pod: FullPod): boolean =>
  pod.spec.nodeName === undefined &&
  !isTerminating(pod) &&
  !hasEnded(pod) &&
  (pod.spec.schedulerName ?? component) === component

/** The condition as the scheduler writes it. @source measured on a v1.35 node */
const scheduled = (
  status: string,
  pod: FullPod,
): Condition & { lastProbeTime: null; observedGeneration: number } => ({
  lastProbeTime: null,
  observedGeneration: pod.metadata.generation ?? 1,
  status,
  type: 'PodScheduled',
})

interface Candidate {
  readonly node: Node
  /** How full the node would be; the emptiest node wins. */
  readonly score: number
}

class Scheduler implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue
  /** Retries a waiting pod after five minutes even if no change has woken it. */
  readonly #flush: Queue
  /** Pods that no node took, and the reasons: upstream's queueing hints. */
  readonly #waiting = new Map<string, Set<Reason>>()
  /** Pods with a chosen node whose volumes are not bound yet. */
  readonly #binding = new Map<string, { node: string; since: number }>()

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#clock = control.context.clock
    this.#queue = workQueue(control, delays.schedule, key => this.#schedule(key))
    this.#flush = workQueue(control, delays.schedule, key => {
      if (this.#waiting.has(key)) this.#schedule(key)
    })
  }

  on({ type, object, before }: StoreEvent): void {
    // The kind implies the type.
    if (object.kind === 'Pod') this.#onPod(type, object as FullPod, before as FullPod | undefined)
    if (object.kind === 'Node' && type !== 'DELETED') {
      const helps = helpOf(before, object)
      if (helps !== undefined) this.#wake(helps)
    }
    if (object.kind === 'PersistentVolumeClaim') {
      for (const key of this.#binding.keys()) this.#queue.add(key)
    }
    if (
      object.kind === 'PersistentVolumeClaim' ||
      object.kind === 'PersistentVolume' ||
      object.kind === 'StorageClass'
    )
      this.#wake(reasons => reasons.has('volumes'))
  }

  #onPod(type: StoreEvent['type'], pod: FullPod, before: FullPod | undefined): void {
    const key = keyOf(pod)
    if (type === 'DELETED' || !isMine(pod)) this.#forget(key)
    else if (type === 'ADDED' || specChanged(before, pod)) this.#queue.add(key)
    const ended = hasEnded(pod) && before !== undefined && !hasEnded(before)
    if (pod.spec.nodeName !== undefined && (type === 'DELETED' || ended))
      this.#wake(
        reasons => reasons.has('resources') || reasons.has('ports') || reasons.has('volumes'),
      )
  }

  all(): void {
    this.#waiting.clear()
    this.#binding.clear()
    for (const pod of this.#store.list<FullPod>('Pod')) if (isMine(pod)) this.#queue.add(keyOf(pod))
  }

  #schedule(key: string): void {
    const { namespace, name } = parts(key)
    const pod = this.#store.get<FullPod>('Pod', namespace, name)
    if (pod === undefined || !isMine(pod)) {
      this.#forget(key)
      return
    }
    if (this.#binding.has(key)) {
      this.#bindOnceVolumesAre(key, pod)
      return
    }
    this.#waiting.delete(key)
    const nodes = this.#store.list<Node>('Node')
    const problem = claimProblem(this.#control, pod)
    if (nodes.length === 0) this.#fail(pod, 'no nodes available to schedule pods', [])
    else if (problem !== undefined)
      this.#fail(
        pod,
        `0/${nodes.length} nodes are available: ${problem}. ` +
          preemptionText(nodes.length, nodes.length),
        ['volumes'],
      )
    else this.#place(pod, nodes)
  }

  #place(pod: FullPod, nodes: readonly Node[]): void {
    const refusals: Refusal[] = []
    const fit: Candidate[] = []
    for (const node of nodes) {
      const there = this.#podsOn(node.metadata.name)
      const no = refusal(pod, node, there) ?? volumeRefusal(this.#control, pod, node)
      if (no === undefined)
        fit.push({ node, score: fullness(pod, node, there) + there.length * 1e-6 })
      else refusals.push(no)
    }
    const chosen = this.#emptiest(fit)
    if (chosen === undefined)
      this.#fail(
        pod,
        failureText(nodes.length, refusals),
        refusals.map(one => one.reason),
      )
    else this.#reserve(pod, chosen)
  }

  /** The candidate with the lowest score; chance decides between equal ones. */
  #emptiest(fit: readonly Candidate[]): Node | undefined {
    const least = Math.min(...fit.map(one => one.score))
    const best = fit.filter(one => one.score - least < 1e-9)
    if (best.length < 2) return best[0]?.node
    return best[this.#control.random.integer(0, best.length - 1)]?.node
  }

  #podsOn(node: string): FullPod[] {
    return this.#store
      .list<FullPod>('Pod')
      .filter(
        pod =>
          (pod.spec.nodeName ?? this.#binding.get(keyOf(pod))?.node) === node && !hasEnded(pod),
      )
  }

  #reserve(pod: FullPod, node: Node): void {
    if (!reserveVolumes(this.#control, pod, node)) {
      this.#bind(pod, node.metadata.name)
      return
    }
    this.#binding.set(keyOf(pod), { node: node.metadata.name, since: this.#clock.now() })
    this.#queue.addAfter(keyOf(pod), limits.volumeBindTimeout)
  }

  #bindOnceVolumesAre(key: string, pod: FullPod): void {
    const reserved = this.#binding.get(key)
    if (reserved === undefined) return
    const waited = this.#clock.now() - reserved.since
    if (hasBoundVolumes(this.#control, pod)) {
      this.#binding.delete(key)
      this.#bind(pod, reserved.node)
    } else if (waited >= limits.volumeBindTimeout) {
      this.#binding.delete(key)
      const message =
        'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
      this.#fail(pod, message, ['volumes'], 'SchedulerError')
      this.#queue.addAfter(key, limits.schedulerBackoff)
    } else this.#queue.addAfter(key, limits.volumeBindTimeout - waited)
  }

  #bind(pod: FullPod, node: string): void {
    updateObject(this.#control, pod, draft => {
      draft.spec.nodeName = node
      setPodCondition(draft, scheduled('True', draft), this.#store.timestamp())
    })
    const message = `Successfully assigned ${keyOf(pod)} to ${node}`
    this.#report(pod, 'Normal', 'Scheduled', message, 'Binding')
  }

  #fail(pod: FullPod, message: string, reasons: readonly Reason[], reason = 'Unschedulable'): void {
    this.#waiting.set(keyOf(pod), new Set(reasons))
    updateObject(this.#control, pod, draft =>
      setPodCondition(
        draft,
        { ...scheduled('False', draft), reason, message },
        this.#store.timestamp(),
      ),
    )
    this.#report(pod, 'Warning', 'FailedScheduling', message, 'Scheduling')
    this.#flush.addAfter(keyOf(pod), limits.unschedulableFlush)
  }

  /**
   * Records Events in the legacy style, as the recorded v1.35 node does. Upstream falls back to it
   * if the API server does not serve the newer API yet when the scheduler starts, which is the case
   * wherever both start together.
   */
  #report(
    pod: FullPod,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    action: string,
  ): void {
    recordEvent(this.#control.context, { about: pod, type, reason, message, action, component })
  }

  #forget(key: string): void {
    this.#waiting.delete(key)
    this.#binding.delete(key)
  }

  /**
   * Retries at once the pods that a change could help. Upstream delays a pod by its back-off only
   * while other pods are queued, and this queue is empty a moment later.
   * @source Kubernetes v1.33, SchedulerPopFromBackoffQ
   */
  #wake(helps: Helps): void {
    for (const [key, reasons] of this.#waiting) {
      const { namespace, name } = parts(key)
      const pod = this.#store.get<FullPod>('Pod', namespace, name)
      if (pod !== undefined && (reasons.size === 0 || helps(reasons, pod))) this.#queue.add(key)
    }
  }
}

export const scheduler = (control: Control): Controller => new Scheduler(control)

/** The scheduler's own condition does not requeue a pod; a change of the spec does. */
const specChanged = (before: FullPod | undefined, pod: FullPod): boolean =>
  before !== undefined && JSON.stringify(before.spec) !== JSON.stringify(pod.spec)
