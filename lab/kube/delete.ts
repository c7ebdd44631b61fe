// How objects go: grace for pods, finalizers for all, and who decides about dependents.
import type { Store } from '#lab/kernel/store.ts'
import type { Json, JsonObject } from './patch/json.ts'
import { asJson, numberAt, objectAt, textAt, textsAt } from './patch/json.ts'
import type { KubeObject, Meta } from '#src/model/kube.ts'
import type { Kind } from './api/kinds.ts'
import { rfc3339 } from './server.ts'
import { conflict, notFound, Refusal, resourceOf } from './messages/status.ts'

export interface DeleteOptions {
  gracePeriodSeconds?: number
  /** `Background` is what upstream does unless told. */
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  preconditions?: { uid?: string; resourceVersion?: string }
  dryRun?: boolean
}

/** `gone`: not in the store any more. `object`: as it was last. */
export interface Deleted {
  gone: boolean
  object: JsonObject
}

const protectedNamespaces = ['default', 'kube-system', 'kube-public']

/**
 * Seconds that a pod has to stop; none when there is nothing to stop. @source Kubernetes v1.35, pod
 * strategy CheckGracefulDelete
 */
function podGrace(pod: JsonObject, asked: number | undefined): number {
  const phase = textAt(pod, 'status', 'phase')
  if ((textAt(pod, 'spec', 'nodeName') ?? '') === '' || phase === 'Succeeded' || phase === 'Failed')
    return 0
  // @source Kubernetes default, PodSpec terminationGracePeriodSeconds
  const period = asked ?? numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30
  return period < 0 ? 1 : period
}

function finalizersFor(
  current: readonly string[],
  policy: DeleteOptions['propagationPolicy'],
): string[] {
  const others = current.filter(name => name !== 'foregroundDeletion' && name !== 'orphan')
  switch (policy) {
    case 'Foreground':
      return [...others, 'foregroundDeletion']
    case 'Orphan':
      return [...others, 'orphan']
    case 'Background':
      return others
    // Nothing asked: what the object already carries decides.
    case undefined:
    default:
      return [...current]
  }
}

/**
 * Deletes as `DELETE` does. A bound pod gets its deletionTimestamp and stays for the kubelet, which
 * deletes it again with
 * `gracePeriodSeconds: 0`; an object with finalizers stays until they are gone; everything else
 * goes at once.
 * Refuses with 404 and 409 (preconditions, protected or already terminating namespaces).
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
  const meta = stored.metadata
  const finalizers = finalizersFor(meta.finalizers ?? [], options.propagationPolicy)
  const isPod = kind.kind === 'Pod'
  const terminating = meta.deletionTimestamp !== undefined
  const had = meta.deletionGracePeriodSeconds
  const asked = isPod ? podGrace(object, options.gracePeriodSeconds) : 0
  // Once deletion began, grace can only become shorter.
  const grace =
    terminating && had !== undefined
      ? Math.min(had, options.gracePeriodSeconds ?? had, podTerminated(object, isPod) ? 0 : had)
      : asked
  const stays =
    finalizers.length > 0 ||
    (textsAt(object, 'spec', 'finalizers').length > 0 && kind.kind === 'Namespace') ||
    grace > 0
  if (!stays) {
    if (options.dryRun === true) return { gone: true, object }
    // A pod that goes at once is marked first: watchers hear of both. @source measured on a v1.35
    // node
    const last =
      isPod && !terminating
        ? store.update(kind.kind, namespace, name, draft =>
            Object.assign(
              draft,
              markedObject(stored, {
                finalizers,
                grace: 0,
                timestamp: rfc3339(now),
                first: true,
                namespace: false,
              }),
            ),
          )
        : undefined
    store.remove(kind.kind, namespace, name)
    return { gone: true, object: last === undefined ? object : asJson(last) }
  }
  const began =
    terminating && had !== undefined ? Date.parse(meta.deletionTimestamp!) - had * 1000 : now
  const marked = markedObject(stored, {
    finalizers,
    grace,
    timestamp: rfc3339(began + grace * 1000),
    first: !terminating,
    namespace: kind.kind === 'Namespace',
  })
  if (options.dryRun === true) return { gone: false, object: asJson(marked) }
  const made = store.update(kind.kind, namespace, name, draft => Object.assign(draft, marked))
  return { gone: false, object: asJson(made ?? marked) }
}

const podTerminated = (object: JsonObject, isPod: boolean): boolean =>
  isPod && ['Succeeded', 'Failed'].includes(textAt(object, 'status', 'phase') ?? '')

interface Mark {
  finalizers: string[]
  grace: number
  timestamp: string
  first: boolean
  namespace: boolean
}

function markedObject(stored: KubeObject, mark: Mark): KubeObject {
  const { finalizers: _finalizers, ...rest } = stored.metadata
  const metadata: Meta = {
    ...rest,
    ...(mark.finalizers.length === 0 ? {} : { finalizers: mark.finalizers }),
    deletionTimestamp: mark.timestamp,
    deletionGracePeriodSeconds: mark.grace,
    // The beginning of a deletion is a change that controllers must see. @source Kubernetes v1.35,
    // rest.BeforeDelete
    generation: (rest.generation ?? 1) + (mark.first ? 1 : 0),
  }
  const status = objectAt(asJson(stored), 'status')
  return {
    ...stored,
    metadata,
    ...(mark.namespace ? { status: { ...status, phase: 'Terminating' } } : {}),
  }
}

function checkPreconditions(kind: Kind, stored: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const { name } = stored.metadata
  const hasUid = stored.metadata.uid ?? ''
  const hasVersion = stored.metadata.resourceVersion ?? ''
  if (uid !== undefined && uid !== hasUid) {
    throw conflict(
      { ...kind, plural: kind.kind },
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${hasUid}). The object might have been deleted and then recreated`,
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== hasVersion) {
    throw conflict(
      { ...kind, plural: kind.kind },
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${hasVersion}). The object might have been modified`,
    )
  }
}

function checkNamespace(kind: Kind, object: JsonObject, name: string): void {
  if (protectedNamespaces.includes(name)) {
    throw new Refusal(
      403,
      'Forbidden',
      `${resourceOf(kind)} "${name}" is forbidden: this namespace may not be deleted`,
      { name, kind: kind.plural },
    )
  }
  if (
    textAt(object, 'metadata', 'deletionTimestamp') !== undefined &&
    textsAt(object, 'spec', 'finalizers').length > 0
  ) {
    throw conflict(
      kind,
      name,
      'The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.',
    )
  }
}

/** Whether nothing holds an object back any more whose deletion began. */
export function mayGo(object: JsonObject): boolean {
  const meta = objectAt(object, 'metadata')
  if (textAt(meta, 'deletionTimestamp') === undefined || textsAt(meta, 'finalizers').length > 0)
    return false
  if (object['kind'] === 'Namespace' && textsAt(object, 'spec', 'finalizers').length > 0)
    return false
  return (numberAt(meta, 'deletionGracePeriodSeconds') ?? 0) === 0
}

/**
 * Reads the options of a DELETE from its body and query; the body wins. Policies that are none are
 * a 422.
 */
export function readDeleteOptions(body: Json | undefined, query: URLSearchParams): DeleteOptions {
  const given = objectAt(body)
  const grace =
    numberAt(given, 'gracePeriodSeconds') ??
    (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined)
  const policy =
    textAt(given, 'propagationPolicy') ??
    query.get('propagationPolicy') ??
    (given['orphanDependents'] === true ? 'Orphan' : undefined)
  if (
    policy !== undefined &&
    policy !== 'Foreground' &&
    policy !== 'Background' &&
    policy !== 'Orphan'
  ) {
    throw new Refusal(
      422,
      'Invalid',
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "${policy}": supported values: "Background", "Foreground", "Orphan", "nil"`,
      {
        group: 'meta.k8s.io',
        kind: 'DeleteOptions',
        causes: [
          {
            reason: 'FieldValueNotSupported',
            message: `Unsupported value: "${policy}": supported values: "Background", "Foreground", "Orphan", "nil"`,
            field: 'propagationPolicy',
          },
        ],
      },
    )
  }
  const uid = textAt(given, 'preconditions', 'uid')
  const resourceVersion = textAt(given, 'preconditions', 'resourceVersion')
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    preconditions: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    dryRun: textsAt(given, 'dryRun').includes('All') || query.get('dryRun') === 'All',
  }
}
