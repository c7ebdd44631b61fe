// The table of nodes.
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, mapAt, textAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import { age, column, listed, name, nameOf, texts, wide } from './table-column.ts'

function readiness(node: JsonObject): string {
  const ready = listAt(node, 'status', 'conditions').find(each => each['type'] === 'Ready')
  if (ready === undefined) return 'Unknown'
  return ready['status'] === 'True' ? 'Ready' : 'NotReady'
}

function nodeStatus(node: JsonObject): string {
  const words = [readiness(node)]
  if (at(node, 'spec', 'unschedulable') === true) words.push('SchedulingDisabled')
  return words.join(',')
}

const rolePrefix = 'node-role.kubernetes.io/'

/** The role that a label gives, if any. @source Kubernetes v1.35, printers: findNodeRoles */
function roleOf(key: string, value: string): string | undefined {
  if (key.startsWith(rolePrefix) && key.length > rolePrefix.length)
    return key.slice(rolePrefix.length)
  return key === 'kubernetes.io/role' && value !== '' ? value : undefined
}

const nodeRoles = (node: JsonObject): string =>
  listed(
    Object.entries(mapAt(node, 'metadata', 'labels'))
      .flatMap(([key, value]) => roleOf(key, value) ?? [])
      .toSorted(),
  )

const addressOf = (node: JsonObject, type: string): string =>
  textAt(
    listAt(node, 'status', 'addresses').find(each => each['type'] === type),
    'address',
  ) ?? '<none>'
const infoOf = (node: JsonObject, field: string): string =>
  textAt(node, 'status', 'nodeInfo', field) || '<unknown>'

/** @source Kubernetes v1.35, printers: columns of nodes */
export const nodePrinter: Printer = {
  columns: [
    name,
    ...texts('Status', 'Roles'),
    age,
    column('Version'),
    wide('Internal-IP'),
    wide('External-IP'),
    wide('OS-Image'),
    wide('Kernel-Version'),
    wide('Container-Runtime'),
  ],
  cells: (object, { ageOf }) => [
    nameOf(object),
    nodeStatus(object),
    nodeRoles(object),
    ageOf(object),
    textAt(object, 'status', 'nodeInfo', 'kubeletVersion') ?? '',
    addressOf(object, 'InternalIP'),
    addressOf(object, 'ExternalIP'),
    infoOf(object, 'osImage'),
    infoOf(object, 'kernelVersion'),
    infoOf(object, 'containerRuntimeVersion'),
  ],
}
