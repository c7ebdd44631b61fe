// Rules of single members: references, values, percentages, addresses and ranges. @source
// pkg/apis/*/validation of Kubernetes 1.35
import type { JsonObject } from '#src/model/json.ts'
import { isIP } from './addresses.ts'
import { isLabel, isQualified, isSubdomain, labelForm, subdomainForm } from './names.ts'
import { misnamed, missing, checkRange, ruleBroken, type Problem } from './rule.ts'

type Check = (object: JsonObject, member: string) => readonly Problem[]

const form =
  (is: (text: string) => boolean, expected: string): Check =>
  (object, member) => {
    const value = object[member]
    return typeof value === 'string' && value !== '' && !is(value)
      ? [misnamed([member], value, expected)]
      : []
  }
const subdomain = form(isSubdomain, subdomainForm)
const label = form(isLabel, labelForm)
const key = form(
  isQualified,
  'a label key: at most 63 letters, digits, -, _ and ., with a domain and / before it ' +
    'where it has one',
)
const dataKey = form(
  text => /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && text !== '..' && text.length <= 253,
  'at most 253 letters, digits, -, _ and .',
)
const address = form(isIP, 'an address such as 10.9.8.7 or 2001:db8::1')
const host = form(
  text => isSubdomain(text.replace(/^\*\./, '')),
  `${subdomainForm}; one *. may stand before it`,
)

/** Values that the API server requires although the published schema does not list them. */
const among =
  (...values: readonly string[]): Check =>
  (object, member) => {
    const value = object[member]
    return typeof value === 'string' && value !== '' && !values.includes(value)
      ? [
          {
            code: 'schema:enum',
            path: [member],
            seen: where => `${where} is ${JSON.stringify(value)}`,
            expected: values.join(' or '),
            remedy: `write ${values.join(' or ')}`,
          },
        ]
      : []
  }

const range =
  (from: number, to?: number): Check =>
  (object, member) =>
    checkRange(object, member, from, to)

/** A whole number, or a percentage such as 25%. */
const share: Check = (object, member) => {
  const value = object[member]
  if (typeof value === 'number') return checkRange(object, member, 0)
  if (typeof value !== 'string' || /^(?:100|\d{1,2})%$/.test(value)) return []
  const number = /^\d+$/.test(value)
  return [
    {
      code: 'schema:format',
      path: [member],
      seen: where => `${where} is ${JSON.stringify(value)}`,
      expected: 'a whole number, or a share from 0% to 100%',
      remedy: number ? `take the quotes off: ${value}` : 'write a number, or a number with %',
      ...(number ? { change: { to: Number(value) } } : {}),
    },
  ]
}

const there: Check = (object, member) =>
  (object[member] ?? null) === null ? [missing([member], 'which it must have')] : []
const path: Check = (object, member) =>
  typeof object[member] === 'string' && /(?:^|\/)\.\.(?:\/|$)/.test(object[member])
    ? [
        ruleBroken(
          [member],
          'leads upwards (..)',
          'a path without ..',
          'write a path that stays inside',
        ),
      ]
    : []

const core = 'io.k8s.api.core.v1.'
const rbacGroup = among('rbac.authorization.k8s.io')
const hpa = 'io.k8s.api.autoscaling.v2.'
const networking = 'io.k8s.api.networking.v1.'
const spec = { spec: there }

/** Rules by definition and member. */
export const memberRules: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'io.k8s.api.apps.v1.DaemonSet': spec,
  'io.k8s.api.apps.v1.Deployment': spec,
  'io.k8s.api.apps.v1.ReplicaSet': spec,
  'io.k8s.api.apps.v1.StatefulSet': spec,
  'io.k8s.api.batch.v1.CronJob': spec,
  'io.k8s.api.batch.v1.Job': spec,
  'io.k8s.api.batch.v1.JobTemplateSpec': spec,
  [`${hpa}HorizontalPodAutoscaler`]: spec,
  [`${core}Pod`]: spec,
  [`${core}Service`]: spec,
  [`${core}PersistentVolume`]: spec,
  [`${core}PersistentVolumeClaim`]: spec,
  [`${core}ReplicationController`]: spec,
  [`${networking}Ingress`]: spec,
  [`${networking}IngressClass`]: spec,
  'io.k8s.api.apps.v1.RollingUpdateDeployment': { maxSurge: share, maxUnavailable: share },
  'io.k8s.api.apps.v1.RollingUpdateDaemonSet': { maxSurge: share, maxUnavailable: share },
  'io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy': {
    partition: range(0),
    maxUnavailable: share,
  },
  'io.k8s.api.apps.v1.StatefulSetSpec': { serviceName: label },
  'io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    whenDeleted: among('Retain', 'Delete'),
    whenScaled: among('Retain', 'Delete'),
  },
  'io.k8s.api.policy.v1.PodDisruptionBudgetSpec': { minAvailable: share, maxUnavailable: share },
  'io.k8s.api.coordination.v1.LeaseSpec': { leaseDurationSeconds: range(1) },
  'io.k8s.api.rbac.v1.RoleRef': { apiGroup: rbacGroup },
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern': {
    status: among('True', 'False', 'Unknown'),
  },
  [`${hpa}MetricSpec`]: {
    type: among('ContainerResource', 'External', 'Object', 'Pods', 'Resource'),
  },
  [`${hpa}MetricTarget`]: {
    type: among('Utilization', 'Value', 'AverageValue'),
    averageUtilization: range(1),
  },
  [`${hpa}HPAScalingPolicy`]: {
    type: among('Percent', 'Pods'),
    value: range(1),
    periodSeconds: range(1, 1800),
  },
  [`${hpa}HPAScalingRules`]: {
    selectPolicy: among('Disabled', 'Max', 'Min'),
    stabilizationWindowSeconds: range(0, 3600),
  },
  [`${core}ClientIPConfig`]: { timeoutSeconds: range(1, 86_400) },
  [`${core}HostAlias`]: { ip: address },
  [`${core}Taint`]: { key },
  [`${core}Toleration`]: { key },
  [`${core}PodAffinityTerm`]: { topologyKey: key },
  [`${core}NodeSelectorRequirement`]: { key },
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement': { key },
  [`${core}PodSpec`]: {
    serviceAccountName: subdomain,
    priorityClassName: subdomain,
    runtimeClassName: subdomain,
    hostname: label,
    subdomain: label,
    nodeName: subdomain,
  },
  [`${core}SecretKeySelector`]: { name: subdomain, key: dataKey },
  [`${core}ConfigMapKeySelector`]: { name: subdomain, key: dataKey },
  [`${core}ConfigMapEnvSource`]: { name: subdomain },
  [`${core}SecretEnvSource`]: { name: subdomain },
  [`${core}KeyToPath`]: { path },
  [`${core}VolumeMount`]: { subPath: path },
  [`${core}HostPathVolumeSource`]: { path },
  [`${core}PersistentVolumeClaimSpec`]: { storageClassName: subdomain },
  [`${core}PersistentVolumeSpec`]: { storageClassName: subdomain },
  [`${networking}IngressServiceBackend`]: {
    name: form(text => isLabel(text) && /^[a-z]/.test(text), `${labelForm}, a letter first`),
  },
  [`${networking}IngressSpec`]: { ingressClassName: subdomain },
  [`${networking}IngressRule`]: { host },
  [`${networking}IngressTLS`]: { secretName: subdomain },
  [`${networking}IngressClassSpec`]: {
    controller: (object, member) =>
      typeof object[member] === 'string' && /^[^/]+\/.+$/.test(object[member])
        ? []
        : [
            misnamed(
              [member],
              typeof object[member] === 'string' ? object[member] : '',
              'a domain with a path, such as example.org/controller',
            ),
          ],
  },
  [`${networking}NetworkPolicyPort`]: {
    endPort(object, member) {
      if (typeof object[member] !== 'number') return []
      if (typeof object['port'] === 'number')
        return checkRange(object, member, Math.max(object['port'], 1), 65_535)
      return [
        ruleBroken(
          [member],
          'is set without the number of a port',
          'a number in port, the first of the range',
          'write the first port of the range',
        ),
      ]
    },
  },
}
