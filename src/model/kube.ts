// Kubernetes objects as the API sends them in JSON. They use the types of client-node, which cost
// nothing at run time.
import type {
  CoreV1Event,
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1DaemonSetStatus,
  V1DeploymentSpec,
  V1DeploymentStatus,
  V1EndpointSlice,
  V1LabelSelector,
  V1Lease,
  V1Namespace,
  V1Node,
  V1ObjectMeta,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodSpec,
  V1PodStatus,
  V1PodTemplateSpec,
  V1Probe,
  V1Service,
  V1StatefulSetSpec,
  V1StorageClass,
  V1Taint,
  V1Toleration,
  V1ValidatingWebhookConfiguration,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node'

/** A type of client-node in JSON: a timestamp is an RFC 3339 text. */
export type AsJson<T> = T extends Date
  ? string
  : T extends object
    ? { [K in keyof T]: AsJson<T[K]> }
    : T

export type Meta = AsJson<V1ObjectMeta> & { name: string }

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: Meta
}

/** An object as the API sends it: always with its type, its name and the `Sent` members. */
export type ApiObject<T, Sent extends keyof AsJson<T> = never> = KubeObject &
  Omit<AsJson<T>, keyof KubeObject | Sent> &
  Required<Pick<AsJson<T>, Sent>>

/**
 * A condition of any kind's status. Only nodes have heartbeats, only workloads have update times.
 */
export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastHeartbeatTime?: string
  lastUpdateTime?: string
}

export type Toleration = AsJson<V1Toleration>
export type Taint = AsJson<V1Taint>
export type Probe = AsJson<V1Probe>
// Optional in the types of client-node, but always present in stored objects.
export type Container = AsJson<V1Container> & { image: string }
export type PodSpec = Omit<AsJson<V1PodSpec>, 'containers' | 'initContainers'> & {
  containers: Container[]
  initContainers?: Container[]
}
export type PodTemplateSpec = AsJson<V1PodTemplateSpec> & { spec: PodSpec }

export type ContainerState = AsJson<V1ContainerState>
/** Holdfast does not read the image ids and mounts of a status, so they may be absent. */
export type ContainerStatus = Partial<Omit<AsJson<V1ContainerStatus>, 'volumeMounts'>> &
  Pick<AsJson<V1ContainerStatus>, 'name' | 'ready' | 'restartCount'>
export type LabelSelector = AsJson<V1LabelSelector>

type Statuses = 'containerStatuses' | 'initContainerStatuses'
export type Pod = Omit<ApiObject<V1Pod>, 'spec' | 'status'> & {
  spec: PodSpec
  status?: Omit<AsJson<V1PodStatus>, Statuses> & { [K in Statuses]?: ContainerStatus[] }
}
export type Node = ApiObject<V1Node>
export type Service = ApiObject<V1Service, 'spec'>
export type EndpointSlice = ApiObject<V1EndpointSlice>
export type Lease = ApiObject<V1Lease>
export type VolumeClaim = ApiObject<V1PersistentVolumeClaim, 'spec'>
export type Volume = ApiObject<V1PersistentVolume, 'spec'>
export type StorageClass = ApiObject<V1StorageClass>
/** Holdfast reads only the pod template of a Job and a CronJob. */
export interface Job extends KubeObject {
  spec: { template: PodTemplateSpec }
}
export interface CronJob extends KubeObject {
  spec: { jobTemplate: { spec: { template: PodTemplateSpec } } }
}
export type PodDisruptionBudget = ApiObject<V1PodDisruptionBudget, 'spec'>
/** Scales a workload between two numbers of pods. */
export type Autoscaler = ApiObject<V2HorizontalPodAutoscaler, 'spec'>
export type Namespace = ApiObject<V1Namespace>
export type WebhookConfiguration = ApiObject<V1ValidatingWebhookConfiguration>

/** An event. `note` is the name of the message in the newer form, events.k8s.io. */
export type Event = Omit<ApiObject<CoreV1Event>, Times | 'involvedObject' | 'series'> & {
  [K in Times]?: string | null
} & {
  note?: string
  series?: AsJson<CoreV1Event>['series'] | null
  involvedObject: AsJson<CoreV1Event['involvedObject']> & { kind: string; name: string }
}
/** The API sends `null` for a time that an event does not have. */
type Times = 'firstTimestamp' | 'lastTimestamp' | 'eventTime'

/** The common members of Deployments, StatefulSets, DaemonSets and ReplicaSets. */
export interface WorkloadObject extends KubeObject {
  spec: Omit<AsJson<V1DeploymentSpec>, 'template'> & { template: PodTemplateSpec } & Partial<
      Pick<AsJson<V1StatefulSetSpec>, 'serviceName' | 'updateStrategy' | 'volumeClaimTemplates'>
    >
  status?: Omit<AsJson<V1DeploymentStatus>, 'conditions'> &
    Partial<Omit<AsJson<V1DaemonSetStatus>, 'conditions'>> & { conditions?: Condition[] }
}

/**
 * What a report may reveal of an entry of a Secret: that the API keeps one, or the form of its
 * value in a file. Never the value.
 */
export type SecretEntry = 'kept' | 'value' | 'placeholder' | 'empty'

/** A Secret by its name and the names of its entries. */
export interface SecretName extends KubeObject {
  type?: string
  entries: Record<string, SecretEntry>
}
