// The scheduler: assigns each pending pod a node, or reports why none fits and waits for a change
// that could help.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { Claim, Condition, FullPod, FullVolume, Node } from '#lab/control/objects.ts'
import { hasEnded, isTerminating, setPodCondition } from '#lab/control/pods.ts'
import type { Reason, Refusal } from './filters.ts'
import { failureText, fullness, keepsAway, preemptionText, refusal } from './filters.ts'
import {
  claimNames,
  claimProblem,
  isBound,
  selectedNodeKey,
  volumeFor,
  volumeRefusal,
} from './volumes.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

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

class Scheduler implements Controller {
  readonly #control: Control
  readonly #context: LabContext
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue
  /** A pod that waits comes again after five minutes even if nothing has woken it. */
  readonly #flush: Queue
  /** Pods without a place, and what refused them; upstream's queueing hints. */
  readonly #waiting = new Map<string, Set<Reason>>()
  /** Pods that have a node and wait for their volumes there. */
  readonly #binding = new Map<string, { node: string; since: number; attempts: number }>()

  constructor(control: Control) {
    this.#control = control
    this.#context = control.context
    this.#store = this.#context.store
    this.#clock = this.#context.clock
    this.#queue = workQueue(control, delays.schedule, key => this.#schedule(key))
    this.#flush = workQueue(control, delays.schedule, key => {
      if (this.#waiting.has(key)) this.#schedule(key)
    })
  }

  on({ type, object, before }: StoreEvent): void {
    if (object.kind === 'Pod') {
      // The store keeps pods under this kind.
      const pod = object as FullPod
      const key = keyOf(pod)
      if (type === 'DELETED' || !isMine(pod)) this.#forget(key)
      else if (type === 'ADDED' || specChanged(before, pod)) this.#queue.add(key)
      const freed =
        pod.spec.nodeName !== undefined &&
        (type === 'DELETED' ||
          (hasEnded(pod) && before !== undefined && !hasEnded(before as FullPod)))
      if (freed)
        this.#wake(
          reasons => reasons.has('resources') || reasons.has('ports') || reasons.has('volumes'),
        )
    }
    if (object.kind === 'Node' && type !== 'DELETED') this.#onNode(before, object)
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
      this.#bindWhenVolumesAre(key, pod)
      return
    }
    this.#waiting.delete(key)
    const nodes = this.#store.list<Node>('Node')
    const problem = claimProblem(this.#control, pod)
    if (nodes.length === 0) this.#fail(pod, 'no nodes available to schedule pods', [])
    else if (problem !== undefined)
      this.#fail(
        pod,
        `0/${nodes.length} nodes are available: ${problem}. ${preemptionText(nodes.length, nodes.length)}`,
        ['volumes'],
      )
    else this.#place(pod, nodes)
  }

  #place(pod: FullPod, nodes: readonly Node[]): void {
    const refusals: Refusal[] = []
    const fit: { node: Node; score: number }[] = []
    for (const node of nodes) {
      const there = this.#podsOn(node.metadata.name)
      const no = refusal(pod, node, there) ?? volumeRefusal(this.#control, pod, node)
      if (no === undefined)
        fit.push({ node, score: fullness(pod, node, there) + there.length * 1e-6 })
      else refusals.push(no)
    }
    const least = Math.min(...fit.map(one => one.score))
    const best = fit.filter(one => one.score - least < 1e-9)
    const chosen =
      best.length < 2 ? best[0] : best[this.#control.random.integer(0, best.length - 1)]
    if (chosen === undefined)
      this.#fail(
        pod,
        failureText(nodes.length, refusals),
        refusals.map(one => one.reason),
      )
    else this.#reserve(pod, chosen.node)
  }

  #podsOn(node: string): FullPod[] {
    return this.#store
      .list<FullPod>('Pod')
      .filter(
        pod =>
          (pod.spec.nodeName ?? this.#binding.get(keyOf(pod))?.node) === node && !hasEnded(pod),
      )
  }

  /**
   * Volumes first: a static one is claimed, any other is asked of its provisioner for this node.
   */
  #reserve(pod: FullPod, node: Node): void {
    const { namespace } = pod.metadata
    let open = false
    for (const name of claimNames(pod)) {
      const claim = this.#store.get<Claim>('PersistentVolumeClaim', namespace, name)
      if (claim === undefined || isBound(claim)) continue
      open = true
      const volume = volumeFor(this.#control, claim, node)
      if (volume === undefined) {
        this.#store.update<Claim>('PersistentVolumeClaim', namespace, name, draft => {
          draft.metadata.annotations = {
            ...draft.metadata.annotations,
            [selectedNodeKey]: node.metadata.name,
          }
        })
      } else {
        const { uid, resourceVersion } = claim.metadata
        this.#store.update<FullVolume>(
          'PersistentVolume',
          undefined,
          volume.metadata.name,
          draft => {
            draft.spec.claimRef = {
              apiVersion: 'v1',
              kind: 'PersistentVolumeClaim',
              ...(namespace !== undefined && { namespace }),
              name,
              ...(uid !== undefined && { uid }),
              ...(resourceVersion !== undefined && { resourceVersion }),
            }
            draft.metadata.annotations = {
              ...draft.metadata.annotations,
              'pv.kubernetes.io/bound-by-controller': 'yes',
            }
          },
        )
      }
    }
    if (!open) {
      this.#bind(pod, node.metadata.name)
      return
    }
    this.#binding.set(keyOf(pod), {
      node: node.metadata.name,
      since: this.#clock.now(),
      attempts: 0,
    })
    this.#queue.addAfter(keyOf(pod), limits.volumeBindTimeout)
  }

  #bindWhenVolumesAre(key: string, pod: FullPod): void {
    const reserved = this.#binding.get(key)
    if (reserved === undefined) return
    const ready = claimNames(pod).every(name => {
      const claim = this.#store.get<Claim>('PersistentVolumeClaim', pod.metadata.namespace, name)
      return claim !== undefined && isBound(claim)
    })
    if (ready) {
      this.#binding.delete(key)
      this.#bind(pod, reserved.node)
    } else if (this.#clock.now() - reserved.since >= limits.volumeBindTimeout) {
      this.#binding.delete(key)
      const message =
        'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
      this.#fail(pod, message, ['volumes'], 'SchedulerError')
      this.#queue.addAfter(
        key,
        Math.min(
          limits.schedulerBackoff.first * 2 ** reserved.attempts,
          limits.schedulerBackoff.longest,
        ),
      )
    } else
      this.#queue.addAfter(key, limits.volumeBindTimeout - (this.#clock.now() - reserved.since))
  }

  #bind(pod: FullPod, node: string): void {
    const { namespace, name } = pod.metadata
    this.#store.update<FullPod>('Pod', namespace, name, draft => {
      draft.spec.nodeName = node
      setPodCondition(draft, scheduled('True', draft), this.#store.timestamp())
    })
    this.#say(
      pod,
      'Normal',
      'Scheduled',
      `Successfully assigned ${keyOf(pod)} to ${node}`,
      'Binding',
    )
  }

  #fail(pod: FullPod, message: string, reasons: readonly Reason[], reason = 'Unschedulable'): void {
    const { namespace, name } = pod.metadata
    this.#waiting.set(keyOf(pod), new Set(reasons))
    this.#store.update<FullPod>('Pod', namespace, name, draft =>
      setPodCondition(
        draft,
        { ...scheduled('False', draft), reason, message },
        this.#store.timestamp(),
      ),
    )
    this.#say(pod, 'Warning', 'FailedScheduling', message, 'Scheduling')
    this.#flush.addAfter(keyOf(pod), limits.unschedulableFlush)
  }

  /**
   * Events of the old form, as the recorded v1.35 node has them: upstream falls back to it when the
   * newer API is not
   * served yet as the scheduler starts, which is so wherever both come up together.
   */
  #say(
    pod: FullPod,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    action: string,
  ): void {
    recordEvent(this.#context, { about: pod, type, reason, message, action, component })
  }

  #forget(key: string): void {
    this.#waiting.delete(key)
    this.#binding.delete(key)
  }

  /**
   * Pods that a change could help are tried at once: a pod's back-off holds it only while others
   * are in the queue,
   * and here the queue is empty a moment later. @source Kubernetes v1.33, SchedulerPopFromBackoffQ
   */
  #wake(helps: (reasons: ReadonlySet<Reason>, pod: FullPod) => boolean): void {
    for (const [key, reasons] of this.#waiting) {
      const { namespace, name } = parts(key)
      const pod = this.#store.get<FullPod>('Pod', namespace, name)
      if (pod !== undefined && (reasons.size === 0 || helps(reasons, pod))) this.#queue.add(key)
    }
  }

  #onNode(before: Node | undefined, node: Node): void {
    const differs = (pick: (of: Node) => unknown) =>
      before === undefined || JSON.stringify(pick(before)) !== JSON.stringify(pick(node))
    const helped = new Set<Reason>()
    if (
      before === undefined ||
      (before.spec?.unschedulable === true && node.spec?.unschedulable !== true)
    )
      helped.add('unschedulable')
    if (differs(of => of.metadata.labels)) helped.add('affinity').add('volumes')
    if (differs(of => of.status?.allocatable)) helped.add('resources')
    const taints = differs(of => of.spec?.taints)
    if (before === undefined) this.#wake(() => true)
    else if (helped.size > 0 || taints) {
      this.#wake(
        (reasons, pod) =>
          [...helped].some(reason => reasons.has(reason)) ||
          (taints &&
            reasons.has('taint') &&
            keepsAway(pod, before.spec?.taints) &&
            !keepsAway(pod, node.spec?.taints)),
      )
    }
  }
}

export const scheduler = (control: Control): Controller => new Scheduler(control)

/** Its own condition does not bring a pod back into the queue; another wish does. */
const specChanged = (before: object | undefined, pod: FullPod): boolean =>
  before !== undefined && JSON.stringify(Reflect.get(before, 'spec')) !== JSON.stringify(pod.spec)
