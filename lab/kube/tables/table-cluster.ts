// Nodes, namespaces, events, configuration and rights in a table.
import { since } from '#lab/kube/messages/duration-text.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, mapAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import { age, column, integers, listed, name, nameOf, texts, wide } from './table-column.ts'

function nodeStatus(node: JsonObject): string {
  const ready = listAt(node, 'status', 'conditions').find(each => each['type'] === 'Ready')
  const words = [
    ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady',
  ]
  if (at(node, 'spec', 'unschedulable') === true) words.push('SchedulingDisabled')
  return words.join(',')
}

function nodeRoles(node: JsonObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.entries(mapAt(node, 'metadata', 'labels')).flatMap(([key, value]) =>
    key.startsWith(prefix) && key.length > prefix.length
      ? [key.slice(prefix.length)]
      : key === 'kubernetes.io/role' && value !== ''
        ? [value]
        : [],
  )
  return listed(roles.toSorted())
}

const addressOf = (node: JsonObject, type: string): string =>
  textAt(
    listAt(node, 'status', 'addresses').find(each => each['type'] === type),
    'address',
  ) ?? '<none>'
const infoOf = (node: JsonObject, field: string): string =>
  textAt(node, 'status', 'nodeInfo', field) || '<unknown>'

/** An event's first and last time: of its series, of its legacy fields, or its own. */
function eventTimes(event: JsonObject): { first: string | undefined; last: string | undefined } {
  const own = textAt(event, 'eventTime')
  return {
    first: textAt(event, 'firstTimestamp') ?? textAt(event, 'deprecatedFirstTimestamp') ?? own,
    last:
      textAt(event, 'series', 'lastObservedTime') ??
      textAt(event, 'lastTimestamp') ??
      textAt(event, 'deprecatedLastTimestamp') ??
      own,
  }
}

const subjectsOf = (binding: JsonObject, kind: string): string =>
  listAt(binding, 'subjects')
    .filter(each => each['kind'] === kind)
    .map(each =>
      kind === 'ServiceAccount'
        ? `${textAt(each, 'namespace') ?? ''}/${textAt(each, 'name') ?? ''}`
        : (textAt(each, 'name') ?? ''),
    )
    .join(', ')

const binding: Printer = {
  columns: [name, column('Role'), age, wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  cells: (object, { ageOf }) => [
    nameOf(object),
    `${textAt(object, 'roleRef', 'kind') ?? ''}/${textAt(object, 'roleRef', 'name') ?? ''}`,
    ageOf(object),
    subjectsOf(object, 'User'),
    subjectsOf(object, 'Group'),
    subjectsOf(object, 'ServiceAccount'),
  ],
}
const createdAt: Printer = {
  columns: [name, column('Created At')],
  cells: object => [nameOf(object), textAt(object, 'metadata', 'creationTimestamp') ?? ''],
}
const webhooks: Printer = {
  columns: [name, ...integers('Webhooks'), age],
  cells: (object, { ageOf }) => [nameOf(object), listAt(object, 'webhooks').length, ageOf(object)],
}

/** @source Kubernetes v1.35, printers: columns by kind */
export const clusterPrinters: Readonly<Record<string, Printer>> = {
  Node: {
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
  },
  Namespace: {
    columns: [name, column('Status'), age],
    cells: (object, { ageOf }) => [
      nameOf(object),
      textAt(object, 'status', 'phase') ?? '',
      ageOf(object),
    ],
  },
  Event: {
    columns: [
      ...texts('Last Seen', 'Type', 'Reason', 'Object'),
      wide('Subobject'),
      wide('Source'),
      column('Message'),
      wide('First Seen'),
      wide('Count', 'integer'),
      { ...name, priority: 1 },
    ],
    cells: (object, { now }) => {
      const about = objectAt(
        object,
        at(object, 'regarding') === undefined ? 'involvedObject' : 'regarding',
      )
      const source = objectAt(
        object,
        at(object, 'deprecatedSource') === undefined ? 'source' : 'deprecatedSource',
      )
      const [component, host] = [
        textAt(source, 'component') ||
          (textAt(object, 'reportingComponent') ?? textAt(object, 'reportingController') ?? ''),
        textAt(source, 'host') ?? '',
      ]
      const { first, last } = eventTimes(object)
      const count =
        numberAt(object, 'series', 'count') ??
        numberAt(object, 'count') ??
        numberAt(object, 'deprecatedCount') ??
        1
      return [
        since(last, now),
        textAt(object, 'type') ?? '',
        textAt(object, 'reason') ?? '',
        `${(textAt(about, 'kind') ?? '').toLowerCase()}/${textAt(about, 'name') ?? ''}`,
        textAt(about, 'fieldPath') ?? '',
        [component, host].filter(Boolean).join(', '),
        (textAt(object, 'message') ?? textAt(object, 'note') ?? '').trim(),
        since(first, now),
        Math.max(1, count),
        nameOf(object),
      ]
    },
  },
  ConfigMap: {
    columns: [name, ...integers('Data'), age],
    cells: (object, { ageOf }) => [
      nameOf(object),
      Object.keys(objectAt(object, 'data')).length +
        Object.keys(objectAt(object, 'binaryData')).length,
      ageOf(object),
    ],
  },
  Secret: {
    columns: [name, column('Type'), ...integers('Data'), age],
    cells: (object, { ageOf }) => [
      nameOf(object),
      textAt(object, 'type') ?? 'Opaque',
      Object.keys(objectAt(object, 'data')).length,
      ageOf(object),
    ],
  },
  ServiceAccount: {
    columns: [name, age],
    cells: (object, { ageOf }) => [nameOf(object), ageOf(object)],
  },
  Lease: {
    columns: [name, column('Holder'), age],
    cells: (object, { ageOf }) => [
      nameOf(object),
      textAt(object, 'spec', 'holderIdentity') ?? '',
      ageOf(object),
    ],
  },
  PriorityClass: {
    columns: [
      name,
      column('Value', 'integer'),
      column('Global-Default', 'boolean'),
      age,
      column('PreemptionPolicy'),
    ],
    cells: (object, { ageOf }) => [
      nameOf(object),
      numberAt(object, 'value') ?? 0,
      at(object, 'globalDefault') === true,
      ageOf(object),
      textAt(object, 'preemptionPolicy') ?? 'PreemptLowerPriority',
    ],
  },
  ClusterRole: createdAt,
  Role: createdAt,
  CustomResourceDefinition: createdAt,
  ClusterRoleBinding: binding,
  RoleBinding: binding,
  MutatingWebhookConfiguration: webhooks,
  ValidatingWebhookConfiguration: webhooks,
}
