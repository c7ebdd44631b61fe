// The errors that the API server finds in a container.
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'

const notAPort = 'must be between 1 and 65535, inclusive'

/**
 * The errors in a container, which is at `path` in its object. `volumes`: the names that it may
 * mount. `names`: those of the containers before it; its own is added.
 */
export function validateContainer(
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
  return [
    ...errors,
    ...portErrors(container, path),
    ...mountErrors(container, path, volumes),
    ...probeErrors(container, path),
    ...resourceErrors(container, path),
  ]
}

function portErrors(container: JsonObject, path: string): FieldError[] {
  return listAt(container, 'ports').flatMap((port, index): FieldError[] => {
    const here = `${path}.ports[${index}].containerPort`
    const number = numberAt(port, 'containerPort')
    if (number === undefined) return [field.required(here)]
    return number < 1 || number > 65_535 ? [field.invalid(here, number, notAPort)] : []
  })
}

function mountErrors(
  container: JsonObject,
  path: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  return listAt(container, 'volumeMounts').flatMap((mount, index) => {
    const volume = textAt(mount, 'name') ?? ''
    const here = `${path}.volumeMounts[${index}].name`
    return volumes.has(volume) ? [] : [field.notFound(here, volume)]
  })
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe']
const handlers = ['exec', 'grpc', 'httpGet', 'tcpSocket']

function probeErrors(container: JsonObject, path: string): FieldError[] {
  return probes.flatMap(kind => {
    if (container[kind] === undefined) return []
    const probe = objectAt(container, kind)
    const here = `${path}.${kind}`
    const errors: FieldError[] = []
    if (handlers.every(handler => probe[handler] === undefined))
      errors.push(field.required(here, 'must specify a handler type'))
    const http = probe['httpGet'] ?? undefined
    if (http !== undefined && at(http, 'port') === undefined)
      errors.push(field.invalid(`${here}.httpGet.port`, 0, notAPort))
    const successes = numberAt(probe, 'successThreshold') ?? 1
    if (kind !== 'readinessProbe' && successes !== 1)
      errors.push(field.invalid(`${here}.successThreshold`, successes, 'must be 1'))
    return errors
  })
}

/** @source Kubernetes v1.35, validation: a request must not exceed its limit */
function resourceErrors(container: JsonObject, path: string): FieldError[] {
  const limits = objectAt(container, 'resources', 'limits')
  const requests = Object.entries(objectAt(container, 'resources', 'requests'))
  return requests.flatMap(([resource, request]) => {
    const limit = limits[resource]
    if (limit === undefined || !(amount(request) > amount(limit))) return []
    const text = JSON.stringify(limit).replaceAll('"', '')
    const why = `must be less than or equal to ${resource} limit of ${text}`
    return [field.invalid(`${path}.resources.requests`, request, why)]
  })
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
 * A quantity as a number, or NaN for any other value: NaN compares with no number. @source
 * Kubernetes documentation, Resource units
 */
function amount(quantity: Json): number {
  const parts = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(
    typeof quantity === 'string' ? quantity : JSON.stringify(quantity),
  )
  return parts === null ? Number.NaN : Number(parts[1]) * (suffixes[parts[2] ?? ''] ?? Number.NaN)
}
