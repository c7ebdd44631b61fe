// What the API server refuses in an object: the common mistakes, with upstream's texts.
import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, mapAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { labelSelector } from '#lab/kube/read/label-selector.ts'
import type { FieldError } from '#lab/kube/messages/status.ts'
import { field } from '#lab/kube/messages/status.ts'
import { validatePodSpec, validatePodUpdate } from './validate-pod.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'

/** @source Kubernetes documentation, Object Names and IDs */
const nameForms = {
  subdomain: {
    form: new RegExp(`^${subdomain}$`),
    most: 253,
    says: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
  },
  label: {
    form: new RegExp(`^${label}$`),
    most: 63,
    says: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  },
  label1035: {
    form: new RegExp(`^${label1035}$`),
    most: 63,
    says: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
  },
  segment: { form: /^(?!\.{1,2}$)[^/%]+$/, most: Infinity, says: "may not contain '/' or '%'" },
} as const

function nameForm(kind: Kind): (typeof nameForms)[keyof typeof nameForms] {
  if (kind.kind === 'Namespace') return nameForms.label
  if (kind.kind === 'Service') return nameForms.label1035
  return kind.group === 'rbac.authorization.k8s.io' ? nameForms.segment : nameForms.subdomain
}

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

/** @source Kubernetes documentation, Labels and Selectors: syntax of keys */
function labelKey(key: string): FieldError[] {
  const name = key.slice(key.indexOf('/') + 1)
  if (new RegExp(`^${qualified}$`).test(name)) return []
  return [
    field.invalid(
      'metadata.labels',
      key,
      `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualified}')`,
    ),
  ]
}

function validateMeta(kind: Kind, object: JsonObject): FieldError[] {
  const name = textAt(object, 'metadata', 'name') ?? ''
  if (name === '') return [field.required('metadata.name', 'name or generateName is required')]
  const form = nameForm(kind)
  const errors: FieldError[] = []
  if (name.length > form.most)
    errors.push(
      field.invalid('metadata.name', name, `must be no more than ${form.most} characters`),
    )
  if (!form.form.test(name)) errors.push(field.invalid('metadata.name', name, form.says))
  for (const [key, value] of Object.entries(mapAt(object, 'metadata', 'labels'))) {
    errors.push(...labelKey(key))
    // 63 characters. @source Kubernetes documentation, Labels and Selectors
    if (value.length > 63)
      errors.push(field.invalid('metadata.labels', value, 'must be no more than 63 characters'))
    else if (!labelValue.test(value)) {
      errors.push(
        field.invalid(
          'metadata.labels',
          value,
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
      )
    }
  }
  return errors
}

/** Upstream says `deployment` of ReplicaSets too. */
const emptySelectorOf = (kind: string): string =>
  kind === 'ReplicaSet' ? 'deployment' : kind.toLowerCase()

function validateWorkload(object: JsonObject, alwaysRestarts: boolean): FieldError[] {
  const errors: FieldError[] = []
  const replicas = numberAt(object, 'spec', 'replicas')
  if (replicas !== undefined && replicas < 0)
    errors.push(field.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  const selector = at(object, 'spec', 'selector')
  const empty =
    Object.keys(mapAt(selector, 'matchLabels')).length +
      listAt(selector, 'matchExpressions').length ===
    0
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels')
  if (selector === undefined || selector === null) errors.push(field.required('spec.selector'))
  else if (empty)
    errors.push(
      field.invalid(
        'spec.selector',
        selector,
        `empty selector is invalid for ${emptySelectorOf(textAt(object, 'kind') ?? '')}`,
      ),
    )
  else if (!labelSelector(selector)(mapAt(labels)))
    errors.push(
      field.invalid(
        'spec.template.metadata.labels',
        labels,
        '`selector` does not match template `labels`',
      ),
    )
  const policy = textAt(object, 'spec', 'template', 'spec', 'restartPolicy')
  if (alwaysRestarts && policy !== undefined && policy !== 'Always')
    errors.push(field.unsupported('spec.template.spec.restartPolicy', policy, ['Always']))
  const claims = listAt(object, 'spec', 'volumeClaimTemplates').flatMap(
    claim => textAt(claim, 'metadata', 'name') ?? [],
  )
  return [
    ...errors,
    ...validatePodSpec(objectAt(object, 'spec', 'template', 'spec'), 'spec.template.spec', claims),
  ]
}

function validateService(object: JsonObject): FieldError[] {
  const errors: FieldError[] = []
  const ports = listAt(object, 'spec', 'ports')
  const type = textAt(object, 'spec', 'type') ?? 'ClusterIP'
  if (!['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'].includes(type))
    errors.push(
      field.unsupported('spec.type', type, [
        'ClusterIP',
        'ExternalName',
        'LoadBalancer',
        'NodePort',
      ]),
    )
  if (
    ports.length === 0 &&
    type !== 'ExternalName' &&
    textAt(object, 'spec', 'clusterIP') !== 'None'
  )
    errors.push(field.required('spec.ports'))
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const path = `spec.ports[${index}]`
    const name = textAt(port, 'name') ?? ''
    if (ports.length > 1 && name === '') errors.push(field.required(`${path}.name`))
    else if (name !== '' && names.has(name)) errors.push(field.duplicate(`${path}.name`, name))
    names.add(name)
    const number = numberAt(port, 'port') ?? 0
    if (number < 1 || number > 65_535)
      errors.push(field.invalid(`${path}.port`, number, 'must be between 1 and 65535, inclusive'))
    const target = numberAt(port, 'targetPort')
    if (target !== undefined && (target < 1 || target > 65_535))
      errors.push(
        field.invalid(`${path}.targetPort`, target, 'must be between 1 and 65535, inclusive'),
      )
    if (type === 'ClusterIP' && (numberAt(port, 'nodePort') ?? 0) !== 0)
      errors.push(field.forbidden(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'"))
  }
  return errors
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

const byKind: Readonly<Record<string, (object: JsonObject) => FieldError[]>> = {
  Pod: object => validatePodSpec(objectAt(object, 'spec'), 'spec'),
  Deployment: object => validateWorkload(object, true),
  ReplicaSet: object => validateWorkload(object, true),
  StatefulSet: object => validateWorkload(object, true),
  DaemonSet: object => validateWorkload(object, true),
  Service: validateService,
  PersistentVolumeClaim: validateClaim,
  PodDisruptionBudget: object =>
    at(object, 'spec', 'minAvailable') !== undefined &&
    at(object, 'spec', 'maxUnavailable') !== undefined
      ? [
          field.invalid(
            'spec',
            objectAt(object, 'spec'),
            'minAvailable and maxUnavailable cannot be both set',
          ),
        ]
      : [],
}

/** What is wrong with an object by itself; its defaults are already in. */
export function validate(kind: Kind, object: JsonObject): FieldError[] {
  return [
    ...validateMeta(kind, object),
    ...(kind.custom ? [] : (byKind[kind.kind]?.(object) ?? [])),
  ]
}

const immutable = (object: JsonObject, before: JsonObject, ...path: string[]): FieldError[] => {
  const now = at(object, ...path) ?? null
  return isDeepStrictEqual(now, at(before, ...path) ?? null)
    ? []
    : [field.invalid(path.join('.'), now, 'field is immutable')]
}

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

const omit = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))

const same = (a: Json, b: Json): boolean => isDeepStrictEqual(a, b)

const changes: Readonly<Record<string, (object: JsonObject, before: JsonObject) => FieldError[]>> =
  {
    Pod: validatePodUpdate,
    Deployment: (object, before) => immutable(object, before, 'spec', 'selector'),
    ReplicaSet: (object, before) => immutable(object, before, 'spec', 'selector'),
    DaemonSet: (object, before) => immutable(object, before, 'spec', 'selector'),
    StatefulSet: (object, before) =>
      same(
        omit(objectAt(object, 'spec'), statefulSetFields),
        omit(objectAt(before, 'spec'), statefulSetFields),
      )
        ? []
        : [
            field.forbidden(
              'spec',
              `updates to statefulset spec for fields other than ${statefulSetFields
                .slice(0, -1)
                .map(name => `'${name}'`)
                .join(', ')} and '${statefulSetFields.at(-1)!}' are forbidden`,
            ),
          ],
    Job: (object, before) => [
      ...immutable(object, before, 'spec', 'selector'),
      ...immutable(object, before, 'spec', 'template'),
    ],
    Service: (object, before) => {
      const had = textAt(before, 'spec', 'clusterIP') ?? ''
      const has = textAt(object, 'spec', 'clusterIP') ?? ''
      const external =
        textAt(object, 'spec', 'type') === 'ExternalName' ||
        textAt(before, 'spec', 'type') === 'ExternalName'
      return had === '' || had === has || external
        ? []
        : [field.invalid('spec.clusterIPs[0]', [has], 'may not change once set')]
    },
    PersistentVolumeClaim: (object, before) => {
      // The binder sets volumeName once; a bound claim may ask for more.
      const open = [
        'resources',
        'volumeAttributesClassName',
        ...(textAt(before, 'spec', 'volumeName') === undefined
          ? ['volumeName', 'storageClassName']
          : []),
      ]
      return same(omit(objectAt(object, 'spec'), open), omit(objectAt(before, 'spec'), open))
        ? []
        : [
            field.forbidden(
              'spec',
              'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
            ),
          ]
    },
    Secret: (object, before) => immutable(object, before, 'type'),
    ...Object.fromEntries(
      ['RoleBinding', 'ClusterRoleBinding'].map(kind => [
        kind,
        (object: JsonObject, before: JsonObject) =>
          same(objectAt(object, 'roleRef'), objectAt(before, 'roleRef'))
            ? []
            : [field.invalid('roleRef', objectAt(object, 'roleRef'), 'cannot change roleRef')],
      ]),
    ),
  }

/** What is wrong with changing `before` into `object`. */
export const validateUpdate = (
  kind: Kind,
  object: JsonObject,
  before: JsonObject,
): FieldError[] => [
  ...validate(kind, object),
  ...(kind.custom ? [] : (changes[kind.kind]?.(object, before) ?? [])),
]
