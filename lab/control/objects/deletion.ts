// Deletion as the API server does it for controllers: running pods get their grace period, and
// objects with finalizers stay until the last one is removed.
import { limits } from '#lab/control/delays.ts'
import type { KubeObject, Pod } from '#lab/control/objects.ts'
import { hasEnded } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'
import { updateObject } from './update.ts'

const inSeconds = (control: Control, seconds: number): string =>
  `${new Date(control.context.clock.now() + seconds * 1000).toISOString().slice(0, 19)}Z`

/**
 * Deletes an object, but not another one of its name with a different uid. A pod on a node gets its
 * grace period; its kubelet removes it. Does nothing if the object is being deleted already.
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
    // The kind implies the type.
    const pod = current as Pod
    const grace = pod.spec.terminationGracePeriodSeconds ?? limits.terminationGraceSeconds
    if (pod.spec.nodeName !== undefined && !hasEnded(pod) && grace > 0) {
      startDeletion(control, current, grace)
      return
    }
  }
  if ((current.metadata.finalizers ?? []).length > 0) startDeletion(control, current, 0)
  else store.remove(current.kind, namespace, name)
}

function startDeletion(control: Control, object: KubeObject, graceSeconds: number): void {
  updateObject(control, object, draft => {
    draft.metadata.deletionTimestamp = inSeconds(control, graceSeconds)
    draft.metadata.deletionGracePeriodSeconds = graceSeconds
    draft.metadata.generation = (draft.metadata.generation ?? 1) + 1
  })
}

/** Removes a finalizer, and with the last one an object that is being deleted. */
export function dropFinalizer(control: Control, object: KubeObject, finalizer: string): void {
  const { store } = control.context
  const { namespace, name } = object.metadata
  const left = updateObject(control, object, draft => {
    const rest = (draft.metadata.finalizers ?? []).filter(other => other !== finalizer)
    if (rest.length > 0) draft.metadata.finalizers = rest
    else delete draft.metadata.finalizers
  })
  if (left?.metadata.deletionTimestamp === undefined || (left.metadata.finalizers ?? []).length > 0)
    return
  // During the grace period the kubelet removes the pod.
  if (left.kind === 'Pod' && (left.metadata.deletionGracePeriodSeconds ?? 0) > 0) return
  store.remove(object.kind, namespace, name)
}

/** Adds a finalizer unless the object has it. */
export function addFinalizer(control: Control, object: KubeObject, finalizer: string): void {
  updateObject(control, object, draft => {
    if (!(draft.metadata.finalizers ?? []).includes(finalizer))
      draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), finalizer]
  })
}
