// The DaemonSet controller: one pod on each node that takes it. The scheduler binds the pods, by an
// affinity to the node's name.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { DaemonSet, FullNode, FullPod, Node, Toleration } from '#lab/control/objects.ts'
import { claimed, controllerOf, selects } from './ownership.ts'
import {
  hasEnded,
  isAvailable,
  isReady,
  isTerminating,
  podFrom,
  untilAvailable,
} from '#lab/control/pods.ts'
import { createOwned, deleteOwned, freeName, isNamespaceTerminating } from './owned-pods.ts'
import { syncRevision } from './revisions.ts'
import { fitsAffinity, tolerates } from '#lab/control/scheduling/filters.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'daemonset-controller'
const revisionLabel = 'controller-revision-hash'

/** @source Kubernetes default, DaemonSet, taints and tolerations */
const daemonTolerations = (hostNetwork: boolean): Toleration[] => [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  ...[
    'disk-pressure',
    'memory-pressure',
    'pid-pressure',
    'unschedulable',
    ...(hostNetwork ? ['network-unavailable'] : []),
  ].map(name => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect: 'NoSchedule' })),
]

/** The node that a daemon's pod is on or meant for. */
function nodeOf(pod: FullPod): string | undefined {
  if (pod.spec.nodeName !== undefined) return pod.spec.nodeName
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
      ?.nodeSelectorTerms ?? []
  return terms.flatMap(term => term.matchFields ?? []).find(field => field.key === 'metadata.name')
    ?.values?.[0]
}

class DaemonSetController implements Controller {
  readonly #control: Control
  readonly #context: LabContext
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue
  readonly #backoff = new Map<string, { pause: number; until: number }>()

  constructor(control: Control) {
    this.#control = control
    this.#context = control.context
    this.#store = this.#context.store
    this.#clock = this.#context.clock
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on({ type, object, before }: StoreEvent): void {
    if (object.kind === 'DaemonSet' && type !== 'DELETED') this.#queue.add(keyOf(object))
    if (object.kind === 'Node' && (type !== 'MODIFIED' || nodeChanged(before, object)))
      this.#everySet()
    if (object.kind !== 'Pod') return
    const owner = controllerOf(object)
    if (owner?.kind === 'DaemonSet') this.#queue.add(`${object.metadata.namespace}/${owner.name}`)
    if (owner !== undefined) return
    for (const set of this.#store.list<DaemonSet>('DaemonSet', object.metadata.namespace))
      if (selects(set.spec.selector, object.metadata.labels)) this.#queue.add(keyOf(set))
  }

  all(): void {
    this.#everySet()
  }

  #podOn(set: DaemonSet, node: string, hash: string, name: string): FullPod {
    return podFrom(set.spec.template, set, { name, generateName: `${set.metadata.name}-` }, pod => {
      pod.metadata.labels = {
        ...pod.metadata.labels,
        [revisionLabel]: hash,
        'pod-template-generation': String(set.metadata.generation ?? 1),
      }
      const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
      const terms =
        pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
          ?.nodeSelectorTerms
      pod.spec.affinity = {
        ...pod.spec.affinity,
        nodeAffinity: {
          ...pod.spec.affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms:
              terms === undefined ? [byName] : terms.map(term => ({ ...term, ...byName })),
          },
        },
      }
      pod.spec.tolerations = [
        ...(pod.spec.tolerations ?? []),
        ...daemonTolerations(pod.spec.hostNetwork === true),
      ]
    })
  }

  /** Whether a pod should be started on a node, and whether one that runs there may stay. */
  #eligible(set: DaemonSet, node: Node): { run: boolean; stay: boolean } {
    const pod = this.#podOn(set, node.metadata.name, '', set.metadata.name)
    if (!fitsAffinity(pod, node)) return { run: false, stay: false }
    const untolerated = (node.spec?.taints ?? []).filter(
      taint => !tolerates(pod.spec.tolerations, taint),
    )
    return {
      run: !untolerated.some(
        taint => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute',
      ),
      stay: !untolerated.some(taint => taint.effect === 'NoExecute'),
    }
  }

  #reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const set = this.#store.get<DaemonSet>('DaemonSet', namespace, name)
    if (set === undefined) return
    const hash =
      syncRevision(this.#control, set, set.spec.template).metadata.labels?.[revisionLabel] ?? ''
    const pods = claimed<FullPod>(this.#control, set, 'Pod', set.spec.selector)
    if (!isTerminating(set)) {
      this.#manage(set, pods, hash)
      if (set.spec.updateStrategy?.type !== 'OnDelete') this.#roll(set, hash)
    }
    this.#writeStatus(set, hash)
  }

  #manage(set: DaemonSet, pods: readonly FullPod[], hash: string): void {
    const nodes = this.#store.list<FullNode>('Node')
    for (const node of nodes) {
      const here = pods.filter(pod => nodeOf(pod) === node.metadata.name)
      const { run, stay } = this.#eligible(set, node)
      const failed = here.filter(pod => hasEnded(pod) && !isTerminating(pod))
      for (const pod of stay ? failed : []) this.#replaceFailed(set, node.metadata.name, pod)
      const live = here.filter(pod => !hasEnded(pod) || isTerminating(pod))
      if (
        run &&
        here.length === 0 &&
        !isNamespaceTerminating(this.#control, set.metadata.namespace)
      )
        this.#create(set, node.metadata.name, hash)
      if (!stay) for (const pod of here.filter(one => !isTerminating(one))) this.#remove(set, pod)
      // One is enough: the oldest stays.
      const active = live
        .filter(pod => !isTerminating(pod))
        .toSorted(
          (a, b) =>
            Date.parse(a.metadata.creationTimestamp ?? '') -
            Date.parse(b.metadata.creationTimestamp ?? ''),
        )
      if (stay) for (const pod of active.slice(1)) this.#remove(set, pod)
    }
    const known = new Set(nodes.map(node => node.metadata.name))
    for (const pod of pods)
      if (!known.has(nodeOf(pod) ?? '') && pod.spec.nodeName === undefined && !isTerminating(pod))
        this.#remove(set, pod)
  }

  #create(set: DaemonSet, node: string, hash: string): void {
    createOwned(
      this.#control,
      { owner: set, component },
      this.#podOn(
        set,
        node,
        hash,
        freeName(this.#control, 'Pod', set.metadata.namespace, `${set.metadata.name}-`),
      ),
    )
  }

  #remove(set: DaemonSet, pod: FullPod): void {
    deleteOwned(this.#control, { owner: set, component }, pod)
  }

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
    const message = `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`
    recordEvent(this.#context, {
      about: set,
      type: 'Warning',
      reason: 'FailedDaemonPod',
      message,
      component,
    })
    this.#remove(set, pod)
  }

  /**
   * Outdated pods go while no more than `maxUnavailable` are missing; the ones that do not work
   * count as missing already.
   */
  #roll(set: DaemonSet, hash: string): void {
    const nodes = this.#store.list<FullNode>('Node').filter(node => this.#eligible(set, node).run)
    const given = set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
    const most =
      typeof given === 'number'
        ? given
        : Math.ceil((nodes.length * Number(given.replace('%', ''))) / 100)
    const pods = claimed<FullPod>(this.#control, set, 'Pod', set.spec.selector)
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
    const now = this.#clock.now()
    const { minReadySeconds } = set.spec
    const pods = claimed<FullPod>(this.#control, set, 'Pod', set.spec.selector)
    const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 }
    let recheck = Infinity
    for (const node of this.#store.list<FullNode>('Node')) {
      const here = pods.filter(pod => nodeOf(pod) === node.metadata.name && !hasEnded(pod))
      if (!this.#eligible(set, node).run) {
        if (here.length > 0) count.misscheduled += 1
        continue
      }
      count.desired += 1
      const pod = here.toSorted((a, b) => Number(isReady(b)) - Number(isReady(a)))[0]
      if (pod === undefined) continue
      count.current += 1
      if (isReady(pod)) count.ready += 1
      if (isAvailable(pod, minReadySeconds, now)) count.available += 1
      else recheck = Math.min(recheck, untilAvailable(pod, minReadySeconds, now) ?? Infinity)
      if (pod.metadata.labels?.[revisionLabel] === hash) count.updated += 1
    }
    this.#store.update<DaemonSet>('DaemonSet', set.metadata.namespace, set.metadata.name, draft => {
      draft.status = {
        currentNumberScheduled: count.current,
        numberMisscheduled: count.misscheduled,
        desiredNumberScheduled: count.desired,
        numberReady: count.ready,
        observedGeneration: set.metadata.generation ?? 1,
        ...(count.updated > 0 && { updatedNumberScheduled: count.updated }),
        ...(count.available > 0 && { numberAvailable: count.available }),
        ...(count.desired > count.available && {
          numberUnavailable: count.desired - count.available,
        }),
      }
    })
    if (Number.isFinite(recheck)) this.#queue.addAfter(keyOf(set), recheck)
  }

  #everySet(): void {
    for (const set of this.#store.list('DaemonSet')) this.#queue.add(keyOf(set))
  }
}

export const daemonSetController = (control: Control): Controller =>
  new DaemonSetController(control)

/** Only labels and spec decide which pods run on a node; heartbeats do not. */
const nodeChanged = (before: object | undefined, now: object): boolean => {
  const facts = (node: object) =>
    JSON.stringify([
      Reflect.get(Reflect.get(node, 'metadata'), 'labels'),
      Reflect.get(node, 'spec'),
    ])
  return before === undefined || facts(before) !== facts(now)
}
