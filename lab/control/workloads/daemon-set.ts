// The DaemonSet controller: one pod on each node that takes it. The scheduler binds the pods, by an
// affinity to the node's name.
import { delays, limits } from '#lab/control/delays.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
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
  createPod,
} from '#lab/control/pods.ts'
import { freeName, isNamespaceTerminating } from './replica-set.ts'
import { syncRevision } from './revisions.ts'
import { fitsAffinity, tolerates } from '#lab/control/scheduling/filters.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
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

export function daemonSetController(control: Control): Controller {
  const { context } = control
  const { store, clock } = context
  const queue = workQueue(control, delays.reconcile, reconcile)
  const backoff = new Map<string, { pause: number; until: number }>()

  function podOn(set: DaemonSet, node: string, hash: string, name: string): FullPod {
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
  function eligible(set: DaemonSet, node: Node): { run: boolean; stay: boolean } {
    const pod = podOn(set, node.metadata.name, '', set.metadata.name)
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

  function reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const set = store.get<DaemonSet>('DaemonSet', namespace, name)
    if (set === undefined) return
    const hash =
      syncRevision(control, set, set.spec.template).metadata.labels?.[revisionLabel] ?? ''
    const pods = claimed<FullPod>(control, set, 'Pod', set.spec.selector)
    if (!isTerminating(set)) {
      manage(set, pods, hash)
      if (set.spec.updateStrategy?.type !== 'OnDelete') roll(set, hash)
    }
    writeStatus(set, hash)
  }

  function manage(set: DaemonSet, pods: readonly FullPod[], hash: string): void {
    const nodes = store.list<FullNode>('Node')
    for (const node of nodes) {
      const here = pods.filter(pod => nodeOf(pod) === node.metadata.name)
      const { run, stay } = eligible(set, node)
      const failed = here.filter(pod => hasEnded(pod) && !isTerminating(pod))
      for (const pod of stay ? failed : []) replaceFailed(set, node.metadata.name, pod)
      const live = here.filter(pod => !hasEnded(pod) || isTerminating(pod))
      if (run && here.length === 0 && !isNamespaceTerminating(control, set.metadata.namespace))
        create(set, node.metadata.name, hash)
      if (!stay) for (const pod of here.filter(one => !isTerminating(one))) remove(set, pod)
      // One is enough: the oldest stays.
      const active = live
        .filter(pod => !isTerminating(pod))
        .toSorted(
          (a, b) =>
            Date.parse(a.metadata.creationTimestamp ?? '') -
            Date.parse(b.metadata.creationTimestamp ?? ''),
        )
      if (stay) for (const pod of active.slice(1)) remove(set, pod)
    }
    const known = new Set(nodes.map(node => node.metadata.name))
    for (const pod of pods)
      if (!known.has(nodeOf(pod) ?? '') && pod.spec.nodeName === undefined && !isTerminating(pod))
        remove(set, pod)
  }

  function create(set: DaemonSet, node: string, hash: string): void {
    const pod = createPod(
      context,
      podOn(
        set,
        node,
        hash,
        freeName(control, 'Pod', set.metadata.namespace, `${set.metadata.name}-`),
      ),
    )
    recordEvent(context, {
      about: set,
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
      component,
    })
  }

  function remove(set: DaemonSet, pod: FullPod): void {
    deleteObject(control, pod)
    recordEvent(context, {
      about: set,
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
      component,
    })
  }

  function replaceFailed(set: DaemonSet, node: string, pod: FullPod): void {
    const key = `${set.metadata.uid}/${node}`
    const now = clock.now()
    const known = backoff.get(key)
    if (known !== undefined && known.until > now) {
      queue.addAfter(keyOf(set), known.until - now)
      return
    }
    const stale = known === undefined || now - known.until > 2 * limits.daemonBackoff.longest
    const pause = stale
      ? limits.daemonBackoff.first
      : Math.min(known.pause * 2, limits.daemonBackoff.longest)
    backoff.set(key, { pause, until: now + pause })
    const message = `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`
    recordEvent(context, {
      about: set,
      type: 'Warning',
      reason: 'FailedDaemonPod',
      message,
      component,
    })
    remove(set, pod)
  }

  /**
   * Outdated pods go while no more than `maxUnavailable` are missing; the ones that do not work
   * count as missing already.
   */
  function roll(set: DaemonSet, hash: string): void {
    const nodes = store.list<FullNode>('Node').filter(node => eligible(set, node).run)
    const given = set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1
    const most =
      typeof given === 'number'
        ? given
        : Math.ceil((nodes.length * Number(given.replace('%', ''))) / 100)
    const pods = claimed<FullPod>(control, set, 'Pod', set.spec.selector)
    const on = (node: FullNode) => pods.filter(pod => nodeOf(pod) === node.metadata.name)
    const available = (pod: FullPod) =>
      !isTerminating(pod) && isAvailable(pod, set.spec.minReadySeconds, clock.now())
    let missing = nodes.filter(node => !on(node).some(available)).length
    for (const node of nodes) {
      for (const pod of on(node).filter(
        one => !isTerminating(one) && one.metadata.labels?.[revisionLabel] !== hash,
      )) {
        if (available(pod)) {
          if (missing >= most) continue
          missing += 1
        }
        remove(set, pod)
      }
    }
  }

  function writeStatus(set: DaemonSet, hash: string): void {
    const now = clock.now()
    const { minReadySeconds } = set.spec
    const pods = claimed<FullPod>(control, set, 'Pod', set.spec.selector)
    const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 }
    let recheck = Infinity
    for (const node of store.list<FullNode>('Node')) {
      const here = pods.filter(pod => nodeOf(pod) === node.metadata.name && !hasEnded(pod))
      if (!eligible(set, node).run) {
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
    store.update<DaemonSet>('DaemonSet', set.metadata.namespace, set.metadata.name, draft => {
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
    if (Number.isFinite(recheck)) queue.addAfter(keyOf(set), recheck)
  }

  const everySet = () => {
    for (const set of store.list('DaemonSet')) queue.add(keyOf(set))
  }

  return {
    on({ type, object, before }) {
      if (object.kind === 'DaemonSet' && type !== 'DELETED') queue.add(keyOf(object))
      if (object.kind === 'Node' && (type !== 'MODIFIED' || nodeChanged(before, object))) everySet()
      if (object.kind !== 'Pod') return
      const owner = controllerOf(object)
      if (owner?.kind === 'DaemonSet') queue.add(`${object.metadata.namespace}/${owner.name}`)
      if (owner !== undefined) return
      for (const set of store.list<DaemonSet>('DaemonSet', object.metadata.namespace))
        if (selects(set.spec.selector, object.metadata.labels)) queue.add(keyOf(set))
    },
    all: everySet,
  }
}

/** Only labels and what the spec says of a node decide who runs there; heartbeats do not. */
const nodeChanged = (before: object | undefined, now: object): boolean => {
  const facts = (node: object) =>
    JSON.stringify([
      Reflect.get(Reflect.get(node, 'metadata'), 'labels'),
      Reflect.get(node, 'spec'),
    ])
  return before === undefined || facts(before) !== facts(now)
}
