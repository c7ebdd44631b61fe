// The garbage collector: deletes dependents after their owner or before it, or orphans them.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { builtinKinds } from '#lab/kube/api/kinds.ts'
import { delays } from '#lab/control/delays.ts'
import { deleteObject, dropFinalizer } from './deletion.ts'
import type { KubeObject } from '#lab/control/objects.ts'
import { isTerminating } from '#lab/control/pods.ts'
import { dropOwnerReference } from '#lab/control/workloads/ownership.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { workQueue } from '#lab/control/work-queue.ts'
import { updateObject } from './update.ts'

const foreground = 'foregroundDeletion'
const orphan = 'orphan'

const idOf = (object: KubeObject): string =>
  `${object.kind}|${object.metadata.namespace ?? ''}|${object.metadata.name}`

class GarbageCollector implements Controller {
  readonly #control: Control
  readonly #store: Store
  /** Ids of dependents by the uid of their owner, in order of arrival. */
  readonly #dependents = new Map<string, Set<string>>()
  /** Dependents that may have lost their last owner. */
  readonly #orphans: Queue
  /** Owners that are being deleted. */
  readonly #owners: Queue

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#orphans = workQueue(control, delays.reconcile, id => this.#collect(id))
    this.#owners = workQueue(control, delays.reconcile, id => this.#releaseOwner(id))
  }

  on({ type, object }: StoreEvent): void {
    // Upstream collects the Lease of a deleted Node. The lab keeps it as proof that the kubelet
    // still runs.
    if (object.kind === 'Lease') return
    const { uid = '', ownerReferences = [] } = object.metadata
    if (type === 'DELETED') {
      for (const dependent of this.#dependentsOf(uid)) this.#orphans.add(idOf(dependent))
      this.#dependents.delete(uid)
      for (const reference of ownerReferences) {
        this.#dependents.get(reference.uid)?.delete(idOf(object))
        const owner = this.#ownerOf(object, reference)
        if (owner !== undefined && isTerminating(owner)) this.#owners.add(idOf(owner))
      }
      return
    }
    this.#index(object)
    if (isTerminating(object)) this.#owners.add(idOf(object))
    if (type === 'ADDED' && ownerReferences.length > 0) this.#orphans.add(idOf(object))
  }

  all(): void {
    this.#dependents.clear()
    for (const { kind } of builtinKinds.filter(
      one => one.form === undefined && one.kind !== 'Lease',
    )) {
      for (const object of this.#store.list(kind)) {
        this.#index(object)
        if ((object.metadata.ownerReferences ?? []).length > 0) this.#orphans.add(idOf(object))
        if (isTerminating(object)) this.#owners.add(idOf(object))
      }
    }
  }

  /**
   * Deletes an object without a remaining owner; otherwise removes references to deleted owners.
   */
  #collect(id: string): void {
    const object = this.#find(id)
    const references = object?.metadata.ownerReferences ?? []
    if (object === undefined || references.length === 0 || isTerminating(object)) return
    const owners = references.map(reference => ({
      reference,
      owner: this.#ownerOf(object, reference),
    }))
    const solid = owners.filter(
      ({ owner }) => owner !== undefined && !this.#isForegroundDeleting(owner),
    )
    if (solid.length === 0) {
      const deep =
        owners.some(({ owner }) => owner !== undefined) &&
        this.#dependentsOf(object.metadata.uid ?? '').length > 0
      if (deep) this.#requireForeground(object)
      deleteObject(this.#control, object)
    } else if (solid.length < owners.length) {
      updateObject(this.#control, object, draft => {
        draft.metadata.ownerReferences = solid.map(({ reference }) => reference)
      })
    }
  }

  /** Removes the finalizer of an owner that is being deleted, once its dependents allow it. */
  #releaseOwner(id: string): void {
    const owner = this.#find(id)
    if (owner === undefined || !isTerminating(owner)) return
    const uid = owner.metadata.uid ?? ''
    if ((owner.metadata.finalizers ?? []).includes(orphan)) {
      for (const object of this.#dependentsOf(uid))
        updateObject(this.#control, object, draft => dropOwnerReference(draft, uid))
      dropFinalizer(this.#control, owner, orphan)
      return
    }
    if (!(owner.metadata.finalizers ?? []).includes(foreground)) return
    const dependents = this.#dependentsOf(uid)
    for (const object of dependents) this.#orphans.add(idOf(object))
    const blocking = dependents.filter(object =>
      (object.metadata.ownerReferences ?? []).some(
        reference => reference.uid === uid && reference.blockOwnerDeletion === true,
      ),
    )
    if (blocking.length === 0) dropFinalizer(this.#control, owner, foreground)
  }

  #find(id: string): KubeObject | undefined {
    const [kind = '', namespace = '', name = ''] = id.split('|')
    return this.#store.get(kind, namespace === '' ? undefined : namespace, name)
  }

  #dependentsOf(uid: string): KubeObject[] {
    return [...(this.#dependents.get(uid) ?? [])]
      .flatMap(id => this.#find(id) ?? [])
      .filter(object =>
        (object.metadata.ownerReferences ?? []).some(reference => reference.uid === uid),
      )
  }

  /** The owner with the referenced name and uid, in the dependent's namespace or cluster-wide. */
  #ownerOf(
    object: KubeObject,
    reference: { kind: string; name: string; uid: string },
  ): KubeObject | undefined {
    return [
      this.#store.get(reference.kind, object.metadata.namespace, reference.name),
      this.#store.get(reference.kind, undefined, reference.name),
    ].find(one => one?.metadata.uid === reference.uid)
  }

  #isForegroundDeleting(owner: KubeObject): boolean {
    return isTerminating(owner) && (owner.metadata.finalizers ?? []).includes(foreground)
  }

  #requireForeground(object: KubeObject): void {
    updateObject(this.#control, object, draft => {
      draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), foreground]
    })
  }

  #index(object: KubeObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? [])
      this.#dependents.set(uid, (this.#dependents.get(uid) ?? new Set()).add(idOf(object)))
  }
}

export const garbageCollector = (control: Control): Controller => new GarbageCollector(control)
