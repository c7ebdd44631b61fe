// What the API server refuses in pods and pod templates.
import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'

function validateContainer(
  container: JsonObject,
  path: string,
  volumes: ReadonlySet<string>,
  names: Set<string>,
): FieldError[] {
  const errors: FieldError[] = []
  const name = textAt(container, 'name') ?? ''
  if (name === '') errors.push(field.required(`${path}.name`))
  else if (names.has(name)) errors.push(field.duplicate(`${path}.name`, name))
  names.add(name)
  if ((textAt(container, 'image') ?? '') === '') errors.push(field.required(`${path}.image`))
  for (const [index, port] of listAt(container, 'ports').entries()) {
    const number = numberAt(port, 'containerPort')
    if (number === undefined) errors.push(field.required(`${path}.ports[${index}].containerPort`))
    else if (number < 1 || number > 65_535)
      errors.push(
        field.invalid(
          `${path}.ports[${index}].containerPort`,
          number,
          'must be between 1 and 65535, inclusive',
        ),
      )
  }
  for (const [index, mount] of listAt(container, 'volumeMounts').entries()) {
    const volume = textAt(mount, 'name') ?? ''
    if (!volumes.has(volume))
      errors.push(field.notFound(`${path}.volumeMounts[${index}].name`, volume))
  }
  for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = objectAt(container, kind)
    const ways = ['exec', 'grpc', 'httpGet', 'tcpSocket'].filter(way => probe[way] !== undefined)
    if (container[kind] === undefined) continue
    if (ways.length === 0)
      errors.push(field.required(`${path}.${kind}`, 'must specify a handler type'))
    if (
      probe['httpGet'] !== undefined &&
      probe['httpGet'] !== null &&
      at(probe, 'httpGet', 'port') === undefined
    ) {
      errors.push(
        field.invalid(`${path}.${kind}.httpGet.port`, 0, 'must be between 1 and 65535, inclusive'),
      )
    }
    if (
      kind !== 'readinessProbe' &&
      numberAt(probe, 'successThreshold') !== undefined &&
      numberAt(probe, 'successThreshold') !== 1
    ) {
      errors.push(
        field.invalid(
          `${path}.${kind}.successThreshold`,
          probe['successThreshold'] ?? null,
          'must be 1',
        ),
      )
    }
  }
  return [...errors, ...validateResources(container, path)]
}

/**
 * @source Kubernetes v1.35, validation: requests of a resource that cannot be overcommitted or more
 * than its limit
 */
function validateResources(container: JsonObject, path: string): FieldError[] {
  const limits = objectAt(container, 'resources', 'limits')
  return Object.entries(objectAt(container, 'resources', 'requests')).flatMap(
    ([resource, request]) => {
      const limit = limits[resource]
      if (limit === undefined || !(amount(request) > amount(limit))) return []
      return [
        field.invalid(
          `${path}.resources.requests`,
          request,
          `must be less than or equal to ${resource} limit of ${JSON.stringify(limit).replaceAll('"', '')}`,
        ),
      ]
    },
  )
}

const suffixes: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/**
 * A quantity as a number; NaN, which compares with nothing, for what is none. @source Kubernetes
 * documentation, Resource units
 */
function amount(quantity: Json): number {
  const parts = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(
    typeof quantity === 'string' ? quantity : JSON.stringify(quantity),
  )
  return parts === null ? Number.NaN : Number(parts[1]) * (suffixes[parts[2] ?? ''] ?? Number.NaN)
}

/**
 * What is wrong with a pod's spec, at `path` in its object. Claim templates of StatefulSets count
 * as volumes only there.
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
  const containers = listAt(spec, 'containers')
  if (containers.length === 0) errors.push(field.required(`${path}.containers`))
  containers.forEach((container, index) =>
    errors.push(...validateContainer(container, `${path}.containers[${index}]`, volumes, names)),
  )
  listAt(spec, 'initContainers').forEach((container, index) =>
    errors.push(
      ...validateContainer(container, `${path}.initContainers[${index}]`, volumes, names),
    ),
  )
  const policy = textAt(spec, 'restartPolicy')
  if (policy !== undefined && !['Always', 'OnFailure', 'Never'].includes(policy))
    errors.push(
      field.unsupported(`${path}.restartPolicy`, policy, ['Always', 'OnFailure', 'Never']),
    )
  return errors
}

/**
 * The spec with what may change taken away. @source Kubernetes documentation, Pods: pod update and
 * replacement
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

/** What is wrong with changing a pod: almost all of its spec is fixed. */
export function validatePodUpdate(object: JsonObject, before: JsonObject): FieldError[] {
  const now = objectAt(object, 'spec')
  const had = objectAt(before, 'spec')
  const kept = listAt(had, 'tolerations').every(toleration =>
    listAt(now, 'tolerations').some(other => isDeepStrictEqual(other, toleration)),
  )
  if (kept && isDeepStrictEqual(fixedPart(now), fixedPart(had))) return []
  return [
    field.forbidden(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ]
}
