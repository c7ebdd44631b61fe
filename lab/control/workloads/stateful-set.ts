// The StatefulSet controller: pods with stable names and claims of their own, one at a time.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { delays } from '#lab/control/delays.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { Claim, ControllerRevision, FullPod, StatefulSet } from '#lab/control/objects.ts'
import { claimed, controllerOf, selects } from './ownership.ts'
import { claimOf, ordinalOf, podOf, revisionLabel } from './stateful-set-pods.ts'
import { hasEnded, isAvailable, isReady, isTerminating, createPod } from '#lab/control/pods.ts'
import { isNamespaceTerminating, untilNextAvailable } from './owned-pods.ts'
import { syncRevision } from './revisions.ts'
import { defaultClass } from '#lab/control/scheduling/volumes.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'statefulset-controller'

const isHealthy = (pod: FullPod): boolean =>
  pod.status?.phase === 'Running' && isReady(pod) && !isTerminating(pod)

class StatefulSetController implements Controller {
  readonly #control: Control
  readonly #context: LabContext
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue

  constructor(control: Control) {
    this.#control = control
    this.#context = control.context
    this.#store = this.#context.store
    this.#clock = this.#context.clock
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on({ type, object }: StoreEvent): void {
    if (object.kind === 'StatefulSet' && type !== 'DELETED') this.#queue.add(keyOf(object))
    if (object.kind !== 'Pod') return
    const owner = controllerOf(object)
    if (owner?.kind === 'StatefulSet') this.#queue.add(`${object.metadata.namespace}/${owner.name}`)
    if (owner !== undefined) return
    for (const set of this.#store.list<StatefulSet>('StatefulSet', object.metadata.namespace))
      if (selects(set.spec.selector, object.metadata.labels)) this.#queue.add(keyOf(set))
  }

  all(): void {
    for (const set of this.#store.list('StatefulSet')) this.#queue.add(keyOf(set))
  }

  #reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const set = this.#store.get<StatefulSet>('StatefulSet', namespace, name)
    if (set === undefined) return
    const update = syncRevision(this.#control, set, set.spec.template).metadata.name
    const current = set.status?.currentRevision ?? update
    const pods = claimed<FullPod>(this.#control, set, 'Pod', set.spec.selector).filter(
      pod => pod.metadata.name.startsWith(`${name}-`) && !Number.isNaN(ordinalOf(pod)),
    )
    if (!isTerminating(set)) this.#step(set, pods, current, update)
    this.#writeStatus(set, pods, current, update)
  }

  /** Takes the next step in order; with policy Parallel, every step that is due. */
  #step(set: StatefulSet, pods: readonly FullPod[], current: string, update: string): void {
    const start = set.spec.ordinals?.start ?? 0
    const end = start + (set.spec.replicas ?? 1)
    const inOrder = set.spec.podManagementPolicy !== 'Parallel'
    const byOrdinal = new Map(pods.map(pod => [ordinalOf(pod), pod]))
    for (let ordinal = start; ordinal < end; ordinal += 1) {
      const pod = byOrdinal.get(ordinal)
      if (pod === undefined) {
        if (isNamespaceTerminating(this.#control, set.metadata.namespace)) return
        this.#create(set, ordinal, pods, current, update)
        if (inOrder) return
      } else if (hasEnded(pod) && !isTerminating(pod)) {
        const failed = pod.status?.phase === 'Failed'
        const message = `StatefulSet ${keyOf(set)} is recreating ${failed ? 'failed' : 'terminated'} Pod ${pod.metadata.name}`
        recordEvent(this.#context, {
          about: set,
          type: failed ? 'Warning' : 'Normal',
          reason: failed ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod',
          message,
          component,
        })
        this.#remove(set, pod)
        if (inOrder) return
      } else {
        this.#ensureClaims(set, ordinal)
        // A pod on a lost node stays Terminating until its object is deleted, so that no two pods
        // share a name.
        if (inOrder && !this.#isSettled(set, pod)) return
      }
    }
    for (const pod of pods
      .filter(one => ordinalOf(one) < start || ordinalOf(one) >= end)
      .toSorted((a, b) => ordinalOf(b) - ordinalOf(a))) {
      if (isTerminating(pod)) {
        if (inOrder) return
      } else {
        this.#remove(set, pod)
        if (inOrder) return
      }
    }
    if (set.spec.updateStrategy?.type !== 'OnDelete') this.#roll(set, byOrdinal, start, end, update)
  }

  #isSettled(set: StatefulSet, pod: FullPod): boolean {
    return isHealthy(pod) && isAvailable(pod, set.spec.minReadySeconds, this.#clock.now())
  }

  /** Replaces outdated pods from the highest ordinal down, one at a time. */
  #roll(
    set: StatefulSet,
    pods: ReadonlyMap<number, FullPod>,
    start: number,
    end: number,
    update: string,
  ): void {
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    for (let ordinal = end - 1; ordinal >= Math.max(start, partition); ordinal -= 1) {
      const pod = pods.get(ordinal)
      if (pod === undefined) return
      if (pod.metadata.labels?.[revisionLabel] !== update && !isTerminating(pod)) {
        this.#remove(set, pod)
        return
      }
      if (!this.#isSettled(set, pod)) return
    }
  }

  #create(
    set: StatefulSet,
    ordinal: number,
    pods: readonly FullPod[],
    current: string,
    update: string,
  ): void {
    const { namespace, name } = set.metadata
    this.#ensureClaims(set, ordinal)
    const revision = this.#revisionFor(set, ordinal, pods, current, update)
    const stored = this.#store.get<ControllerRevision>('ControllerRevision', namespace, revision)
    createPod(this.#context, podOf(set, ordinal, revision, stored))
    recordEvent(this.#context, {
      about: set,
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Create Pod ${name}-${ordinal} in StatefulSet ${name} successful`,
      component,
    })
  }

  /** A pod below the partition, or one that the update has not reached, keeps the old revision. */
  #revisionFor(
    set: StatefulSet,
    ordinal: number,
    pods: readonly FullPod[],
    current: string,
    update: string,
  ): string {
    if (set.spec.updateStrategy?.type === 'OnDelete' || current === update) return update
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition
    const start = set.spec.ordinals?.start ?? 0
    const old = pods.filter(
      pod => pod.metadata.labels?.[revisionLabel] === current && !isTerminating(pod),
    ).length
    return ordinal < (partition !== undefined && partition > 0 ? partition : start + old)
      ? current
      : update
  }

  #ensureClaims(set: StatefulSet, ordinal: number): void {
    const { namespace, name } = set.metadata
    const standard = defaultClass(this.#control)
    for (const template of set.spec.volumeClaimTemplates ?? []) {
      const claimName = `${template.metadata.name}-${name}-${ordinal}`
      if (this.#store.get('PersistentVolumeClaim', namespace, claimName) !== undefined) continue
      this.#store.create<Claim>(claimOf(set, template, claimName, standard?.metadata.name))
      const message = `Create Claim ${claimName} Pod ${name}-${ordinal} in StatefulSet ${name} success`
      recordEvent(this.#context, {
        about: set,
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message,
        component,
      })
    }
  }

  #remove(set: StatefulSet, pod: FullPod): void {
    deleteObject(this.#control, pod)
    const message = `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
    recordEvent(this.#context, {
      about: set,
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message,
      component,
    })
  }

  #writeStatus(
    set: StatefulSet,
    before: readonly FullPod[],
    current: string,
    update: string,
  ): void {
    const { namespace, name } = set.metadata
    const { minReadySeconds } = set.spec
    const now = this.#clock.now()
    const desired = set.spec.replicas ?? 1
    const ready = before.filter(pod => pod.status?.phase === 'Running' && isReady(pod))
    const available = ready.filter(pod => isAvailable(pod, minReadySeconds, now)).length
    const of = (revision: string) =>
      before.filter(pod => !isTerminating(pod) && pod.metadata.labels?.[revisionLabel] === revision)
        .length
    const complete =
      set.spec.updateStrategy?.type !== 'OnDelete' &&
      of(update) === desired &&
      before.length === desired &&
      ready.length === desired
    const settled = complete ? update : current
    this.#store.update<StatefulSet>('StatefulSet', namespace, name, draft => {
      draft.status = {
        observedGeneration: set.metadata.generation ?? 1,
        replicas: before.length,
        ...(ready.length > 0 && { readyReplicas: ready.length }),
        ...(of(settled) > 0 && { currentReplicas: of(settled) }),
        ...(of(update) > 0 && { updatedReplicas: of(update) }),
        currentRevision: settled,
        updateRevision: update,
        collisionCount: 0,
        availableReplicas: available,
      }
    })
    const wait = untilNextAvailable(ready, minReadySeconds, now)
    if (wait !== undefined) this.#queue.addAfter(keyOf(set), wait)
  }
}

export const statefulSetController = (control: Control): Controller =>
  new StatefulSetController(control)
