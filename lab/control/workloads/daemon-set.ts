// The DaemonSet controller: keeps one pod on each node that takes it.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { DaemonSet, FullNode, FullPod } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { hasEnded, isAvailable, isTerminating } from '#lab/control/pods.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { daemonPod, eligibility, nodeOf } from './daemon-set-pods.ts'
import { daemonSetStatus } from './daemon-set-status.ts'
import { createOwned, deleteOwned, freeName, isNamespaceTerminating } from './owned-pods.ts'
import { claimed, setsConcernedBy } from './ownership.ts'
import { revisionLabel, syncRevision } from './revisions.ts'

const component = 'daemonset-controller'

class DaemonSetController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue
  readonly #backoff = new Map<string, { pause: number; until: number }>()

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#clock = control.context.clock
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on({ type, object, before }: StoreEvent): void {
    if (object.kind === 'DaemonSet' && type !== 'DELETED') this.#queue.add(keyOf(object))
    if (object.kind === 'Node' && (type !== 'MODIFIED' || nodeChanged(before, object))) this.all()
    if (object.kind !== 'Pod') return
    for (const key of setsConcernedBy(this.#control, object, 'DaemonSet')) this.#queue.add(key)
  }

  all(): void {
    for (const set of this.#store.list('DaemonSet')) this.#queue.add(keyOf(set))
  }

  #reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const set = this.#store.get<DaemonSet>('DaemonSet', namespace, name)
    if (set === undefined) return
    const hash =
      syncRevision(this.#control, set, set.spec.template).metadata.labels?.[revisionLabel] ?? ''
    const pods = this.#podsOf(set)
    if (!isTerminating(set)) {
      for (const node of this.#store.list<FullNode>('Node')) this.#manage(set, node, pods, hash)
      this.#removeUnplaceable(set, pods)
      if (set.spec.updateStrategy?.type !== 'OnDelete') this.#roll(set, hash)
    }
    this.#writeStatus(set, hash)
  }

  #podsOf(set: DaemonSet): FullPod[] {
    return claimed<FullPod>(this.#control, set, 'Pod', set.spec.selector)
  }

  /** Creates and removes the pods of one node. */
  #manage(set: DaemonSet, node: FullNode, pods: readonly FullPod[], hash: string): void {
    const here = pods.filter(pod => nodeOf(pod) === node.metadata.name)
    const running = here.filter(pod => !isTerminating(pod))
    const { run, stay } = eligibility(set, node)
    for (const pod of stay ? running.filter(hasEnded) : [])
      this.#replaceFailed(set, node.metadata.name, pod)
    if (run && here.length === 0 && !isNamespaceTerminating(this.#control, set.metadata.namespace))
      this.#create(set, node.metadata.name, hash)
    if (!stay) for (const pod of running) this.#remove(set, pod)
    // One pod is enough: the oldest stays.
    const byAge = running
      .filter(pod => !hasEnded(pod))
      .toSorted((a, b) => createdAt(a) - createdAt(b))
    if (stay) for (const pod of byAge.slice(1)) this.#remove(set, pod)
  }

  /** Removes unscheduled pods whose node no longer exists. */
  #removeUnplaceable(set: DaemonSet, pods: readonly FullPod[]): void {
    const nodes = new Set(this.#store.list('Node').map(node => node.metadata.name))
    for (const pod of pods)
      if (!nodes.has(nodeOf(pod) ?? '') && pod.spec.nodeName === undefined && !isTerminating(pod))
        this.#remove(set, pod)
  }

  #create(set: DaemonSet, node: string, hash: string): void {
    const name = freeName(this.#control, 'Pod', set.metadata.namespace, `${set.metadata.name}-`)
    const pod = daemonPod(set, node, hash, name)
    createOwned(this.#control, { owner: set, component }, pod)
  }

  #remove(set: DaemonSet, pod: FullPod): void {
    deleteOwned(this.#control, { owner: set, component }, pod)
  }

  /** Removes a failed pod, each time after a longer pause. The next pass creates another. */
  #replaceFailed(set: DaemonSet, node: string, pod: FullPod): void {
    const key = `${set.metadata.uid}/${node}`
    const now = this.#clock.now()
    const known = this.#backoff.get(key)
    if (known !== undefined && known.until > now) {
      this.#queue.addAfter(keyOf(set), known.until - now)
      return
    }
    const stale = known === undefined || now - known.until > 2 * limits.daemonBackoff.longest
    const pause = stale
      ? limits.daemonBackoff.first
      : Math.min(known.pause * 2, limits.daemonBackoff.longest)
    this.#backoff.set(key, { pause, until: now + pause })
    recordEvent(this.#control.context, {
      about: set,
      type: 'Warning',
      reason: 'FailedDaemonPod',
      message: `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`,
      component,
    })
    this.#remove(set, pod)
  }

  /**
   * Removes outdated pods while at most `maxUnavailable` nodes lack an available pod. Outdated pods
   * that are not available go at once: their nodes lack one already.
   */
  #roll(set: DaemonSet, hash: string): void {
    const nodes = this.#store.list<FullNode>('Node').filter(node => eligibility(set, node).run)
    const most = maxUnavailable(set, nodes.length)
    const pods = this.#podsOf(set)
    const on = (node: FullNode) => pods.filter(pod => nodeOf(pod) === node.metadata.name)
    const available = (pod: FullPod) =>
      !isTerminating(pod) && isAvailable(pod, set.spec.minReadySeconds, this.#clock.now())
    let missing = nodes.filter(node => !on(node).some(available)).length
    for (const node of nodes) {
      for (const pod of on(node).filter(
        one => !isTerminating(one) && one.metadata.labels?.[revisionLabel] !== hash,
      )) {
        if (available(pod)) {
          if (missing >= most) continue
          missing += 1
        }
        this.#remove(set, pod)
      }
    }
  }

  #writeStatus(set: DaemonSet, hash: string): void {
    const nodes = this.#store.list<FullNode>('Node')
    const { status, recheckIn } = daemonSetStatus(
      set,
      nodes,
      this.#podsOf(set),
      hash,
      this.#clock.now(),
    )
    updateObject(this.#control, set, draft => {
      draft.status = status
    })
    if (Number.isFinite(recheckIn)) this.#queue.addAfter(keyOf(set), recheckIn)
  }
}

export const daemonSetController = (control: Control): Controller =>
  new DaemonSetController(control)

const createdAt = (pod: FullPod): number => Date.parse(pod.metadata.creationTimestamp ?? '')

/** How many nodes may lack an available pod during an update. */
function maxUnavailable(set: DaemonSet, nodes: number): number {
  const given = set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
  return typeof given === 'number'
    ? given
    : Math.ceil((nodes * Number(given.replace('%', ''))) / 100)
}

/** Only labels and spec decide which pods run on a node; heartbeats change neither. */
const nodeChanged = (before: object | undefined, now: object): boolean => {
  const facts = (node: object) =>
    JSON.stringify([
      Reflect.get(Reflect.get(node, 'metadata'), 'labels'),
      Reflect.get(node, 'spec'),
    ])
  return before === undefined || facts(before) !== facts(now)
}
