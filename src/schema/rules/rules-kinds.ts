// Rules of kinds other than pods. @source pkg/apis/*/validation of Kubernetes 1.35, tried on a
// v1.35 API server
import type { JsonObject } from '#src/model/json.ts'
import { isCidr } from './addresses.ts'
import { isServiceName, serviceForm, labels } from './names.ts'
import { secretEntries } from './rules-secrets.ts'
import { lastPort, mounts, portOrName } from './rules-pod.ts'
import {
  allOf,
  below,
  emptyMembers,
  isEmpty,
  membersOf,
  misnamed,
  missing,
  noProblems,
  objectsIn,
  exactlyOne,
  checkRange,
  ruleBroken,
  duplicates,
  type Problem,
  type Rules,
} from './rule.ts'

/** Whether labels meet everything that a selector requires. */
function selects(selector: JsonObject, of: JsonObject): boolean {
  const wanted = Object.entries(membersOf(selector['matchLabels'])).every(
    ([key, value]) => of[key] === (value ?? ''),
  )
  return (
    wanted &&
    objectsIn(selector['matchExpressions']).every(([{ key, operator, values }]) => {
      const there = typeof key === 'string' ? of[key] : undefined
      const among = Array.isArray(values) && values.includes(there)
      if (operator === 'In') return among
      if (operator === 'NotIn') return !among
      return operator === 'Exists' ? there !== undefined : there === undefined
    })
  )
}

/** Claims that a StatefulSet creates for its pods. */
const claimsOf = (object: JsonObject): readonly string[] =>
  objectsIn(object['volumeClaimTemplates']).flatMap(([claim]) => {
    const { name } = membersOf(claim['metadata'])
    return typeof name === 'string' ? [name] : []
  })

function selectorProblems(
  selector: JsonObject | undefined,
  templateLabels: JsonObject,
): readonly Problem[] {
  if (selector === undefined) return noProblems
  const wanted = membersOf(selector['matchLabels'])
  const isEmptySelector =
    Object.keys(wanted).length === 0 && objectsIn(selector['matchExpressions']).length === 0
  if (isEmptySelector) return [missing(['selector'], 'which must select the pods of the template')]
  if (selects(selector, templateLabels)) return noProblems
  return [
    ruleBroken(
      ['selector'],
      `asks for ${JSON.stringify(wanted)}, and the template has the labels ` +
        JSON.stringify(templateLabels),
      'a selector that the labels of the template match',
      'give the template the labels of the selector',
    ),
  ]
}

function restartProblems(spec: unknown, allowed: readonly string[]): readonly Problem[] {
  const policy = membersOf(spec)['restartPolicy']
  const isWrong = allowed.includes('Always')
    ? !isEmpty(policy) && policy !== 'Always'
    : policy !== 'OnFailure' && policy !== 'Never'
  if (!isWrong || spec === undefined) return noProblems
  return [
    ruleBroken(
      ['template', 'spec', 'restartPolicy'],
      `is ${isEmpty(policy) ? 'missing' : String(policy)}`,
      allowed.join(' or '),
      `write ${allowed.join(' or ')}`,
    ),
  ]
}

/** Problems of a workload. `restart`: the restart policies that its pods may use. */
function ofWorkload(
  object: JsonObject,
  restart: readonly string[],
  selector: JsonObject | undefined,
): readonly Problem[] {
  const template = membersOf(object['template'])
  return allOf(
    selectorProblems(selector, membersOf(membersOf(template['metadata'])['labels'])),
    restartProblems(template['spec'], restart),
    below('template', below('spec', mounts(membersOf(template['spec']), claimsOf(object)))),
    checkRange(object, 'replicas', 0),
    checkRange(object, 'minReadySeconds', 0),
    checkRange(object, 'revisionHistoryLimit', 0),
  )
}

const runsForever = (object: JsonObject): readonly Problem[] =>
  ofWorkload(
    object,
    ['Always'],
    (object['selector'] ?? null) === null ? undefined : membersOf(object['selector']),
  )

/** With several ports, each needs a name. */
const unnamedPorts = (ports: ReturnType<typeof objectsIn>): readonly Problem[] =>
  ports.length < 2
    ? noProblems
    : ports
        .filter(([port]) => isEmpty(port['name']))
        .map(([, index]) => missing(['ports', index, 'name'], 'which each of several ports needs'))

/** A Service of type ClusterIP has no node ports. */
const unexpectedNodePorts = (ports: ReturnType<typeof objectsIn>): readonly Problem[] =>
  ports
    .filter(([{ nodePort }]) => typeof nodePort === 'number' && nodePort !== 0)
    .map(([, index]) =>
      ruleBroken(
        ['ports', index, 'nodePort'],
        'is there in a Service of type ClusterIP',
        'type NodePort or LoadBalancer',
        'set spec.type: NodePort, or remove it',
      ),
    )

function externalPolicy({ externalTrafficPolicy, externalIPs }: JsonObject): readonly Problem[] {
  if (isEmpty(externalTrafficPolicy) || Array.isArray(externalIPs)) return noProblems
  return [
    ruleBroken(
      ['externalTrafficPolicy'],
      'is there in a Service that is not reachable from outside',
      'type NodePort or LoadBalancer',
      'remove it',
    ),
  ]
}

function service(object: JsonObject): readonly Problem[] {
  const { type, ports, clusterIP, externalName } = object
  if (type === 'ExternalName')
    return isEmpty(externalName)
      ? [missing(['externalName'], 'the DNS name that a Service of type ExternalName stands for')]
      : noProblems
  const all = objectsIn(ports)
  const isExternal = type === 'NodePort' || type === 'LoadBalancer'
  return allOf(
    all.length === 0 && clusterIP !== 'None'
      ? [missing(['ports'], 'of which a Service needs at least one')]
      : noProblems,
    unnamedPorts(all),
    below('ports', duplicates(ports, 'name')),
    type === undefined || type === 'ClusterIP' ? unexpectedNodePorts(all) : noProblems,
    isExternal ? noProblems : externalPolicy(object),
    below('selector', labels(object['selector'])),
  )
}

const servicePort = (object: JsonObject): readonly Problem[] => [
  ...checkRange(object, 'port', 1, lastPort),
  ...checkRange(object, 'nodePort', 0, lastPort),
  // Missing, 0 or an empty name: the target port is the port itself.
  ...(isEmpty(object['targetPort']) || object['targetPort'] === 0
    ? []
    : portOrName(object, 'targetPort')),
  ...(typeof object['name'] === 'string' &&
  object['name'] !== '' &&
  !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(object['name'])
    ? [
        misnamed(
          ['name'],
          object['name'],
          'small letters, digits and dashes, a letter or digit at both ends',
        ),
      ]
    : []),
]

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
/** @source robfig/cron v3, its standard parser */
const fields = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: months },
  { from: 0, to: 6, names: days },
]

function isField(
  text: string,
  { from, to, names = [] }: { from: number; to: number; names?: readonly string[] },
): boolean {
  const at = (word: string): number => {
    if (/^\d+$/.test(word)) return Number(word)
    const index = names.indexOf(word.toLowerCase())
    return index === -1 ? Number.NaN : index + from
  }
  return text.split(',').every(part => {
    const [range = '', step, ...rest] = part.split('/')
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false
    if (range === '*' || range === '?') return true
    const [first = '', last, ...more] = range.split('-')
    const [low, high] = [at(first), at(last ?? first)]
    return more.length === 0 && low >= from && high <= to && low <= high
  })
}

/** Five fields, or a name such as @daily, or @every with a duration. */
export function isSchedule(text: string): boolean {
  if (
    /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text) ||
    /^@every (?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)
  )
    return true
  const parts = text.trim().split(/\s+/)
  return (
    parts.length === fields.length &&
    fields.every((field, index) => isField(parts[index] ?? '', field))
  )
}

const cronJob = (object: JsonObject): readonly Problem[] => {
  const { schedule, timeZone } = object
  if (typeof schedule !== 'string') return []
  if (/TZ=/.test(schedule))
    return [
      ruleBroken(
        ['schedule'],
        'names a time zone',
        'a schedule alone, and the zone in timeZone',
        'move the zone to spec.timeZone',
      ),
    ]
  return [
    ...(isSchedule(schedule)
      ? []
      : [
          {
            code: 'schema:format',
            path: ['schedule'],
            seen: (where: string) => `${where} is ${JSON.stringify(schedule)}`,
            expected:
              'minute, hour, day, month and weekday, such as "0 3 * * *", or a name such as @daily',
            remedy: 'write a schedule that cron takes',
          },
        ]),
    ...(timeZone === '' ? [missing(['timeZone'], 'or no such member')] : []),
    ...checkRange(object, 'startingDeadlineSeconds', 0),
    ...checkRange(object, 'successfulJobsHistoryLimit', 0),
    ...checkRange(object, 'failedJobsHistoryLimit', 0),
  ]
}

const backendPort = (object: JsonObject): readonly Problem[] => {
  const { name } = object
  return [
    ...checkRange(object, 'number', 1, lastPort),
    ...(typeof name === 'string' && name !== '' && !isServiceName(name)
      ? [misnamed(['name'], name, serviceForm)]
      : []),
  ]
}

const ingressPath = (object: JsonObject): readonly Problem[] => {
  const { path, pathType } = object
  if (typeof path === 'string' && path !== '' && !path.startsWith('/'))
    return [misnamed(['path'], path, 'a path that begins with /')]
  return path === undefined && (pathType === 'Prefix' || pathType === 'Exact')
    ? [missing(['path'], `which pathType ${pathType} compares with`)]
    : []
}

const peer = (object: JsonObject): readonly Problem[] => {
  const selector = object['podSelector'] ?? object['namespaceSelector'] ?? null
  const block = object['ipBlock'] ?? null
  if (selector === null && block === null)
    return [
      ruleBroken(
        [],
        'names no peer',
        'podSelector, namespaceSelector or ipBlock',
        'add one of them',
      ),
    ]
  return selector !== null && block !== null
    ? [
        ruleBroken(
          ['ipBlock'],
          'is there beside a selector',
          'either of them',
          'make two peers of it',
        ),
      ]
    : []
}

const block = ({ cidr, except }: JsonObject): readonly Problem[] =>
  [
    { path: ['cidr'], range: cidr },
    ...(Array.isArray(except)
      ? except.map((range: unknown, index) => ({ path: ['except', index], range }))
      : []),
  ].flatMap(({ path, range }) =>
    typeof range === 'string' && !isCidr(range)
      ? [misnamed(path, range, 'a range of addresses such as 10.0.0.0/8')]
      : [],
  )

const replicas = (object: JsonObject): readonly Problem[] => {
  const { minReplicas, maxReplicas } = object
  const crossed =
    typeof minReplicas === 'number' && typeof maxReplicas === 'number' && minReplicas > maxReplicas
  return [
    ...checkRange(object, 'maxReplicas', 1),
    ...checkRange(object, 'minReplicas', 0),
    ...(crossed
      ? [
          ruleBroken(
            ['maxReplicas'],
            `is ${maxReplicas}, less than minReplicas, ${minReplicas}`,
            'at least minReplicas',
            'raise it, or lower minReplicas',
          ),
        ]
      : []),
  ]
}

/** A ReplicationController without a selector selects by the labels of its template. */
const controller = (object: JsonObject): readonly Problem[] => {
  const own = membersOf(object['selector'])
  const labelsOfTemplate = membersOf(membersOf(object['template'])['metadata'])['labels']
  return [
    ...ofWorkload(object, ['Always'], {
      matchLabels: Object.keys(own).length > 0 ? own : membersOf(labelsOfTemplate),
    }),
    ...((object['template'] ?? null) === null ? [missing(['template'], 'of its pods')] : []),
  ]
}

const job = (object: JsonObject): readonly Problem[] => [
  ...ofWorkload(object, ['OnFailure', 'Never'], undefined),
  ...[
    'backoffLimit',
    'completions',
    'parallelism',
    'ttlSecondsAfterFinished',
    'activeDeadlineSeconds',
  ].flatMap(member => checkRange(object, member, 0)),
]

const requirement = (object: JsonObject): readonly Problem[] => {
  const { operator, values } = object
  const some = Array.isArray(values) && values.length > 0
  if ((operator === 'In' || operator === 'NotIn') && !some)
    return [missing(['values'], `which operator ${operator} compares with`)]
  if ((operator === 'Exists' || operator === 'DoesNotExist') && some)
    return [
      ruleBroken(
        ['values'],
        `is there with operator ${operator}`,
        'no values',
        'take them out, or use operator In',
      ),
    ]
  if ((operator === 'Gt' || operator === 'Lt') && !(some && values.length === 1))
    return [
      ruleBroken(
        ['values'],
        `is not one number, and operator is ${operator}`,
        'one number',
        'write one number',
      ),
    ]
  return emptyMembers(object, 'key', 'operator')
}

const core = 'io.k8s.api.core.v1.'
const networking = 'io.k8s.api.networking.v1.'
const rbac = 'io.k8s.api.rbac.v1.'
const policyRule = (object: JsonObject): readonly Problem[] => [
  ...(Array.isArray(object['verbs']) && object['verbs'].length === 0
    ? [missing(['verbs'], 'what the rule allows')]
    : []),
  ...(objectless(object, 'nonResourceURLs') && objectless(object, 'resources')
    ? [missing(['resources'], 'or nonResourceURLs')]
    : []),
  ...(!objectless(object, 'resources') && objectless(object, 'apiGroups')
    ? [missing(['apiGroups'], 'where its resources are; [""] for those of v1')]
    : []),
]
function objectless(object: JsonObject, member: string): boolean {
  return !Array.isArray(object[member]) || object[member].length === 0
}

/** How a rollout rolls belongs to the type RollingUpdate alone. */
const withoutRolling = (strategy: JsonObject, type: string): readonly Problem[] =>
  (strategy['rollingUpdate'] ?? null) === null
    ? noProblems
    : [
        ruleBroken(
          ['rollingUpdate'],
          `is there beside type ${type}`,
          'type RollingUpdate, or no such member',
          'take it out, or set type: RollingUpdate',
        ),
      ]

/** Rules by the name of a definition. */
export const kindRules: Readonly<Record<string, Rules>> = {
  [`${core}Secret`]: { judge: secretEntries },
  'io.k8s.api.storage.v1.CSINode': { optional: ['spec'] },
  'io.k8s.api.storage.v1.CSINodeSpec': { optional: ['drivers'] },
  'io.k8s.api.storage.v1.CSIDriver': { optional: ['spec'] },
  'io.k8s.api.resource.v1.DeviceClass': { optional: ['spec'] },
  'io.k8s.api.resource.v1.ResourceClaim': { optional: ['spec'] },
  'io.k8s.api.resource.v1.ResourceClaimTemplate': { optional: ['spec'] },
  'io.k8s.api.resource.v1.ResourceClaimTemplateSpec': { optional: ['spec'] },
  [`${core}TypedLocalObjectReference`]: { optional: ['kind', 'name'] },
  'io.k8s.api.storage.v1.TokenRequest': { optional: ['audience'] },
  'io.k8s.api.discovery.v1.ForZone': { optional: ['name'] },
  'io.k8s.api.apps.v1.DeploymentStrategy': {
    judge: strategy =>
      strategy['type'] === 'Recreate' ? withoutRolling(strategy, 'Recreate') : noProblems,
  },
  'io.k8s.api.apps.v1.StatefulSetUpdateStrategy': {
    judge: strategy =>
      strategy['type'] === 'OnDelete' ? withoutRolling(strategy, 'OnDelete') : noProblems,
  },
  'io.k8s.api.apps.v1.DeploymentSpec': { judge: runsForever },
  'io.k8s.api.apps.v1.DaemonSetSpec': { judge: runsForever },
  'io.k8s.api.apps.v1.ReplicaSetSpec': { judge: runsForever },
  'io.k8s.api.apps.v1.StatefulSetSpec': { judge: runsForever },
  [`${core}ReplicationControllerSpec`]: { judge: controller },
  'io.k8s.api.batch.v1.JobSpec': { judge: job },
  'io.k8s.api.batch.v1.CronJobSpec': { judge: cronJob },
  'io.k8s.api.batch.v1.PodFailurePolicy': { optional: ['rules'] },
  [`${core}ServiceSpec`]: { judge: service },
  [`${core}ServicePort`]: { judge: servicePort },
  [`${core}EndpointPort`]: { judge: object => checkRange(object, 'port', 1, lastPort) },
  [`${core}LimitRangeSpec`]: { optional: ['limits'] },
  [`${core}NodeSelectorRequirement`]: { judge: requirement },
  [`${core}PersistentVolumeSpec`]: {
    judge: object => [
      ...(isEmpty(membersOf(object['capacity'])['storage'])
        ? [missing(['capacity', 'storage'], 'the size of the volume')]
        : []),
      ...(objectless(object, 'accessModes')
        ? [missing(['accessModes'], 'such as [ReadWriteOnce]')]
        : []),
    ],
  },
  'io.k8s.api.discovery.v1.EndpointSlice': { optional: ['endpoints'] },
  'io.k8s.api.scheduling.v1.PriorityClass': { optional: ['value'] },
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec': { judge: replicas },
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec': { judge: replicas },
  'io.k8s.api.resource.v1.DeviceRequest': {
    judge: object => exactlyOne(object, ['exactly', 'firstAvailable'], 'request'),
  },
  'io.k8s.api.storage.v1.VolumeAttachmentSource': {
    judge: object => exactlyOne(object, ['inlineVolumeSpec', 'persistentVolumeName'], 'source'),
  },
  'io.k8s.api.policy.v1.PodDisruptionBudgetSpec': {
    judge: object =>
      exactlyOne(
        object,
        ['minAvailable', 'maxUnavailable'],
        'of minAvailable and maxUnavailable',
        false,
      ),
  },
  [`${networking}IngressBackend`]: {
    judge: object => exactlyOne(object, ['service', 'resource'], 'backend'),
  },
  [`${networking}IngressServiceBackend`]: {
    judge: object => [
      ...emptyMembers(object, 'name'),
      ...exactlyOne(membersOf(object['port']), ['name', 'number'], 'name or number of a port').map(
        problem => ({ ...problem, path: ['port', ...problem.path] }),
      ),
    ],
  },
  [`${networking}ServiceBackendPort`]: { judge: backendPort },
  [`${networking}HTTPIngressPath`]: { judge: ingressPath },
  [`${networking}IngressSpec`]: {
    judge: object =>
      objectless(object, 'rules') && (object['defaultBackend'] ?? null) === null
        ? [missing(['rules'], 'or defaultBackend')]
        : [],
  },
  [`${networking}NetworkPolicyPeer`]: { judge: peer },
  [`${networking}IPBlock`]: { judge: block },
  [`${networking}NetworkPolicyPort`]: { judge: object => portOrName(object, 'port') },
  [`${rbac}PolicyRule`]: { judge: policyRule },
  [`${rbac}RoleRef`]: {
    optional: ['apiGroup'],
    judge: object => [
      ...emptyMembers(object, 'name'),
      ...(typeof object['kind'] === 'string' &&
      object['kind'] !== 'Role' &&
      object['kind'] !== 'ClusterRole'
        ? [
            ruleBroken(
              ['kind'],
              `is ${JSON.stringify(object['kind'])}`,
              'Role or ClusterRole',
              'write Role or ClusterRole',
            ),
          ]
        : []),
    ],
  },
  [`${rbac}ClusterRoleBinding`]: {
    judge: object =>
      objectsIn(object['subjects']).flatMap(([subject, index]) =>
        subject['kind'] === 'ServiceAccount' && isEmpty(subject['namespace'])
          ? [missing(['subjects', index, 'namespace'], 'of the ServiceAccount')]
          : [],
      ),
  },
  [`${rbac}Subject`]: {
    judge: object => [
      ...(typeof object['kind'] === 'string' &&
      !['User', 'Group', 'ServiceAccount'].includes(object['kind'])
        ? [
            ruleBroken(
              ['kind'],
              `is ${JSON.stringify(object['kind'])}`,
              'User, Group or ServiceAccount',
              'write one of them',
            ),
          ]
        : []),
      ...(object['kind'] === 'ServiceAccount' && !isEmpty(object['apiGroup'])
        ? [
            ruleBroken(
              ['apiGroup'],
              'is there for a ServiceAccount',
              'no apiGroup',
              'take it out',
              {
                removed: true,
              },
            ),
          ]
        : []),
      ...emptyMembers(object, 'name'),
    ],
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector': {
    judge: object => below('matchLabels', labels(object['matchLabels'])),
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement': { judge: requirement },
  'io.k8s.api.storage.v1.StorageClass': { judge: object => emptyMembers(object, 'provisioner') },
}
