// Deletes objects: grace periods for pods, finalizers for all kinds, and the dependents.
import type { KubeObject, Meta } from '#src/model/kube.ts'
import type { Store } from '#lab/kernel/store.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { conflict, notFound, Refusal, resourceOf } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, numberAt, objectAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import { rfc3339 } from '#lab/kube/server.ts'
import type { DeleteOptions } from './delete-options.ts'

/** `gone`: the store no longer has the object. `object`: its last state. */
export interface Deleted {
  gone: boolean
  object: JsonObject
}

/** Metadata of an object whose deletion has begun. */
interface Deletion {
  finalizers: readonly string[]
  /** Seconds. */
  grace: number
  /** RFC 3339: when the grace period ends. */
  timestamp: string
  /** This request began the deletion. */
  first: boolean
}

const protectedNamespaces = ['default', 'kube-system', 'kube-public']

const isFinished = (pod: JsonObject): boolean =>
  ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')

/**
 * Seconds that a pod has to stop; none if nothing runs. @source Kubernetes v1.35, pod strategy
 * CheckGracefulDelete
 */
function podGrace(pod: JsonObject, asked: number | undefined): number {
  if ((textAt(pod, 'spec', 'nodeName') ?? '') === '' || isFinished(pod)) return 0
  // @source Kubernetes default, PodSpec terminationGracePeriodSeconds
  const period = asked ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30
  return period < 0 ? 1 : period
}

function finalizersFor(
  current: readonly string[],
  policy: DeleteOptions['propagationPolicy'],
): readonly string[] {
  const others = current.filter(name => name !== 'foregroundDeletion' && name !== 'orphan')
  switch (policy) {
    case 'Foreground':
      return [...others, 'foregroundDeletion']
    case 'Orphan':
      return [...others, 'orphan']
    case 'Background':
      return others
    // Without a policy the finalizers of the object decide.
    case undefined:
    default:
      return current
  }
}

/** The seconds of grace of this deletion. Once it has begun, grace can only become shorter. */
function graceOf(kind: Kind, stored: KubeObject, asked: number | undefined): number {
  const object = asJson(stored)
  const { deletionTimestamp, deletionGracePeriodSeconds: before } = stored.metadata
  const isPod = kind.kind === 'Pod'
  if (deletionTimestamp === undefined || before === undefined)
    return isPod ? podGrace(object, asked) : 0
  const left = isPod && isFinished(object) ? 0 : before
  return Math.min(before, asked ?? before, left)
}

const hasNamespaceFinalizers = (kind: Kind, object: JsonObject): boolean =>
  kind.kind === 'Namespace' && textsAt(object, 'spec', 'finalizers').length > 0

/**
 * Deletes as `DELETE` does. A pod on a node gets its deletionTimestamp and stays until the kubelet
 * deletes it again with `gracePeriodSeconds: 0`. An object with finalizers stays until they are
 * removed. Everything else goes at once. 404 for a missing object, 409 for failed preconditions and
 * terminating namespaces, 403 for protected namespaces.
 */
export function deleteObject(
  store: Store,
  now: number,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions = {},
): Deleted {
  const stored = store.get(kind.kind, namespace, name)
  if (stored === undefined) throw notFound(kind, name)
  const object = asJson(stored)
  checkPreconditions(kind, stored, options)
  if (kind.kind === 'Namespace') checkNamespace(kind, object, name)
  const { finalizers: current, deletionTimestamp, deletionGracePeriodSeconds } = stored.metadata
  const finalizers = finalizersFor(current ?? [], options.propagationPolicy)
  const grace = graceOf(kind, stored, options.gracePeriodSeconds)
  const first = deletionTimestamp === undefined
  if (finalizers.length === 0 && grace <= 0 && !hasNamespaceFinalizers(kind, object))
    return removeNow(
      store,
      kind,
      stored,
      { finalizers, grace: 0, timestamp: rfc3339(now), first },
      options,
    )
  const began =
    first || deletionGracePeriodSeconds === undefined
      ? now
      : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  const timestamp = rfc3339(began + grace * 1000)
  const deleting = deletingObject(kind, stored, { finalizers, grace, timestamp, first })
  if (options.dryRun === true) return { gone: false, object: asJson(deleting) }
  const made = store.update(kind.kind, namespace, name, draft => Object.assign(draft, deleting))
  return { gone: false, object: asJson(made ?? deleting) }
}

/** Removes an object. */
function removeNow(
  store: Store,
  kind: Kind,
  stored: KubeObject,
  deletion: Deletion,
  options: DeleteOptions,
): Deleted {
  const { namespace, name } = stored.metadata
  if (options.dryRun === true) return { gone: true, object: asJson(stored) }
  // A pod gets its deletionTimestamp first, so watches see two events. @source measured on a v1.35
  // node
  const last =
    kind.kind === 'Pod' && deletion.first
      ? store.update(kind.kind, namespace, name, draft =>
          Object.assign(draft, deletingObject(kind, stored, deletion)),
        )
      : undefined
  store.remove(kind.kind, namespace, name)
  return { gone: true, object: asJson(last ?? stored) }
}

/** The object with the metadata of its deletion. */
function deletingObject(kind: Kind, stored: KubeObject, deletion: Deletion): KubeObject {
  const { finalizers: _finalizers, ...rest } = stored.metadata
  const metadata: Meta = { ...rest }
  if (deletion.finalizers.length > 0) metadata.finalizers = [...deletion.finalizers]
  metadata.deletionTimestamp = deletion.timestamp
  metadata.deletionGracePeriodSeconds = deletion.grace
  // Controllers must see that the deletion began. @source Kubernetes v1.35, rest.BeforeDelete
  metadata.generation = (rest.generation ?? 1) + (deletion.first ? 1 : 0)
  if (kind.kind !== 'Namespace') return { ...stored, metadata }
  const status = { ...objectAt(asJson(stored), 'status'), phase: 'Terminating' }
  return Object.assign({ ...stored, metadata }, { status })
}

function checkPreconditions(kind: Kind, stored: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const check = (field: string, asked: string | undefined, found: string, cause: string): void => {
    if (asked === undefined || asked === found) return
    throw conflict(
      { ...kind, plural: kind.kind },
      stored.metadata.name,
      `the ${field} in the precondition (${asked}) does not match the ${field} in record ` +
        `(${found}). The object might have been ${cause}`,
    )
  }
  check('UID', uid, stored.metadata.uid ?? '', 'deleted and then recreated')
  check('ResourceVersion', resourceVersion, stored.metadata.resourceVersion ?? '', 'modified')
}

function checkNamespace(kind: Kind, object: JsonObject, name: string): void {
  if (protectedNamespaces.includes(name))
    throw new Refusal(
      403,
      'Forbidden',
      `${resourceOf(kind)} "${name}" is forbidden: this namespace may not be deleted`,
      { name, kind: kind.plural },
    )
  if (
    textAt(object, 'metadata', 'deletionTimestamp') !== undefined &&
    textsAt(object, 'spec', 'finalizers').length > 0
  )
    throw conflict(
      kind,
      name,
      'The system is ensuring all content is removed from this namespace.  Upon completion, ' +
        'this namespace will automatically be purged by the system.',
    )
}

/** Whether the deletion of an object has begun and nothing delays its removal any longer. */
export function mayGo(object: JsonObject): boolean {
  const meta = objectAt(object, 'metadata')
  if (textAt(meta, 'deletionTimestamp') === undefined || textsAt(meta, 'finalizers').length > 0)
    return false
  if (object['kind'] === 'Namespace' && textsAt(object, 'spec', 'finalizers').length > 0)
    return false
  return (numberAt(meta, 'deletionGracePeriodSeconds') ?? 0) === 0
}
