// The errors that the API server finds in an object: the common mistakes, with its texts.
import type { Kind } from '#lab/kube/api/kinds.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, mapAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import { labelSelector } from '#lab/kube/read/label-selector.ts'
import { changeErrors } from './validate-change.ts'
import { validateMeta } from './validate-meta.ts'
import { validatePodSpec } from './validate-pod.ts'
import { validateService } from './validate-service.ts'

/** The kind in the text about an empty selector. Kubernetes names a Deployment for ReplicaSets. */
const emptySelectorOf = (kind: string): string =>
  kind === 'ReplicaSet' ? 'deployment' : kind.toLowerCase()

function selectorErrors(object: JsonObject): FieldError[] {
  const selector = at(object, 'spec', 'selector')
  if (selector === undefined || selector === null) return [field.required('spec.selector')]
  const isEmpty =
    Object.keys(mapAt(selector, 'matchLabels')).length === 0 &&
    listAt(selector, 'matchExpressions').length === 0
  if (isEmpty) {
    const kind = emptySelectorOf(textAt(object, 'kind') ?? '')
    return [field.invalid('spec.selector', selector, `empty selector is invalid for ${kind}`)]
  }
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels')
  if (labelSelector(selector)(mapAt(labels))) return []
  const why = '`selector` does not match template `labels`'
  return [field.invalid('spec.template.metadata.labels', labels, why)]
}

/** The errors in a workload whose pods always restart. */
function validateWorkload(object: JsonObject): FieldError[] {
  const errors: FieldError[] = []
  const replicas = numberAt(object, 'spec', 'replicas')
  if (replicas !== undefined && replicas < 0)
    errors.push(field.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  errors.push(...selectorErrors(object))
  const policy = textAt(object, 'spec', 'template', 'spec', 'restartPolicy')
  if (policy !== undefined && policy !== 'Always')
    errors.push(field.unsupported('spec.template.spec.restartPolicy', policy, ['Always']))
  const claims = listAt(object, 'spec', 'volumeClaimTemplates').flatMap(
    claim => textAt(claim, 'metadata', 'name') ?? [],
  )
  const pod = objectAt(object, 'spec', 'template', 'spec')
  return [...errors, ...validatePodSpec(pod, 'spec.template.spec', claims)]
}

function validateClaim(object: JsonObject): FieldError[] {
  const errors: FieldError[] = []
  const modes = at(object, 'spec', 'accessModes')
  if (!Array.isArray(modes) || modes.length === 0)
    errors.push(field.required('spec.accessModes', 'at least 1 access mode is required'))
  if (at(object, 'spec', 'resources', 'requests', 'storage') === undefined)
    errors.push(field.required('spec.resources[storage]'))
  return errors
}

function validateBudget(object: JsonObject): FieldError[] {
  const spec = objectAt(object, 'spec')
  if (spec['minAvailable'] === undefined || spec['maxUnavailable'] === undefined) return []
  return [field.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
}

const byKind: Readonly<Record<string, (object: JsonObject) => FieldError[]>> = {
  Pod: object => validatePodSpec(objectAt(object, 'spec'), 'spec'),
  Deployment: validateWorkload,
  ReplicaSet: validateWorkload,
  StatefulSet: validateWorkload,
  DaemonSet: validateWorkload,
  Service: validateService,
  PersistentVolumeClaim: validateClaim,
  PodDisruptionBudget: validateBudget,
}

/** The errors in an object by itself, with its defaults. */
export function validate(kind: Kind, object: JsonObject): FieldError[] {
  const errors = validateMeta(kind, object)
  return kind.custom ? errors : [...errors, ...(byKind[kind.kind]?.(object) ?? [])]
}

/** The errors in a changed object and in the change itself. */
export function validateUpdate(kind: Kind, object: JsonObject, before: JsonObject): FieldError[] {
  const errors = validate(kind, object)
  return kind.custom ? errors : [...errors, ...changeErrors(kind.kind, object, before)]
}
