// The parts of Kubernetes objects that holdfast reads. Timestamps are RFC 3339 texts, as the API
// sends them.

export interface Meta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: {
    apiVersion: string
    kind: string
    name: string
    uid: string
    controller?: boolean
    blockOwnerDeletion?: boolean
  }[]
}

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: Meta
}

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastHeartbeatTime?: string
  lastUpdateTime?: string
}

export interface Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}

export interface Taint {
  key: string
  value?: string
  effect: string
  timeAdded?: string
}

export interface Probe {
  httpGet?: { path?: string; port: number | string; host?: string; scheme?: string }
  tcpSocket?: { port: number | string; host?: string }
  exec?: { command: string[] }
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  failureThreshold?: number
  successThreshold?: number
}

/** Another object of the namespace, by its name. */
export interface Reference {
  name?: string
  optional?: boolean
}

export interface Container {
  name: string
  image: string
  imagePullPolicy?: string
  command?: string[]
  args?: string[]
  env?: {
    name: string
    value?: string
    valueFrom?: { configMapKeyRef?: Reference; secretKeyRef?: Reference; [other: string]: unknown }
  }[]
  envFrom?: { configMapRef?: Reference; secretRef?: Reference }[]
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[]
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
  restartPolicy?: string
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  securityContext?: {
    runAsUser?: number
    runAsNonRoot?: boolean
    privileged?: boolean
    allowPrivilegeEscalation?: boolean
  }
  volumeMounts?: { name: string; mountPath: string }[]
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  serviceAccountName?: string
  imagePullSecrets?: Reference[]
  nodeName?: string
  restartPolicy?: string
  tolerations?: Toleration[]
  nodeSelector?: Record<string, string>
  terminationGracePeriodSeconds?: number
  securityContext?: { runAsUser?: number; runAsNonRoot?: boolean }
  volumes?: {
    name: string
    persistentVolumeClaim?: { claimName: string }
    [other: string]: unknown
  }[]
  enableServiceLinks?: boolean
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: { exitCode: number; reason?: string; startedAt?: string; finishedAt?: string }
}

export interface ContainerStatus {
  name: string
  image?: string
  ready: boolean
  started?: boolean
  restartCount: number
  state?: ContainerState
  lastState?: ContainerState
}

export interface Pod extends KubeObject {
  spec: PodSpec
  status?: {
    phase?: string
    reason?: string
    message?: string
    podIP?: string
    hostIP?: string
    startTime?: string
    conditions?: Condition[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
  }
}

export interface Node extends KubeObject {
  spec?: { unschedulable?: boolean; taints?: Taint[]; podCIDR?: string }
  status?: {
    conditions?: Condition[]
    addresses?: { type: string; address: string }[]
    capacity?: Record<string, string>
    allocatable?: Record<string, string>
  }
}

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export interface WorkloadObject extends KubeObject {
  spec: {
    replicas?: number
    selector: LabelSelector
    template: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
      spec: PodSpec
    }
    strategy?: {
      type?: string
      rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string }
    }
    updateStrategy?: { type?: string }
    paused?: boolean
    serviceName?: string
    volumeClaimTemplates?: VolumeClaim[]
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    readyReplicas?: number
    availableReplicas?: number
    updatedReplicas?: number
    unavailableReplicas?: number
    conditions?: Condition[]
    desiredNumberScheduled?: number
    currentNumberScheduled?: number
    numberReady?: number
    numberAvailable?: number
    updatedNumberScheduled?: number
  }
}

export interface Service extends KubeObject {
  spec: {
    type?: string
    clusterIP?: string
    selector?: Record<string, string>
    ports?: {
      name?: string
      port: number
      targetPort?: number | string
      nodePort?: number
      protocol?: string
    }[]
  }
}

export interface EndpointSlice extends KubeObject {
  addressType?: string
  endpoints?: {
    addresses: string[]
    conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
    nodeName?: string
    targetRef?: { kind: string; name: string; namespace?: string; uid?: string }
  }[]
  ports?: { name?: string; port?: number; protocol?: string }[]
}

export interface Event extends KubeObject {
  type?: string
  reason?: string
  message?: string
  note?: string
  count?: number
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  series?: { count: number; lastObservedTime: string } | null
  involvedObject: { kind: string; name: string; namespace?: string; uid?: string }
  source?: { component?: string; host?: string }
  reportingComponent?: string
}

export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    renewTime?: string
    acquireTime?: string
    leaseTransitions?: number
  }
}

export interface VolumeClaim extends KubeObject {
  spec: {
    storageClassName?: string
    volumeName?: string
    accessModes?: string[]
    resources?: { requests?: Record<string, string> }
  }
  status?: { phase?: string }
}

export interface Volume extends KubeObject {
  spec: {
    persistentVolumeReclaimPolicy?: string
    storageClassName?: string
    claimRef?: { namespace?: string; name?: string; uid?: string }
    capacity?: Record<string, string>
    [other: string]: unknown
  }
  status?: { phase?: string }
}

export interface StorageClass extends KubeObject {
  provisioner?: string
  reclaimPolicy?: string
}

export interface PodTemplateSpec {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: PodSpec
}

export interface Job extends KubeObject {
  spec: { template: PodTemplateSpec }
}

export interface CronJob extends KubeObject {
  spec: { jobTemplate: { spec: { template: PodTemplateSpec } } }
}

export interface PodDisruptionBudget extends KubeObject {
  spec: {
    minAvailable?: number | string
    maxUnavailable?: number | string
    selector?: LabelSelector
  }
}

/**
 * What is told of each entry of a Secret: that the API keeps one, or what a file has in its place.
 * Never the value.
 */
export type SecretEntry = 'kept' | 'value' | 'placeholder' | 'empty'

/** A Secret by its name and the names of its entries. */
export interface SecretName extends KubeObject {
  type?: string
  entries: Record<string, SecretEntry>
}

export interface Namespace extends KubeObject {
  status?: { phase?: string }
}

export interface WebhookConfiguration extends KubeObject {
  webhooks?: { name: string }[]
}
