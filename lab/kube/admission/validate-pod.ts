// The errors that the API server finds in pods and pod templates.
import { isDeepStrictEqual } from 'node:util'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import { validateContainer } from './validate-container.ts'

const restartPolicies = ['Always', 'OnFailure', 'Never']

/**
 * The errors in a pod's spec, which is at `path` in its object. `claims`: the claim templates of a
 * StatefulSet, which count as volumes.
 */
export function validatePodSpec(
  spec: JsonObject,
  path: string,
  claims: readonly string[] = [],
): FieldError[] {
  const errors: FieldError[] = []
  const volumes = new Set([
    ...claims,
    ...listAt(spec, 'volumes').flatMap(volume => textAt(volume, 'name') ?? []),
  ])
  const names = new Set<string>()
  if (listAt(spec, 'containers').length === 0) errors.push(field.required(`${path}.containers`))
  for (const list of ['containers', 'initContainers'])
    for (const [index, container] of listAt(spec, list).entries())
      errors.push(...validateContainer(container, `${path}.${list}[${index}]`, volumes, names))
  const policy = textAt(spec, 'restartPolicy')
  if (policy !== undefined && !restartPolicies.includes(policy))
    errors.push(field.unsupported(`${path}.restartPolicy`, policy, restartPolicies))
  return errors
}

/**
 * The spec without the fields that may change. @source Kubernetes documentation, Pods: pod update
 * and replacement
 */
function fixedPart(spec: JsonObject): JsonObject {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec
  const images = (containers: JsonObject[]): JsonObject[] =>
    containers.map(({ image: _image, ...fixed }) => fixed)
  return {
    ...rest,
    containers: images(listAt(spec, 'containers')),
    initContainers: images(listAt(spec, 'initContainers')),
  }
}

/** The errors in the change of a pod. Almost all of its spec must stay. */
export function validatePodUpdate(object: JsonObject, before: JsonObject): FieldError[] {
  const spec = objectAt(object, 'spec')
  const old = objectAt(before, 'spec')
  const keepsTolerations = listAt(old, 'tolerations').every(toleration =>
    listAt(spec, 'tolerations').some(other => isDeepStrictEqual(other, toleration)),
  )
  if (keepsTolerations && isDeepStrictEqual(fixedPart(spec), fixedPart(old))) return []
  const why =
    'pod updates may not change fields other than `spec.containers[*].image`,' +
    '`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only ' +
    'additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be ' +
    'set to 1 if it was previously negative)'
  return [field.forbidden('spec', why)]
}
