// What every controller of pods does: names, creates and deletes them, and records the Events.
import { recordEvent } from '#lab/control/events/events.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import type { FullPod, KubeObject } from '#lab/control/objects.ts'
import { createPod, isTerminating, untilAvailable } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'

/** A controller, by its name in events, and the object that owns its pods. */
interface Owner {
  readonly component: string
  readonly owner: KubeObject
}

/** A generated name that no object of the kind in the namespace has. */
export function freeName(
  control: Control,
  kind: string,
  namespace: string | undefined,
  prefix: string,
): string {
  let name: string
  do name = `${prefix}${control.random.suffix(5)}`
  while (control.context.store.get(kind, namespace, name) !== undefined)
  return name
}

/** Whether a namespace is being deleted: nothing can be created in it. */
export const isNamespaceTerminating = (
  control: Control,
  namespace: string | undefined,
): boolean => {
  const found = control.context.store.get('Namespace', undefined, namespace ?? '')
  return found !== undefined && isTerminating(found)
}

/** Creates a pod of a ReplicaSet, DaemonSet or Job. */
export function createOwned(control: Control, { owner, component }: Owner, pod: FullPod): void {
  const created = createPod(control.context, pod)
  recordEvent(control.context, {
    about: owner,
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message: `Created pod: ${created.metadata.name}`,
    component,
  })
}

/** Deletes a pod of a ReplicaSet, DaemonSet or Job. */
export function deleteOwned(control: Control, { owner, component }: Owner, pod: FullPod): void {
  deleteObject(control, pod)
  recordEvent(control.context, {
    about: owner,
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message: `Deleted pod: ${pod.metadata.name}`,
    component,
  })
}

/** ms until the next of these pods counts as available; undefined: none will. */
export function untilNextAvailable(
  pods: readonly FullPod[],
  minReadySeconds: number | undefined,
  now: number,
): number | undefined {
  const waits = pods
    .map(pod => untilAvailable(pod, minReadySeconds, now) ?? 0)
    .filter(wait => wait > 0)
  return waits.length === 0 ? undefined : Math.min(...waits)
}
