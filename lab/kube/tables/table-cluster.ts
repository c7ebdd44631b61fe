// The tables of nodes, namespaces, configuration and rights.
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import { age, column, integers, name, nameOf, wide } from './table-column.ts'
import { eventPrinter } from './table-event.ts'
import { nodePrinter } from './table-node.ts'

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
  Node: nodePrinter,
  Event: eventPrinter,
  Namespace: {
    columns: [name, column('Status'), age],
    cells: (object, { ageOf }) => [
      nameOf(object),
      textAt(object, 'status', 'phase') ?? '',
      ageOf(object),
    ],
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
