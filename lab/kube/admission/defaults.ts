// The defaults of objects by kind, for new and changed objects.
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, fallback, isObject, listAt, objectAt, textAt, within } from '#lab/kube/patch/json.ts'
import { podSpecDefaults } from './defaults-pod.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'

function templateDefaults(spec: JsonObject): void {
  const template = spec['template']
  if (!isObject(template)) return
  podSpecDefaults(within(template, 'spec'))
}

/** Completes the strategy by which a workload updates its pods; `rolling`: the default limits. */
function strategyDefaults(spec: JsonObject, field: string, rolling: JsonObject): void {
  const strategy = within(spec, field)
  fallback(strategy, 'type', 'RollingUpdate')
  if (strategy['type'] === 'RollingUpdate')
    strategy['rollingUpdate'] = { ...rolling, ...objectAt(strategy, 'rollingUpdate') }
}

function claimDefaults(claim: JsonObject): void {
  fallback(within(claim, 'spec'), 'volumeMode', 'Filesystem')
}

function serviceDefaults(service: JsonObject): void {
  const spec = within(service, 'spec')
  fallback(spec, 'type', 'ClusterIP')
  fallback(spec, 'sessionAffinity', 'None')
  if (spec['type'] === 'ExternalName') return
  fallback(spec, 'internalTrafficPolicy', 'Cluster')
  fallback(spec, 'ipFamilyPolicy', 'SingleStack')
  fallback(spec, 'ipFamilies', ['IPv4'])
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer')
    fallback(spec, 'externalTrafficPolicy', 'Cluster')
  if (spec['type'] === 'LoadBalancer') fallback(spec, 'allocateLoadBalancerNodePorts', true)
  for (const port of listAt(spec, 'ports')) {
    fallback(port, 'protocol', 'TCP')
    if (port['port'] !== undefined) fallback(port, 'targetPort', port['port'])
  }
}

/** @source Kubernetes v1.35, API reference: defaults of each kind */
const byKind: Readonly<Record<string, (object: JsonObject) => void>> = {
  Deployment: object => {
    const spec = within(object, 'spec')
    fallback(spec, 'replicas', 1)
    fallback(spec, 'revisionHistoryLimit', 10)
    fallback(spec, 'progressDeadlineSeconds', 600)
    strategyDefaults(spec, 'strategy', { maxUnavailable: '25%', maxSurge: '25%' })
    templateDefaults(spec)
  },
  ReplicaSet: object => {
    const spec = within(object, 'spec')
    fallback(spec, 'replicas', 1)
    templateDefaults(spec)
  },
  StatefulSet: object => {
    const spec = within(object, 'spec')
    fallback(spec, 'replicas', 1)
    fallback(spec, 'revisionHistoryLimit', 10)
    fallback(spec, 'podManagementPolicy', 'OrderedReady')
    fallback(spec, 'persistentVolumeClaimRetentionPolicy', {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    })
    strategyDefaults(spec, 'updateStrategy', { partition: 0, maxUnavailable: 1 })
    for (const claim of listAt(spec, 'volumeClaimTemplates')) {
      fallback(claim, 'apiVersion', 'v1')
      fallback(claim, 'kind', 'PersistentVolumeClaim')
      claimDefaults(claim)
      fallback(claim, 'status', { phase: 'Pending' })
    }
    templateDefaults(spec)
  },
  DaemonSet: object => {
    const spec = within(object, 'spec')
    fallback(spec, 'revisionHistoryLimit', 10)
    strategyDefaults(spec, 'updateStrategy', { maxSurge: 0, maxUnavailable: 1 })
    templateDefaults(spec)
  },
  Job: object => {
    const spec = within(object, 'spec')
    if (at(spec, 'completions') === undefined && at(spec, 'parallelism') === undefined)
      fallback(spec, 'completions', 1)
    fallback(spec, 'parallelism', 1)
    fallback(spec, 'backoffLimit', 6)
    fallback(spec, 'completionMode', 'NonIndexed')
    fallback(spec, 'suspend', false)
    fallback(spec, 'podReplacementPolicy', 'TerminatingOrFailed')
    templateDefaults(spec)
  },
  CronJob: object => {
    const spec = within(object, 'spec')
    fallback(spec, 'concurrencyPolicy', 'Allow')
    fallback(spec, 'suspend', false)
    fallback(spec, 'successfulJobsHistoryLimit', 3)
    fallback(spec, 'failedJobsHistoryLimit', 1)
    templateDefaults(within(within(spec, 'jobTemplate'), 'spec'))
  },
  Service: serviceDefaults,
  PersistentVolumeClaim: claimDefaults,
  PersistentVolume: object => {
    const spec = within(object, 'spec')
    fallback(spec, 'volumeMode', 'Filesystem')
    fallback(spec, 'persistentVolumeReclaimPolicy', 'Retain')
  },
  StorageClass: object => {
    fallback(object, 'reclaimPolicy', 'Delete')
    fallback(object, 'volumeBindingMode', 'Immediate')
  },
  Secret: object => fallback(object, 'type', 'Opaque'),
  Namespace: object => {
    fallback(within(object, 'spec'), 'finalizers', ['kubernetes'])
    const labels = within(within(object, 'metadata'), 'labels')
    labels['kubernetes.io/metadata.name'] = textAt(object, 'metadata', 'name') ?? ''
  },
}

/** Adds the defaults of a kind, in place. Updates get them as well, as in Kubernetes. */
export function applyDefaults(kind: Kind, object: JsonObject): void {
  if (!kind.custom) byKind[kind.kind]?.(object)
}

/**
 * The finalizers that new objects get. @source Kubernetes v1.35, admission plugin
 * StorageObjectInUseProtection
 */
const protection: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
  PersistentVolume: 'kubernetes.io/pv-protection',
}

/** The first status of a new object, made anew for each. */
const firstStatus: Readonly<Record<string, () => JsonObject>> = {
  PersistentVolumeClaim: () => ({ phase: 'Pending' }),
  PersistentVolume: () => ({ phase: 'Pending' }),
  Namespace: () => ({ phase: 'Active' }),
  Service: () => ({ loadBalancer: {} }),
  Deployment: () => ({}),
  StatefulSet: () => ({ replicas: 0 }),
  ReplicaSet: () => ({ replicas: 0 }),
  DaemonSet: () => ({
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  }),
}

/** Adds the first status and the finalizers of a new object, in place, after its defaults. */
export function creationDefaults(kind: Kind, object: JsonObject): void {
  if (kind.status && !kind.custom && kind.kind !== 'Node') delete object['status']
  const meta = within(object, 'metadata')
  const finalizer = protection[kind.kind]
  if (finalizer !== undefined) {
    const known = Array.isArray(meta['finalizers']) ? meta['finalizers'] : []
    meta['finalizers'] = known.includes(finalizer) ? known : [...known, finalizer]
  }
  const status = firstStatus[kind.kind]?.()
  if (status !== undefined) object['status'] = status
}
