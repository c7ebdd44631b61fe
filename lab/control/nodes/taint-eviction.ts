// The taint eviction controller: evicts pods from a node with a NoExecute taint, at once or when
// their toleration expires.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { delays } from '#lab/control/delays.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { FullNode, FullPod } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { hasEnded, isTerminating, setPodCondition } from '#lab/control/pods.ts'
import { tolerates } from '#lab/control/scheduling/filters.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'taint-eviction-controller'

/** How long a pod may stay on a node, ms. 0: not at all; undefined: without a limit. */
export function mayStay(pod: FullPod, node: FullNode): number | undefined {
  const taints = (node.spec?.taints ?? []).filter(taint => taint.effect === 'NoExecute')
  const matching = taints.map(taint =>
    (pod.spec.tolerations ?? []).filter(toleration => tolerates([toleration], taint)),
  )
  if (matching.some(tolerations => tolerations.length === 0)) return 0
  const spans = matching
    .flat()
    .flatMap(toleration =>
      toleration.tolerationSeconds === undefined ? [] : [Math.max(0, toleration.tolerationSeconds)],
    )
  return spans.length === 0 ? undefined : Math.min(...spans) * 1000
}

class TaintEvictionController implements Controller {
  readonly #control: Control
  readonly #context: LabContext
  readonly #store: Store
  readonly #clock: VirtualClock
  /** Cancels the scheduled eviction of a pod, by its key. */
  readonly #scheduled = new Map<string, () => void>()
  readonly #pods: Queue

  constructor(control: Control) {
    this.#control = control
    this.#context = control.context
    this.#store = this.#context.store
    this.#clock = this.#context.clock
    this.#pods = workQueue(control, delays.reconcile, key => {
      const { namespace, name } = parts(key)
      const pod = this.#store.get<FullPod>('Pod', namespace, name)
      const node =
        pod?.spec.nodeName === undefined
          ? undefined
          : this.#store.get<FullNode>('Node', undefined, pod.spec.nodeName)
      if (pod === undefined || node === undefined || isTerminating(pod) || hasEnded(pod))
        this.#cancel(key)
      else this.#schedule(key, pod, node)
    })
  }

  on({ type, object, before }: StoreEvent): void {
    if (
      object.kind === 'Node' &&
      type !== 'DELETED' &&
      this.#evictionTaints(before) !== this.#evictionTaints(object)
    )
      for (const pod of this.#podsOn(object.metadata.name)) this.#pods.add(keyOf(pod))
    if (object.kind !== 'Pod') return
    // The kind implies the type.
    const [pod, was] = [object as FullPod, before as FullPod | undefined]
    if (type === 'DELETED') this.#cancel(keyOf(pod))
    else if (
      pod.spec.nodeName !== undefined &&
      (was?.spec.nodeName !== pod.spec.nodeName ||
        JSON.stringify(was.spec.tolerations) !== JSON.stringify(pod.spec.tolerations))
    )
      this.#pods.add(keyOf(pod))
  }

  all(): void {
    // After a restart every pod has its full toleration time again.
    for (const key of this.#scheduled.keys()) this.#cancel(key)
    for (const pod of this.#store.list<FullPod>('Pod'))
      if (pod.spec.nodeName !== undefined) this.#pods.add(keyOf(pod))
  }

  #schedule(key: string, pod: FullPod, node: FullNode): void {
    const span = mayStay(pod, node)
    if (span === undefined) {
      if (this.#cancel(key)) this.#report(pod, `Cancelling deletion of Pod ${key}`)
      return
    }
    if (span === 0) {
      this.#cancel(key)
      this.#evict(key, pod)
      return
    }
    // As upstream, a scheduled eviction counts from the first taint, whatever taints follow.
    if (this.#scheduled.has(key)) return
    const { uid } = pod.metadata
    const cancel = this.#clock.after(span, () => {
      this.#scheduled.delete(key)
      const { namespace, name } = parts(key)
      const current = this.#store.get<FullPod>('Pod', namespace, name)
      if (this.#control.working() && current !== undefined && current.metadata.uid === uid)
        this.#evict(key, current)
    })
    this.#scheduled.set(key, cancel)
  }

  #cancel(key: string): boolean {
    this.#scheduled.get(key)?.()
    return this.#scheduled.delete(key)
  }

  #evict(key: string, pod: FullPod): void {
    if (isTerminating(pod)) return
    this.#report(pod, `Marking for deletion Pod ${key}`)
    updateObject(this.#control, pod, draft =>
      setPodCondition(
        draft,
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting due to NoExecute taint',
        },
        this.#store.timestamp(),
      ),
    )
    deleteObject(this.#control, pod)
  }

  #report(pod: FullPod, message: string): void {
    recordEvent(this.#context, {
      about: pod,
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message,
      component,
    })
  }

  #podsOn(node: string): FullPod[] {
    return this.#store.list<FullPod>('Pod').filter(pod => pod.spec.nodeName === node)
  }

  #evictionTaints(node: object | undefined): string {
    return JSON.stringify(
      ((node as FullNode | undefined)?.spec?.taints ?? [])
        .filter(taint => taint.effect === 'NoExecute')
        .map(taint => [taint.key, taint.value]),
    )
  }
}

export const taintEviction = (control: Control): Controller => new TaintEvictionController(control)
