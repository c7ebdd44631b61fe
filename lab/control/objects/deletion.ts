// Deleting as the API server does it for controllers: grace for running pods, finalizers first,
// then gone.
import { limits } from '#lab/control/delays.ts'
import type { KubeObject, Pod } from '#lab/control/objects.ts'
import type { Control } from '#lab/control/work-queue.ts'

const ended = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed'

const inSeconds = (control: Control, seconds: number): string =>
  `${new Date(control.context.clock.now() + seconds * 1000).toISOString().slice(0, 19)}Z`

/**
 * Deletes this very object (same uid); a pod on a node gets its grace and is left to its kubelet.
 * Again: nothing.
 */
export function deleteObject(control: Control, object: KubeObject): void {
  const { store } = control.context
  const { namespace, name, uid } = object.metadata
  const current = store.get(object.kind, namespace, name)
  if (
    current === undefined ||
    current.metadata.uid !== uid ||
    current.metadata.deletionTimestamp !== undefined
  )
    return
  if (current.kind === 'Pod') {
    // The store keeps pods under this kind.
    const pod = current as Pod
    const grace = pod.spec.terminationGracePeriodSeconds ?? limits.terminationGraceSeconds
    if (pod.spec.nodeName !== undefined && !ended(pod.status?.phase) && grace > 0) {
      mark(control, current, grace)
      return
    }
  }
  if ((current.metadata.finalizers ?? []).length > 0) mark(control, current, 0)
  else store.remove(current.kind, namespace, name)
}

function mark(control: Control, object: KubeObject, graceSeconds: number): void {
  control.context.store.update(
    object.kind,
    object.metadata.namespace,
    object.metadata.name,
    draft => {
      draft.metadata.deletionTimestamp = inSeconds(control, graceSeconds)
      draft.metadata.deletionGracePeriodSeconds = graceSeconds
      draft.metadata.generation = (draft.metadata.generation ?? 1) + 1
    },
  )
}

/** Takes a finalizer off; an object that only waited for it goes. */
export function dropFinalizer(control: Control, object: KubeObject, finalizer: string): void {
  const { store } = control.context
  const { namespace, name } = object.metadata
  const left = store.update(object.kind, namespace, name, draft => {
    const rest = (draft.metadata.finalizers ?? []).filter(other => other !== finalizer)
    if (rest.length > 0) draft.metadata.finalizers = rest
    else delete draft.metadata.finalizers
  })
  if (left?.metadata.deletionTimestamp === undefined || (left.metadata.finalizers ?? []).length > 0)
    return
  // The kubelet removes a pod whose grace period runs.
  if (left.kind === 'Pod' && (left.metadata.deletionGracePeriodSeconds ?? 0) > 0) return
  store.remove(object.kind, namespace, name)
}

/** Puts a finalizer on, once. */
export function addFinalizer(control: Control, object: KubeObject, finalizer: string): void {
  control.context.store.update(
    object.kind,
    object.metadata.namespace,
    object.metadata.name,
    draft => {
      if (!(draft.metadata.finalizers ?? []).includes(finalizer))
        draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), finalizer]
    },
  )
}
