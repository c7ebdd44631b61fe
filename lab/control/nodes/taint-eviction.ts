// The taint eviction controller: pods leave a node with a NoExecute taint, at once or when their
// toleration has run out.
import { delays } from '#lab/control/delays.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { FullNode, FullPod } from '#lab/control/objects.ts'
import { hasEnded, isTerminating, setPodCondition } from '#lab/control/pods.ts'
import { tolerates } from '#lab/control/scheduling/filters.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'taint-eviction-controller'

/** How long a pod may stay, ms; 0: not at all; undefined: for good. */
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

export function taintEviction(control: Control): Controller {
  const { context } = control
  const { store, clock } = context
  const scheduled = new Map<string, { since: number; cancel: () => void }>()
  const pods = workQueue(control, delays.reconcile, key => {
    const { namespace, name } = parts(key)
    const pod = store.get<FullPod>('Pod', namespace, name)
    const node =
      pod?.spec.nodeName === undefined
        ? undefined
        : store.get<FullNode>('Node', undefined, pod.spec.nodeName)
    if (pod === undefined || node === undefined || isTerminating(pod) || hasEnded(pod)) drop(key)
    else look(key, pod, node)
  })

  function look(key: string, pod: FullPod, node: FullNode): void {
    const span = mayStay(pod, node)
    const known = scheduled.get(key)
    if (span === undefined) {
      if (drop(key)) say(pod, `Cancelling deletion of Pod ${key}`)
      return
    }
    if (span === 0) {
      drop(key)
      evict(key, pod)
      return
    }
    // An appointment counts from its first taint; a later taint can only bring it forward.
    if (known !== undefined && known.since + span <= clock.now() + span) return
    drop(key)
    const { uid } = pod.metadata
    const cancel = clock.after(span, () => {
      scheduled.delete(key)
      const { namespace, name } = parts(key)
      const current = store.get<FullPod>('Pod', namespace, name)
      if (control.working() && current !== undefined && current.metadata.uid === uid)
        evict(key, current)
    })
    scheduled.set(key, { since: clock.now(), cancel })
  }

  function drop(key: string): boolean {
    const known = scheduled.get(key)
    known?.cancel()
    return scheduled.delete(key)
  }

  function evict(key: string, pod: FullPod): void {
    if (isTerminating(pod)) return
    say(pod, `Marking for deletion Pod ${key}`)
    store.update<FullPod>('Pod', pod.metadata.namespace, pod.metadata.name, draft =>
      setPodCondition(
        draft,
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting due to NoExecute taint',
        },
        store.timestamp(),
      ),
    )
    deleteObject(control, pod)
  }

  const say = (pod: FullPod, message: string) =>
    recordEvent(context, {
      about: pod,
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message,
      component,
    })

  const podsOn = (node: string) =>
    store.list<FullPod>('Pod').filter(pod => pod.spec.nodeName === node)

  const evicting = (node: object | undefined) =>
    JSON.stringify(
      ((node as FullNode | undefined)?.spec?.taints ?? [])
        .filter(taint => taint.effect === 'NoExecute')
        .map(taint => [taint.key, taint.value]),
    )

  return {
    on({ type, object, before }) {
      if (object.kind === 'Node' && type !== 'DELETED' && evicting(before) !== evicting(object))
        for (const pod of podsOn(object.metadata.name)) pods.add(keyOf(pod))
      if (object.kind !== 'Pod') return
      // The store keeps pods under this kind.
      const [pod, was] = [object as FullPod, before as FullPod | undefined]
      if (type === 'DELETED') drop(keyOf(pod))
      else if (
        pod.spec.nodeName !== undefined &&
        (was?.spec.nodeName !== pod.spec.nodeName ||
          JSON.stringify(was.spec.tolerations) !== JSON.stringify(pod.spec.tolerations))
      )
        pods.add(keyOf(pod))
    },
    all() {
      // Started anew it counts the whole span again.
      for (const key of scheduled.keys()) drop(key)
      for (const pod of store.list<FullPod>('Pod'))
        if (pod.spec.nodeName !== undefined) pods.add(keyOf(pod))
    },
  }
}
