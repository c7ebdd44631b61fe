// The scheduler: gives each pending pod a node, or says why it has none and waits for what would
// change that.
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
import type { Control, Controller } from '#lab/control/work-queue.ts'
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

export function scheduler(control: Control): Controller {
  const { context } = control
  const { store, clock } = context
  const queue = workQueue(control, delays.schedule, schedule)
  /** A pod that waits comes again after five minutes even if nothing has woken it. */
  const flush = workQueue(control, delays.schedule, key => {
    if (waiting.has(key)) schedule(key)
  })
  /** Pods without a place, and what refused them; upstream's queueing hints. */
  const waiting = new Map<string, Set<Reason>>()
  /** Pods that have a node and wait for their volumes there. */
  const binding = new Map<string, { node: string; since: number; attempts: number }>()

  function schedule(key: string): void {
    const { namespace, name } = parts(key)
    const pod = store.get<FullPod>('Pod', namespace, name)
    if (pod === undefined || !isMine(pod)) {
      forget(key)
      return
    }
    if (binding.has(key)) {
      bindWhenVolumesAre(key, pod)
      return
    }
    waiting.delete(key)
    const nodes = store.list<Node>('Node')
    const problem = claimProblem(control, pod)
    if (nodes.length === 0) fail(pod, 'no nodes available to schedule pods', [])
    else if (problem !== undefined)
      fail(
        pod,
        `0/${nodes.length} nodes are available: ${problem}. ${preemptionText(nodes.length, nodes.length)}`,
        ['volumes'],
      )
    else place(pod, nodes)
  }

  function place(pod: FullPod, nodes: readonly Node[]): void {
    const refusals: Refusal[] = []
    const fit: { node: Node; score: number }[] = []
    for (const node of nodes) {
      const there = podsOn(node.metadata.name)
      const no = refusal(pod, node, there) ?? volumeRefusal(control, pod, node)
      if (no === undefined)
        fit.push({ node, score: fullness(pod, node, there) + there.length * 1e-6 })
      else refusals.push(no)
    }
    const least = Math.min(...fit.map(one => one.score))
    const best = fit.filter(one => one.score - least < 1e-9)
    const chosen = best.length < 2 ? best[0] : best[control.random.integer(0, best.length - 1)]
    if (chosen === undefined)
      fail(
        pod,
        failureText(nodes.length, refusals),
        refusals.map(one => one.reason),
      )
    else reserve(pod, chosen.node)
  }

  function podsOn(node: string): FullPod[] {
    return store
      .list<FullPod>('Pod')
      .filter(
        pod => (pod.spec.nodeName ?? binding.get(keyOf(pod))?.node) === node && !hasEnded(pod),
      )
  }

  /**
   * Volumes first: a static one is claimed, any other is asked of its provisioner for this node.
   */
  function reserve(pod: FullPod, node: Node): void {
    const { namespace } = pod.metadata
    let open = false
    for (const name of claimNames(pod)) {
      const claim = store.get<Claim>('PersistentVolumeClaim', namespace, name)
      if (claim === undefined || isBound(claim)) continue
      open = true
      const volume = volumeFor(control, claim, node)
      if (volume === undefined) {
        store.update<Claim>('PersistentVolumeClaim', namespace, name, draft => {
          draft.metadata.annotations = {
            ...draft.metadata.annotations,
            [selectedNodeKey]: node.metadata.name,
          }
        })
      } else {
        const { uid, resourceVersion } = claim.metadata
        store.update<FullVolume>('PersistentVolume', undefined, volume.metadata.name, draft => {
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
        })
      }
    }
    if (!open) {
      bind(pod, node.metadata.name)
      return
    }
    binding.set(keyOf(pod), { node: node.metadata.name, since: clock.now(), attempts: 0 })
    queue.addAfter(keyOf(pod), limits.volumeBindTimeout)
  }

  function bindWhenVolumesAre(key: string, pod: FullPod): void {
    const reserved = binding.get(key)
    if (reserved === undefined) return
    const ready = claimNames(pod).every(name => {
      const claim = store.get<Claim>('PersistentVolumeClaim', pod.metadata.namespace, name)
      return claim !== undefined && isBound(claim)
    })
    if (ready) {
      binding.delete(key)
      bind(pod, reserved.node)
    } else if (clock.now() - reserved.since >= limits.volumeBindTimeout) {
      binding.delete(key)
      const message =
        'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
      fail(pod, message, ['volumes'], 'SchedulerError')
      queue.addAfter(
        key,
        Math.min(
          limits.schedulerBackoff.first * 2 ** reserved.attempts,
          limits.schedulerBackoff.longest,
        ),
      )
    } else queue.addAfter(key, limits.volumeBindTimeout - (clock.now() - reserved.since))
  }

  function bind(pod: FullPod, node: string): void {
    const { namespace, name } = pod.metadata
    store.update<FullPod>('Pod', namespace, name, draft => {
      draft.spec.nodeName = node
      setPodCondition(draft, scheduled('True', draft), store.timestamp())
    })
    say(pod, 'Normal', 'Scheduled', `Successfully assigned ${keyOf(pod)} to ${node}`, 'Binding')
  }

  function fail(
    pod: FullPod,
    message: string,
    reasons: readonly Reason[],
    reason = 'Unschedulable',
  ): void {
    const { namespace, name } = pod.metadata
    waiting.set(keyOf(pod), new Set(reasons))
    store.update<FullPod>('Pod', namespace, name, draft =>
      setPodCondition(draft, { ...scheduled('False', draft), reason, message }, store.timestamp()),
    )
    say(pod, 'Warning', 'FailedScheduling', message, 'Scheduling')
    flush.addAfter(keyOf(pod), limits.unschedulableFlush)
  }

  /**
   * Events of the old form, as the recorded v1.35 node has them: upstream falls back to it when the
   * newer API is not
   * served yet as the scheduler starts, which is so wherever both come up together.
   */
  function say(
    pod: FullPod,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    action: string,
  ): void {
    recordEvent(context, { about: pod, type, reason, message, action, component })
  }

  function forget(key: string): void {
    waiting.delete(key)
    binding.delete(key)
  }

  /**
   * Pods that a change could help are tried at once: a pod's back-off holds it only while others
   * are in the queue,
   * and here the queue is empty a moment later. @source Kubernetes v1.33, SchedulerPopFromBackoffQ
   */
  function wake(helps: (reasons: ReadonlySet<Reason>, pod: FullPod) => boolean): void {
    for (const [key, reasons] of waiting) {
      const { namespace, name } = parts(key)
      const pod = store.get<FullPod>('Pod', namespace, name)
      if (pod !== undefined && (reasons.size === 0 || helps(reasons, pod))) queue.add(key)
    }
  }

  function onNode(before: Node | undefined, node: Node): void {
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
    if (before === undefined) wake(() => true)
    else if (helped.size > 0 || taints) {
      wake(
        (reasons, pod) =>
          [...helped].some(reason => reasons.has(reason)) ||
          (taints &&
            reasons.has('taint') &&
            keepsAway(pod, before.spec?.taints) &&
            !keepsAway(pod, node.spec?.taints)),
      )
    }
  }

  return {
    on({ type, object, before }) {
      if (object.kind === 'Pod') {
        // The store keeps pods under this kind.
        const pod = object as FullPod
        const key = keyOf(pod)
        if (type === 'DELETED' || !isMine(pod)) forget(key)
        else if (type === 'ADDED' || specChanged(before, pod)) queue.add(key)
        const freed =
          pod.spec.nodeName !== undefined &&
          (type === 'DELETED' ||
            (hasEnded(pod) && before !== undefined && !hasEnded(before as FullPod)))
        if (freed)
          wake(
            reasons => reasons.has('resources') || reasons.has('ports') || reasons.has('volumes'),
          )
      }
      if (object.kind === 'Node' && type !== 'DELETED') onNode(before, object)
      if (object.kind === 'PersistentVolumeClaim') {
        for (const key of binding.keys()) queue.add(key)
      }
      if (
        object.kind === 'PersistentVolumeClaim' ||
        object.kind === 'PersistentVolume' ||
        object.kind === 'StorageClass'
      )
        wake(reasons => reasons.has('volumes'))
    },
    all() {
      waiting.clear()
      binding.clear()
      for (const pod of store.list<FullPod>('Pod')) if (isMine(pod)) queue.add(keyOf(pod))
    },
  }
}

/** Its own condition does not bring a pod back into the queue; another wish does. */
const specChanged = (before: object | undefined, pod: FullPod): boolean =>
  before !== undefined && JSON.stringify(Reflect.get(before, 'spec')) !== JSON.stringify(pod.spec)
