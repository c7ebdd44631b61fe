// The errors that the API server finds in a change: fields that must stay as they are.
import { isDeepStrictEqual } from 'node:util'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, objectAt, textAt } from '#lab/kube/patch/json.ts'
import { validatePodUpdate } from './validate-pod.ts'

type Check = (object: JsonObject, before: JsonObject) => FieldError[]

/** A check that the value at a path stays. */
const immutable =
  (...path: string[]): Check =>
  (object, before) => {
    const now = at(object, ...path) ?? null
    return isDeepStrictEqual(now, at(before, ...path) ?? null)
      ? []
      : [field.invalid(path.join('.'), now, 'field is immutable')]
  }

const omit = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))

/** Whether the specs are equal apart from some fields. */
const sameSpec = (object: JsonObject, before: JsonObject, apart: readonly string[]): boolean =>
  isDeepStrictEqual(omit(objectAt(object, 'spec'), apart), omit(objectAt(before, 'spec'), apart))

/** @source Kubernetes v1.35, apps/v1 StatefulSet: fields that may change */
const statefulSetFields = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

function statefulSet(object: JsonObject, before: JsonObject): FieldError[] {
  if (sameSpec(object, before, statefulSetFields)) return []
  const names = statefulSetFields.map(name => `'${name}'`)
  const listed = `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
  const why = `updates to statefulset spec for fields other than ${listed} are forbidden`
  return [field.forbidden('spec', why)]
}

function service(object: JsonObject, before: JsonObject): FieldError[] {
  const old = textAt(before, 'spec', 'clusterIP') ?? ''
  const address = textAt(object, 'spec', 'clusterIP') ?? ''
  const isExternal = [object, before].some(each => textAt(each, 'spec', 'type') === 'ExternalName')
  return old === '' || old === address || isExternal
    ? []
    : [field.invalid('spec.clusterIPs[0]', [address], 'may not change once set')]
}

function claim(object: JsonObject, before: JsonObject): FieldError[] {
  // The binder sets volumeName once. A bound claim may ask for more storage.
  const isBound = textAt(before, 'spec', 'volumeName') !== undefined
  const mayChange = [
    'resources',
    'volumeAttributesClassName',
    ...(isBound ? [] : ['volumeName', 'storageClassName']),
  ]
  if (sameSpec(object, before, mayChange)) return []
  const why =
    'spec is immutable after creation except resources.requests and volumeAttributesClassName ' +
    'for bound claims'
  return [field.forbidden('spec', why)]
}

function binding(object: JsonObject, before: JsonObject): FieldError[] {
  const role = objectAt(object, 'roleRef')
  return isDeepStrictEqual(role, objectAt(before, 'roleRef'))
    ? []
    : [field.invalid('roleRef', role, 'cannot change roleRef')]
}

const selector = immutable('spec', 'selector')
const template = immutable('spec', 'template')

const checks: Readonly<Record<string, Check>> = {
  Pod: validatePodUpdate,
  Deployment: selector,
  ReplicaSet: selector,
  DaemonSet: selector,
  StatefulSet: statefulSet,
  Job: (object, before) => [...selector(object, before), ...template(object, before)],
  Service: service,
  PersistentVolumeClaim: claim,
  Secret: immutable('type'),
  RoleBinding: binding,
  ClusterRoleBinding: binding,
}

/** The errors in the change from `before` to `object`. */
export const changeErrors = (kind: string, object: JsonObject, before: JsonObject): FieldError[] =>
  checks[kind]?.(object, before) ?? []
