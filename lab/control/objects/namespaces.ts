// The namespace controller: empties a deleted namespace, and removes it when nothing is left in it.
import { builtinKinds, customKinds } from '#lab/kube/api/kinds.ts'
import { delays } from '#lab/control/delays.ts'
import { deleteObject } from './deletion.ts'
import type { Namespace } from '#src/model/kube.ts'
import { isTerminating } from '#lab/control/pods.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { keyOf, workQueue } from '#lab/control/work-queue.ts'

export function namespaceController(control: Control): Controller {
  const { store } = control.context
  const queue = workQueue(control, delays.reconcile, name => {
    const namespace = store.get<Namespace>('Namespace', undefined, name)
    if (namespace === undefined || !isTerminating(namespace)) return
    store.update<Namespace>('Namespace', undefined, name, draft => {
      draft.status = { ...draft.status, phase: 'Terminating' }
    })
    const kinds = new Set(
      [...builtinKinds, ...customKinds(store)]
        .filter(kind => kind.namespaced && kind.form === undefined)
        .map(kind => kind.kind),
    )
    const left = [...kinds].flatMap(kind => store.list(kind, name))
    for (const object of left) deleteObject(control, object)
    if (
      [...kinds].every(kind => store.list(kind, name).length === 0) &&
      (namespace.metadata.finalizers ?? []).length === 0
    )
      store.remove('Namespace', undefined, name)
  })
  return {
    on({ type, object }) {
      if (object.kind === 'Namespace' && type !== 'DELETED' && isTerminating(object))
        queue.add(keyOf(object))
      const { namespace } = object.metadata
      // The deleted object may have been the last one of its namespace. The new one may have been
      // created too late.
      if (namespace === undefined || type === 'MODIFIED') return
      const found = store.get('Namespace', undefined, namespace)
      if (found !== undefined && isTerminating(found)) queue.add(namespace)
    },
    all() {
      for (const namespace of store.list('Namespace')) queue.add(keyOf(namespace))
    },
  }
}
