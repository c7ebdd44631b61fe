// The garbage collector: what is owned goes after its owner, before it, or is orphaned.
import { builtinKinds } from '#lab/kube/api/kinds.ts'
import { delays } from '#lab/control/delays.ts'
import { deleteObject, dropFinalizer } from './deletion.ts'
import type { KubeObject } from '#lab/control/objects.ts'
import { isTerminating } from '#lab/control/pods.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { workQueue } from '#lab/control/work-queue.ts'

const foreground = 'foregroundDeletion'
const orphan = 'orphan'

const idOf = (object: KubeObject): string =>
  `${object.kind}|${object.metadata.namespace ?? ''}|${object.metadata.name}`

export function garbageCollector(control: Control): Controller {
  const { store } = control.context
  /** Owner's uid → ids of what it owns, in the order of their coming. */
  const dependents = new Map<string, Set<string>>()

  const find = (id: string): KubeObject | undefined => {
    const [kind = '', namespace = '', name = ''] = id.split('|')
    return store.get(kind, namespace === '' ? undefined : namespace, name)
  }
  const dependentsOf = (uid: string): KubeObject[] =>
    [...(dependents.get(uid) ?? [])]
      .flatMap(id => find(id) ?? [])
      .filter(object =>
        (object.metadata.ownerReferences ?? []).some(reference => reference.uid === uid),
      )

  /**
   * An owner is there when it has the name and the uid; a namespaced one in the dependent's
   * namespace.
   */
  const ownerOf = (
    object: KubeObject,
    reference: { kind: string; name: string; uid: string },
  ): KubeObject | undefined =>
    [
      store.get(reference.kind, object.metadata.namespace, reference.name),
      store.get(reference.kind, undefined, reference.name),
    ].find(one => one?.metadata.uid === reference.uid)

  /**
   * Without any owner left it goes. Owners that wait for it in the foreground take it with them, in
   * the foreground.
   */
  const orphans = workQueue(control, delays.reconcile, id => {
    const object = find(id)
    const references = object?.metadata.ownerReferences ?? []
    if (object === undefined || references.length === 0 || isTerminating(object)) return
    const owners = references.map(reference => ({ reference, owner: ownerOf(object, reference) }))
    const solid = owners.filter(({ owner }) => owner !== undefined && !waits(owner))
    if (solid.length === 0) {
      const deep =
        owners.some(({ owner }) => owner !== undefined) &&
        dependentsOf(object.metadata.uid ?? '').length > 0
      if (deep) mark(object)
      deleteObject(control, object)
    } else if (solid.length < owners.length) {
      store.update(object.kind, object.metadata.namespace, object.metadata.name, draft => {
        draft.metadata.ownerReferences = solid.map(({ reference }) => reference)
      })
    }
  })

  const waits = (owner: KubeObject): boolean =>
    isTerminating(owner) && (owner.metadata.finalizers ?? []).includes(foreground)

  const mark = (object: KubeObject) =>
    store.update(object.kind, object.metadata.namespace, object.metadata.name, draft => {
      draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), foreground]
    })

  const owners = workQueue(control, delays.reconcile, id => {
    const owner = find(id)
    if (owner === undefined || !isTerminating(owner)) return
    const uid = owner.metadata.uid ?? ''
    if ((owner.metadata.finalizers ?? []).includes(orphan)) {
      for (const object of dependentsOf(uid)) {
        store.update(object.kind, object.metadata.namespace, object.metadata.name, draft => {
          const rest = (draft.metadata.ownerReferences ?? []).filter(
            reference => reference.uid !== uid,
          )
          if (rest.length > 0) draft.metadata.ownerReferences = rest
          else delete draft.metadata.ownerReferences
        })
      }
      dropFinalizer(control, owner, orphan)
      return
    }
    if (!(owner.metadata.finalizers ?? []).includes(foreground)) return
    const held = dependentsOf(uid)
    for (const object of held) orphans.add(idOf(object))
    const blocking = held.filter(object =>
      (object.metadata.ownerReferences ?? []).some(
        reference => reference.uid === uid && reference.blockOwnerDeletion === true,
      ),
    )
    if (blocking.length === 0) dropFinalizer(control, owner, foreground)
  })

  function index(object: KubeObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? [])
      dependents.set(uid, (dependents.get(uid) ?? new Set()).add(idOf(object)))
  }

  return {
    on({ type, object }) {
      // Upstream collects a node's lease with its Node. Here it stays, and tells of the kubelet
      // that still runs.
      if (object.kind === 'Lease') return
      const { uid = '', ownerReferences = [] } = object.metadata
      if (type === 'DELETED') {
        for (const dependent of dependentsOf(uid)) orphans.add(idOf(dependent))
        dependents.delete(uid)
        for (const reference of ownerReferences) {
          dependents.get(reference.uid)?.delete(idOf(object))
          const owner = ownerOf(object, reference)
          if (owner !== undefined && isTerminating(owner)) owners.add(idOf(owner))
        }
        return
      }
      index(object)
      if (isTerminating(object)) owners.add(idOf(object))
      if (type === 'ADDED' && ownerReferences.length > 0) orphans.add(idOf(object))
    },
    all() {
      dependents.clear()
      for (const { kind } of builtinKinds.filter(
        one => one.form === undefined && one.kind !== 'Lease',
      )) {
        for (const object of store.list(kind)) {
          index(object)
          if ((object.metadata.ownerReferences ?? []).length > 0) orphans.add(idOf(object))
          if (isTerminating(object)) owners.add(idOf(object))
        }
      }
    },
  }
}
