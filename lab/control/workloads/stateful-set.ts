// The StatefulSet controller: pods with stable names and claims of their own, one at a time.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import type { Claim, ControllerRevision, FullPod, StatefulSet } from '#lab/control/objects.ts'
import { createPod, hasEnded, isAvailable, isReady, isTerminating } from '#lab/control/pods.ts'
import { defaultClass } from '#lab/control/scheduling/volumes.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { isNamespaceTerminating, untilNextAvailable } from './owned-pods.ts'
import { claimed, setsConcernedBy } from './ownership.ts'
import { revisionLabel, syncRevision } from './revisions.ts'
import { claimOf, ordinalOf, ordinalsOf, podOf } from './stateful-set-pods.ts'
import { readyPods, statefulSetStatus, type Revisions } from './stateful-set-status.ts'

const component = 'statefulset-controller'

const isHealthy = (pod: FullPod): boolean =>
  pod.status?.phase === 'Running' && isReady(pod) && !isTerminating(pod)

class StatefulSetController implements Controller {
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

  on({ type, object }: StoreEvent): void {
    if (object.kind === 'StatefulSet' && type !== 'DELETED') this.#queue.add(keyOf(object))
    if (object.kind !== 'Pod') return
    for (const key of setsConcernedBy(this.#control, object, 'StatefulSet')) this.#queue.add(key)
  }

  all(): void {
    for (const set of this.#store.list('StatefulSet')) this.#queue.add(keyOf(set))
  }

  #reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const set = this.#store.get<StatefulSet>('StatefulSet', namespace, name)
    if (set === undefined) return
    const update = syncRevision(this.#control, set, set.spec.template).metadata.name
    const revisions = { current: set.status?.currentRevision ?? update, update }
    const pods = claimed<FullPod>(this.#control, set, 'Pod', set.spec.selector).filter(
      pod => pod.metadata.name.startsWith(`${name}-`) && !Number.isNaN(ordinalOf(pod)),
    )
    if (!isTerminating(set)) this.#step(set, pods, revisions)
    this.#writeStatus(set, pods, revisions)
  }

  /** Takes the next step in order; with policy Parallel, every step that is due. */
  #step(set: StatefulSet, pods: readonly FullPod[], revisions: Revisions): void {
    if (
      this.#scaleUp(set, pods, revisions) === 'done' &&
      this.#scaleDown(set, pods) === 'done' &&
      set.spec.updateStrategy?.type !== 'OnDelete'
    )
      this.#roll(set, pods, revisions.update)
  }

  /** Creates or recreates the pods of the desired ordinals, in ascending order. */
  #scaleUp(set: StatefulSet, pods: readonly FullPod[], revisions: Revisions): 'done' | 'waiting' {
    const inOrder = set.spec.podManagementPolicy !== 'Parallel'
    const byOrdinal = new Map(pods.map(pod => [ordinalOf(pod), pod]))
    const { start, end } = ordinalsOf(set)
    for (let ordinal = start; ordinal < end; ordinal += 1) {
      const pod = byOrdinal.get(ordinal)
      if (pod === undefined) {
        if (isNamespaceTerminating(this.#control, set.metadata.namespace)) return 'waiting'
        this.#create(set, ordinal, pods, revisions)
        if (inOrder) return 'waiting'
      } else if (hasEnded(pod) && !isTerminating(pod)) {
        this.#recreate(set, pod)
        if (inOrder) return 'waiting'
      } else {
        this.#ensureClaims(set, ordinal)
        // A pod on a lost node stays Terminating until its object is deleted, so that no two pods
        // share a name.
        if (inOrder && !this.#isSettled(set, pod)) return 'waiting'
      }
    }
    return 'done'
  }

  /** Removes the pods beyond the desired ordinals, in descending order. */
  #scaleDown(set: StatefulSet, pods: readonly FullPod[]): 'done' | 'waiting' {
    const inOrder = set.spec.podManagementPolicy !== 'Parallel'
    const { start, end } = ordinalsOf(set)
    const surplus = pods
      .filter(pod => ordinalOf(pod) < start || ordinalOf(pod) >= end)
      .toSorted((a, b) => ordinalOf(b) - ordinalOf(a))
    for (const pod of surplus) {
      if (!isTerminating(pod)) this.#remove(set, pod)
      if (inOrder) return 'waiting'
    }
    return 'done'
  }

  #isSettled(set: StatefulSet, pod: FullPod): boolean {
    return isHealthy(pod) && isAvailable(pod, set.spec.minReadySeconds, this.#clock.now())
  }

  /** Replaces outdated pods from the highest ordinal down, one at a time. */
  #roll(set: StatefulSet, pods: readonly FullPod[], update: string): void {
    const byOrdinal = new Map(pods.map(pod => [ordinalOf(pod), pod]))
    const { start, end } = ordinalsOf(set)
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    for (let ordinal = end - 1; ordinal >= Math.max(start, partition); ordinal -= 1) {
      const pod = byOrdinal.get(ordinal)
      if (pod === undefined) return
      if (pod.metadata.labels?.[revisionLabel] !== update && !isTerminating(pod)) {
        this.#remove(set, pod)
        return
      }
      if (!this.#isSettled(set, pod)) return
    }
  }

  #create(set: StatefulSet, ordinal: number, pods: readonly FullPod[], revisions: Revisions): void {
    const { namespace, name } = set.metadata
    this.#ensureClaims(set, ordinal)
    const revision = revisionFor(set, ordinal, pods, revisions)
    const stored = this.#store.get<ControllerRevision>('ControllerRevision', namespace, revision)
    createPod(this.#control.context, podOf(set, ordinal, revision, stored))
    const message = `Create Pod ${name}-${ordinal} in StatefulSet ${name} successful`
    this.#report(set, 'Normal', 'SuccessfulCreate', message)
  }

  #recreate(set: StatefulSet, pod: FullPod): void {
    const of = `StatefulSet ${keyOf(set)} is recreating`
    const { name } = pod.metadata
    if (pod.status?.phase === 'Failed')
      this.#report(set, 'Warning', 'RecreatingFailedPod', `${of} failed Pod ${name}`)
    else this.#report(set, 'Normal', 'RecreatingTerminatedPod', `${of} terminated Pod ${name}`)
    this.#remove(set, pod)
  }

  #ensureClaims(set: StatefulSet, ordinal: number): void {
    const { namespace, name } = set.metadata
    const standard = defaultClass(this.#control)
    for (const template of set.spec.volumeClaimTemplates ?? []) {
      const claimName = `${template.metadata.name}-${name}-${ordinal}`
      if (this.#store.get('PersistentVolumeClaim', namespace, claimName) !== undefined) continue
      this.#store.create<Claim>(claimOf(set, template, claimName, standard?.metadata.name))
      const pod = `${name}-${ordinal}`
      const message = `Create Claim ${claimName} Pod ${pod} in StatefulSet ${name} success`
      this.#report(set, 'Normal', 'SuccessfulCreate', message)
    }
  }

  #remove(set: StatefulSet, pod: FullPod): void {
    deleteObject(this.#control, pod)
    const message = `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
    this.#report(set, 'Normal', 'SuccessfulDelete', message)
  }

  #report(set: StatefulSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    recordEvent(this.#control.context, { about: set, type, reason, message, component })
  }

  #writeStatus(set: StatefulSet, pods: readonly FullPod[], revisions: Revisions): void {
    const now = this.#clock.now()
    const status = statefulSetStatus(set, pods, revisions, now)
    updateObject(this.#control, set, draft => {
      draft.status = status
    })
    const wait = untilNextAvailable(readyPods(pods), set.spec.minReadySeconds, now)
    if (wait !== undefined) this.#queue.addAfter(keyOf(set), wait)
  }
}

export const statefulSetController = (control: Control): Controller =>
  new StatefulSetController(control)

/** Pods below the partition, and those not updated yet, keep the old revision. */
function revisionFor(
  set: StatefulSet,
  ordinal: number,
  pods: readonly FullPod[],
  { current, update }: Revisions,
): string {
  if (set.spec.updateStrategy?.type === 'OnDelete' || current === update) return update
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  const old = pods.filter(
    pod => pod.metadata.labels?.[revisionLabel] === current && !isTerminating(pod),
  ).length
  const firstUpdated = partition > 0 ? partition : ordinalsOf(set).start + old
  return ordinal < firstUpdated ? current : update
}
