// Rules of pods and their parts. @source pkg/apis/core/validation of Kubernetes 1.35, tried on a
// v1.35 API server
import type { JsonObject } from '#src/model/json.ts'
import { amount } from './amounts.ts'
import { initContainers, ofItsSystem, wholeResources } from './rules-containers.ts'
import { isLabel, isServiceName, labelForm, labels, serviceForm } from './names.ts'
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
  outOfRange,
  ruleBroken,
  duplicates,
  type Problem,
  type Rules,
} from './rule.ts'

/** @source RFC 6335: the valid port numbers */
export const lastPort = 65_535

/** A port by number or by name. */
export function portOrName(object: JsonObject, member: string): readonly Problem[] {
  const value = object[member]
  if (typeof value === 'number') return checkRange(object, member, 1, lastPort)
  return typeof value === 'string' && !isServiceName(value)
    ? [misnamed([member], value, `a number from 1 to ${lastPort}, or a name: ${serviceForm}`)]
    : noProblems
}

/** @source standard resources of containers; all others have a domain */
const resourceName = /^(?:cpu|memory|ephemeral-storage|hugepages-.+)$/

export function resourceNames(map: unknown): readonly Problem[] {
  const problems: Problem[] = []
  const members = membersOf(map)
  for (const name of Object.keys(members)) {
    if (!resourceName.test(name) && !name.includes('/'))
      problems.push(
        misnamed(
          [name],
          name,
          'cpu, memory, ephemeral-storage, hugepages-…, or a resource with its domain',
        ),
      )
    if ((amount(members[name]) ?? 0) < 0)
      problems.push(outOfRange([name], members[name], 0, Infinity))
  }
  return problems
}

function resources(object: JsonObject): readonly Problem[] {
  const [limits, requests] = [membersOf(object['limits']), membersOf(object['requests'])]
  const over = Object.keys(requests).filter(
    name =>
      limits[name] !== undefined &&
      (amount(requests[name]) ?? Number.NaN) > (amount(limits[name]) ?? Number.NaN),
  )
  return allOf(
    below('limits', resourceNames(limits)),
    below('requests', resourceNames(requests)),
    wholeResources(object),
    over.map(name =>
      ruleBroken(
        ['requests', name],
        `is more than its limit, ${String(limits[name])}`,
        'at most as much as the limit',
        'lower the request, or raise the limit',
      ),
    ),
  )
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc']

const probe = (object: JsonObject): readonly Problem[] =>
  allOf(
    exactlyOne(object, handlers, 'handler'),
    checkRange(object, 'initialDelaySeconds', 0),
    checkRange(object, 'timeoutSeconds', 0),
    checkRange(object, 'periodSeconds', 0),
    checkRange(object, 'successThreshold', 0),
    checkRange(object, 'failureThreshold', 0),
    checkRange(object, 'terminationGracePeriodSeconds', 1),
  )

const once = (object: JsonObject, name: string): readonly Problem[] => {
  const value = membersOf(object[name])['successThreshold']
  return typeof value === 'number' && value > 1
    ? [
        {
          code: 'schema:range',
          path: [name, 'successThreshold'],
          seen: where => `${where} is ${value}`,
          expected: '1, the only value that this probe takes',
          remedy: 'write 1, or take it out',
          change: { to: 1 },
        },
      ]
    : noProblems
}

/** @source validation of EnvVar: any printable ASCII character except = */
const variable = /^[ -<>-~]+$/

const container = (object: JsonObject): readonly Problem[] =>
  allOf(
    typeof object['name'] === 'string' && !isLabel(object['name'])
      ? [misnamed(['name'], object['name'], labelForm)]
      : noProblems,
    typeof object['image'] === 'string' &&
      object['image'] !== '' &&
      object['image'].trim() !== object['image']
      ? [misnamed(['image'], object['image'], 'an image without spaces around it')]
      : noProblems,
    isEmpty(object['image']) ? [missing(['image'], 'which every container must have')] : noProblems,
    below('ports', duplicates(object['ports'], 'name')),
    once(object, 'livenessProbe'),
    once(object, 'startupProbe'),
  )

/** Sources of volumes, as members of a Volume. */
const isSource = (member: string): boolean => member !== 'name'

/**
 * Containers may mount only the volumes of the pod, and the claims that a StatefulSet creates for
 * it.
 */
export function mounts(object: JsonObject, claims: readonly string[] = []): readonly Problem[] {
  const volumes = new Set([
    ...objectsIn(object['volumes']).map(([volume]) => volume['name']),
    ...claims,
  ])
  return ['containers', 'initContainers'].flatMap(list =>
    objectsIn(object[list]).flatMap(([of, index]) =>
      objectsIn(of['volumeMounts']).flatMap(([mount, at]) => {
        const { name } = mount
        return typeof name !== 'string' || volumes.has(name)
          ? []
          : [
              ruleBroken(
                [list, index, 'volumeMounts', at, 'name'],
                `is ${JSON.stringify(name)}, and the pod has no volume of that name`,
                volumes.size === 0
                  ? 'a volume of the pod'
                  : `a volume of the pod: ${[...volumes].join(', ')}`,
                'add the volume to the pod, or correct the name',
              ),
            ]
      }),
    ),
  )
}

/** A container on the host network uses the ports of the node. */
function hostPorts(object: JsonObject): readonly Problem[] {
  if (object['hostNetwork'] !== true) return noProblems
  return ['containers', 'initContainers'].flatMap(list =>
    objectsIn(object[list]).flatMap(([of, index]) =>
      objectsIn(of['ports']).flatMap(([port, at]) => {
        const { hostPort, containerPort } = port
        return typeof hostPort === 'number' &&
          hostPort !== 0 &&
          typeof containerPort === 'number' &&
          hostPort !== containerPort
          ? [
              ruleBroken(
                [list, index, 'ports', at, 'hostPort'],
                `is ${hostPort} in a pod of the node's network`,
                `the containerPort, ${containerPort}`,
                'write the same number in both, or take hostPort out',
              ),
            ]
          : []
      }),
    ),
  )
}

function namesOnce(object: JsonObject): readonly Problem[] {
  if (object['initContainers'] === undefined) return noProblems
  const names = new Set(objectsIn(object['containers']).map(([of]) => of['name']))
  return objectsIn(object['initContainers']).flatMap(([of, index]) =>
    typeof of['name'] === 'string' && names.has(of['name'])
      ? [
          {
            code: 'schema:duplicate',
            path: ['initContainers', index, 'name'],
            seen: (where: string) =>
              `${where} is ${JSON.stringify(of['name'])}, which a container has, too`,
            expected: 'a name that no other container of the pod has',
            remedy: 'give it another name',
          },
        ]
      : [],
  )
}

const podSpec = (object: JsonObject): readonly Problem[] =>
  allOf(
    Array.isArray(object['containers']) && object['containers'].length === 0
      ? [missing(['containers'], 'of which every pod has at least one')]
      : noProblems,
    hostPorts(object),
    initContainers(object),
    ofItsSystem(object),
    namesOnce(object),
    below('nodeSelector', labels(object['nodeSelector'])),
    checkRange(object, 'activeDeadlineSeconds', 1),
  )

const env = (object: JsonObject): readonly Problem[] => [
  ...(typeof object['name'] === 'string' && object['name'] !== '' && !variable.test(object['name'])
    ? [misnamed(['name'], object['name'], 'printable ASCII letters without =')]
    : []),
  ...emptyMembers(object, 'name'),
  ...(!isEmpty(object['value']) && (object['valueFrom'] ?? null) !== null
    ? [ruleBroken(['valueFrom'], 'is there beside value', 'one of the two', 'take one of them out')]
    : []),
]

const toleration = (object: JsonObject): readonly Problem[] => {
  const { key, operator, value, effect, tolerationSeconds } = object
  return [
    ...(isEmpty(key) && operator !== 'Exists'
      ? [
          ruleBroken(
            ['operator'],
            `is ${isEmpty(operator) ? 'missing' : String(operator)} where there is no key`,
            'Exists, which tolerates every key',
            'add a key, or operator: Exists',
          ),
        ]
      : []),
    ...(operator === 'Exists' && !isEmpty(value)
      ? [
          ruleBroken(
            ['value'],
            'is there with operator Exists',
            'no value',
            'take the value out, or use operator Equal',
          ),
        ]
      : []),
    ...(typeof tolerationSeconds === 'number' && effect !== 'NoExecute'
      ? [
          ruleBroken(
            ['tolerationSeconds'],
            'is there without effect NoExecute',
            'effect NoExecute',
            'take it out, or set effect: NoExecute',
          ),
        ]
      : []),
  ]
}

/** A claim of nothing is none. */
function positive(object: JsonObject, name: string): readonly Problem[] {
  const value = membersOf(object['requests'])[name]
  return (amount(value) ?? 1) > 0
    ? noProblems
    : [
        ruleBroken(
          ['requests', name],
          `is ${String(value)}`,
          'more than 0',
          'write the size of the claim',
        ),
      ]
}

/** Rules by the last part of the name of a definition in `io.k8s.api.core.v1`. */
export const podRules: Readonly<Record<string, Rules>> = {
  Container: { judge: container },
  EphemeralContainer: { judge: container },
  ContainerPort: {
    judge: object =>
      allOf(
        checkRange(object, 'containerPort', 1, lastPort),
        checkRange(object, 'hostPort', 0, lastPort),
        typeof object['name'] === 'string' &&
          object['name'] !== '' &&
          !isServiceName(object['name'])
          ? [misnamed(['name'], object['name'], serviceForm)]
          : noProblems,
      ),
  },
  Probe: { judge: probe },
  LifecycleHandler: {
    judge: object => exactlyOne(object, ['exec', 'httpGet', 'tcpSocket', 'sleep'], 'handler'),
  },
  ExecAction: {
    judge: object =>
      Array.isArray(object['command']) && object['command'].length > 0
        ? []
        : [missing(['command'], 'which is what is run')],
  },
  HTTPGetAction: { judge: object => portOrName(object, 'port') },
  TCPSocketAction: { judge: object => portOrName(object, 'port') },
  GRPCAction: { judge: object => checkRange(object, 'port', 1, lastPort) },
  HTTPHeader: { optional: ['value'] },
  Sysctl: { optional: ['value'] },
  EnvVar: { judge: env },
  EnvVarSource: {
    judge: object =>
      exactlyOne(
        object,
        ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'],
        'source',
      ),
  },
  EnvFromSource: { judge: object => exactlyOne(object, ['configMapRef', 'secretRef'], 'source') },
  ConfigMapEnvSource: {
    judge: object => (isEmpty(object['name']) ? [missing(['name'], 'of the ConfigMap')] : []),
  },
  SecretEnvSource: {
    judge: object => (isEmpty(object['name']) ? [missing(['name'], 'of the Secret')] : []),
  },
  ConfigMapKeySelector: {
    judge: object =>
      isEmpty(object['name'])
        ? [missing(['name'], 'of the ConfigMap')]
        : emptyMembers(object, 'key'),
  },
  SecretKeySelector: {
    judge: object =>
      isEmpty(object['name']) ? [missing(['name'], 'of the Secret')] : emptyMembers(object, 'key'),
  },
  ConfigMapVolumeSource: {
    judge: object =>
      isEmpty(object['name'])
        ? [missing(['name'], 'of the ConfigMap')]
        : checkRange(object, 'defaultMode', 0, 0o777),
  },
  SecretVolumeSource: {
    judge: object =>
      isEmpty(object['secretName'])
        ? [missing(['secretName'], 'of the Secret')]
        : checkRange(object, 'defaultMode', 0, 0o777),
  },
  ConfigMapProjection: {
    judge: object => (isEmpty(object['name']) ? [missing(['name'], 'of the ConfigMap')] : []),
  },
  SecretProjection: {
    judge: object => (isEmpty(object['name']) ? [missing(['name'], 'of the Secret')] : []),
  },
  KeyToPath: {
    judge: object => [
      ...emptyMembers(object, 'key', 'path'),
      ...checkRange(object, 'mode', 0, 0o777),
    ],
  },
  PersistentVolumeClaimVolumeSource: { judge: object => emptyMembers(object, 'claimName') },
  HostPathVolumeSource: { judge: object => emptyMembers(object, 'path') },
  NFSVolumeSource: {
    judge: object => [
      ...emptyMembers(object, 'path', 'server'),
      ...(typeof object['path'] === 'string' &&
      object['path'] !== '' &&
      !object['path'].startsWith('/')
        ? [misnamed(['path'], object['path'], 'a path that begins with /')]
        : []),
    ],
  },
  ServiceAccountTokenProjection: {
    judge: object => [
      ...emptyMembers(object, 'path'),
      ...checkRange(object, 'expirationSeconds', 600, 2 ** 32),
    ],
  },
  Volume: {
    // The API server treats a volume without a source as an emptyDir.
    judge: object => [
      ...(typeof object['name'] === 'string' && !isLabel(object['name'])
        ? [misnamed(['name'], object['name'], labelForm)]
        : []),
      ...exactlyOne(object, Object.keys(object).filter(isSource), 'source of the volume', false),
    ],
  },
  VolumeMount: { judge: object => emptyMembers(object, 'mountPath', 'name') },
  ResourceRequirements: { judge: resources },
  VolumeResourceRequirements: {
    judge: object =>
      isEmpty(membersOf(object['requests'])['storage'])
        ? [missing(['requests', 'storage'], 'the size of the claim')]
        : positive(object, 'storage'),
  },
  PersistentVolumeClaimSpec: {
    judge: object => [
      ...(Array.isArray(object['accessModes']) && object['accessModes'].length > 0
        ? []
        : [missing(['accessModes'], 'such as [ReadWriteOnce]')]),
      ...((object['resources'] ?? null) === null
        ? [missing(['resources'], 'with requests.storage, the size of the claim')]
        : []),
    ],
  },
  PodSpec: { judge: podSpec },
  Pod: { judge: object => below('spec', mounts(membersOf(object['spec']))) },
  PodTemplateSpec: {
    judge: object =>
      (object['spec'] ?? null) === null
        ? [missing(['spec'], 'with the containers of its pods')]
        : [],
  },
  Toleration: { judge: toleration },
  Taint: { judge: object => emptyMembers(object, 'key', 'effect') },
  TopologySpreadConstraint: {
    judge: object => [
      ...checkRange(object, 'maxSkew', 1),
      ...emptyMembers(object, 'topologyKey', 'whenUnsatisfiable'),
    ],
  },
  WeightedPodAffinityTerm: { judge: object => checkRange(object, 'weight', 1, 100) },
  PreferredSchedulingTerm: {
    optional: ['preference'],
    judge: object => checkRange(object, 'weight', 1, 100),
  },
  PodAffinityTerm: { judge: object => emptyMembers(object, 'topologyKey') },
  PodSecurityContext: {
    judge: object => [
      ...checkRange(object, 'runAsUser', 0, 2 ** 31 - 1),
      ...checkRange(object, 'runAsGroup', 0, 2 ** 31 - 1),
      ...checkRange(object, 'fsGroup', 0, 2 ** 31 - 1),
    ],
  },
  SecurityContext: {
    judge: object => [
      ...checkRange(object, 'runAsUser', 0, 2 ** 31 - 1),
      ...checkRange(object, 'runAsGroup', 0, 2 ** 31 - 1),
      ...(object['privileged'] === true && object['allowPrivilegeEscalation'] === false
        ? [
            ruleBroken(
              ['allowPrivilegeEscalation'],
              'is false in a privileged container',
              'true, or a container that is not privileged',
              'take privileged out',
            ),
          ]
        : []),
    ],
  },
}
