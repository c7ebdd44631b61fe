// The errors that the API server finds in Services.
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, numberAt, textAt } from '#lab/kube/patch/json.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

const notAPort = 'must be between 1 and 65535, inclusive'
const isPort = (number: number): boolean => number >= 1 && number <= 65_535

/** The error in the name of a port. `names`: those of the ports before it. */
function nameErrors(name: string, path: string, single: boolean, names: Set<string>): FieldError[] {
  const isTaken = name !== '' && names.has(name)
  names.add(name)
  if (!single && name === '') return [field.required(`${path}.name`)]
  return isTaken ? [field.duplicate(`${path}.name`, name)] : []
}

function portErrors(port: JsonObject, path: string, type: string): FieldError[] {
  const errors: FieldError[] = []
  const number = numberAt(port, 'port') ?? 0
  if (!isPort(number)) errors.push(field.invalid(`${path}.port`, number, notAPort))
  const target = numberAt(port, 'targetPort')
  if (target !== undefined && !isPort(target))
    errors.push(field.invalid(`${path}.targetPort`, target, notAPort))
  if (type === 'ClusterIP' && (numberAt(port, 'nodePort') ?? 0) !== 0)
    errors.push(field.forbidden(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'"))
  return errors
}

/** The errors in a Service. */
export function validateService(object: JsonObject): FieldError[] {
  const errors: FieldError[] = []
  const ports = listAt(object, 'spec', 'ports')
  const type = textAt(object, 'spec', 'type') ?? 'ClusterIP'
  if (!types.includes(type)) errors.push(field.unsupported('spec.type', type, types))
  const needsPorts = type !== 'ExternalName' && textAt(object, 'spec', 'clusterIP') !== 'None'
  if (ports.length === 0 && needsPorts) errors.push(field.required('spec.ports'))
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const path = `spec.ports[${index}]`
    const name = textAt(port, 'name') ?? ''
    errors.push(...nameErrors(name, path, ports.length === 1, names))
    errors.push(...portErrors(port, path, type))
  }
  return errors
}
