// Owner references, label selectors, and how controllers adopt and release objects.
import type {
  DaemonSet,
  KubeObject,
  LabelSelector,
  Meta,
  StatefulSet,
} from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { keyOf, type Control } from '#lab/control/work-queue.ts'

type OwnerReference = NonNullable<Meta['ownerReferences']>[number]

/** The reference by which `owner` controls an object. */
export function ownerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(reference => reference.controller === true)

export const ownedBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid

/** Whether labels satisfy a selector. An empty selector matches all, a missing one none. */
export function selects(
  selector: LabelSelector | undefined,
  labels: Record<string, string> | undefined,
): boolean {
  if (selector === undefined) return false
  const has = labels ?? {}
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => has[key] === value) &&
    (selector.matchExpressions ?? []).every(expression =>
      satisfies(expression, has[expression.key]),
    )
  )
}

/** Whether a value meets one requirement. `undefined`: the label is missing. */
export function satisfies(
  { operator, values = [] }: { operator: string; values?: string[] },
  value: string | undefined,
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}

/** The objects of a kind in the owner's namespace that it controls. */
export function owned<T extends KubeObject>(
  control: Control,
  owner: KubeObject,
  kind: string,
): T[] {
  return control.context.store
    .list<T>(kind, owner.metadata.namespace)
    .filter(object => ownedBy(object, owner))
}

/**
 * The objects of a kind that the owner controls, after it has adopted those that match and have no
 * controller, and released those that no longer match. An owner that is being deleted adopts none.
 */
export function claimed<T extends KubeObject>(
  control: Control,
  owner: KubeObject,
  kind: string,
  selector: LabelSelector | undefined,
): T[] {
  const kept: T[] = []
  for (const object of control.context.store.list<T>(kind, owner.metadata.namespace)) {
    const matches = selects(selector, object.metadata.labels)
    if (ownedBy(object, owner)) {
      if (matches || owner.metadata.deletionTimestamp !== undefined) kept.push(object)
      else release(control, object, owner)
    } else if (
      matches &&
      controllerOf(object) === undefined &&
      object.metadata.deletionTimestamp === undefined &&
      owner.metadata.deletionTimestamp === undefined
    ) {
      const adopted = updateObject(control, object, draft => {
        draft.metadata.ownerReferences = [
          ...(draft.metadata.ownerReferences ?? []),
          ownerReference(owner),
        ]
      })
      if (adopted !== undefined) kept.push(adopted)
    }
  }
  return kept
}

function release(control: Control, object: KubeObject, owner: KubeObject): void {
  updateObject(control, object, draft => dropOwnerReference(draft, owner.metadata.uid ?? ''))
}

/** Removes the reference to an owner from a draft. */
export function dropOwnerReference(draft: KubeObject, uid: string): void {
  const rest = (draft.metadata.ownerReferences ?? []).filter(reference => reference.uid !== uid)
  if (rest.length > 0) draft.metadata.ownerReferences = rest
  else delete draft.metadata.ownerReferences
}

/**
 * Keys of the sets of a kind that a pod concerns: the set that controls it, or those that could
 * adopt it.
 */
export function setsConcernedBy(
  control: Control,
  pod: KubeObject,
  kind: 'DaemonSet' | 'StatefulSet',
): string[] {
  const owner = controllerOf(pod)
  if (owner !== undefined)
    return owner.kind === kind ? [`${pod.metadata.namespace}/${owner.name}`] : []
  return control.context.store
    .list<DaemonSet | StatefulSet>(kind, pod.metadata.namespace)
    .filter(set => selects(set.spec.selector, pod.metadata.labels))
    .map(keyOf)
}
