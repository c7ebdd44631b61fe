// The ReplicaSet controller: keeps the desired number of pods of one template, and replaces a pod
// as soon as it is terminating.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { inDeletionOrder } from './deletion-order.ts'
import type { FullPod, ReplicaSet } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import {
  createOwned,
  deleteOwned,
  freeName,
  isNamespaceTerminating,
  untilNextAvailable,
} from './owned-pods.ts'
import { claimed, controllerOf, ownedBy, selects } from './ownership.ts'
import {
  hasEnded,
  isActive,
  isAvailable,
  isReady,
  isTerminating,
  podFrom,
} from '#lab/control/pods.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'replicaset-controller'

class ReplicaSetController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#clock = control.context.clock
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on(event: StoreEvent): void {
    const { object } = event
    if (object.kind === 'ReplicaSet' && event.type !== 'DELETED') this.#queue.add(keyOf(object))
    if (object.kind !== 'Pod') return
    const owner = controllerOf(object)
    if (owner?.kind === 'ReplicaSet') this.#queue.add(`${object.metadata.namespace}/${owner.name}`)
    // Queues a set that has just released the pod, and for a pod without an owner every set that
    // selects it.
    for (const set of this.#store.list<ReplicaSet>('ReplicaSet', object.metadata.namespace)) {
      const lost = event.before !== undefined && ownedBy(event.before, set) && !ownedBy(object, set)
      if (lost || (owner === undefined && selects(set.spec.selector, object.metadata.labels)))
        this.#queue.add(keyOf(set))
    }
  }

  all(): void {
    for (const set of this.#store.list('ReplicaSet')) this.#queue.add(keyOf(set))
  }

  #reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const set = this.#store.get<ReplicaSet>('ReplicaSet', namespace, name)
    if (set === undefined) return
    const pods = claimed<FullPod>(this.#control, set, 'Pod', set.spec.selector).filter(
      pod => !hasEnded(pod),
    )
    const active = pods.filter(isActive)
    // As upstream, the status counts the pods from before this pass.
    if (!isTerminating(set)) this.#manage(set, active)
    this.#writeStatus(set, active, pods.filter(isTerminating).length)
  }

  #manage(set: ReplicaSet, active: readonly FullPod[]): void {
    const { namespace, name } = set.metadata
    const missing = (set.spec.replicas ?? 1) - active.length
    if (missing > 0 && !isNamespaceTerminating(this.#control, namespace)) {
      for (let made = 0; made < Math.min(missing, limits.burst); made += 1) {
        const names = {
          name: freeName(this.#control, 'Pod', namespace, `${name}-`),
          generateName: `${name}-`,
        }
        createOwned(
          this.#control,
          { owner: set, component },
          podFrom(set.spec.template, set, names),
        )
      }
    }
    if (missing >= 0) return
    const surplus = inDeletionOrder(active, this.#clock.now())
    for (const pod of surplus.slice(0, Math.min(-missing, limits.burst)))
      deleteOwned(this.#control, { owner: set, component }, pod)
  }

  #writeStatus(set: ReplicaSet, active: readonly FullPod[], terminating: number): void {
    const now = this.#clock.now()
    const { minReadySeconds } = set.spec
    const ready = active.filter(isReady)
    const available = ready.filter(pod => isAvailable(pod, minReadySeconds, now)).length
    const labelled = active.filter(pod =>
      selects({ matchLabels: set.spec.template.metadata?.labels ?? {} }, pod.metadata.labels),
    ).length
    updateObject(this.#control, set, draft => {
      draft.status = {
        replicas: active.length,
        ...(labelled > 0 && { fullyLabeledReplicas: labelled }),
        ...(ready.length > 0 && { readyReplicas: ready.length }),
        ...(available > 0 && { availableReplicas: available }),
        terminatingReplicas: terminating,
        observedGeneration: set.metadata.generation ?? 1,
      }
    })
    const wait = untilNextAvailable(ready, minReadySeconds, now)
    if (wait !== undefined) this.#queue.addAfter(keyOf(set), wait)
  }
}

export const replicaSetController = (control: Control): Controller =>
  new ReplicaSetController(control)
