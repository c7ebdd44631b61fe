// The objects that controllers work on, with the fields that the model does not need.
import type {
  Condition,
  KubeObject,
  Meta,
  Node,
  Pod,
  PodSpec,
  Service,
  Toleration,
  Volume,
  VolumeClaim,
  WorkloadObject,
} from '#src/model/kube.ts'

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export interface Requirement {
  key: string
  operator: string
  values?: string[]
}

export interface NodeSelectorTerm {
  matchExpressions?: Requirement[]
  matchFields?: Requirement[]
}

export interface FullPodSpec extends PodSpec {
  affinity?: {
    nodeAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeSelectorTerm[] }
    }
  }
  schedulerName?: string
  hostname?: string
  subdomain?: string
  dnsPolicy?: string
  serviceAccountName?: string
  priority?: number
}

export interface FullPod extends Pod {
  spec: FullPodSpec
}

export interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: FullPodSpec
}

/** Conditions of workloads. Those of a Deployment also contain the time of their last write. */
export interface WorkloadCondition extends Condition {
  lastUpdateTime?: string
}

interface Rolling {
  maxSurge?: number | string
  maxUnavailable?: number | string
  partition?: number
}

interface WorkloadSpec {
  replicas?: number
  selector: LabelSelector
  template: Template
  minReadySeconds?: number
  revisionHistoryLimit?: number
}

export interface Deployment extends WorkloadObject {
  spec: WorkloadSpec & {
    strategy?: { type?: string; rollingUpdate?: Rolling }
    paused?: boolean
    progressDeadlineSeconds?: number
  }
  status?: NonNullable<WorkloadObject['status']> & {
    conditions?: WorkloadCondition[]
    terminatingReplicas?: number
    collisionCount?: number
  }
}

export interface ReplicaSet extends WorkloadObject {
  spec: WorkloadSpec
  status?: NonNullable<WorkloadObject['status']> & {
    fullyLabeledReplicas?: number
    terminatingReplicas?: number
  }
}

export interface StatefulSet extends WorkloadObject {
  spec: WorkloadSpec & {
    serviceName?: string
    podManagementPolicy?: string
    updateStrategy?: { type?: string; rollingUpdate?: Rolling }
    volumeClaimTemplates?: VolumeClaim[]
    ordinals?: { start?: number }
    persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string }
  }
  status?: NonNullable<WorkloadObject['status']> & {
    currentReplicas?: number
    currentRevision?: string
    updateRevision?: string
    collisionCount?: number
  }
}

export interface DaemonSet extends WorkloadObject {
  spec: WorkloadSpec & { updateStrategy?: { type?: string; rollingUpdate?: Rolling } }
  status?: NonNullable<WorkloadObject['status']> & {
    numberMisscheduled?: number
    numberUnavailable?: number
  }
}

export interface ControllerRevision extends KubeObject {
  data: { spec: { template: Template } }
  revision: number
}

export interface Job extends KubeObject {
  spec: {
    parallelism?: number
    completions?: number
    backoffLimit?: number
    activeDeadlineSeconds?: number
    ttlSecondsAfterFinished?: number
    suspend?: boolean
    selector?: LabelSelector
    template: Template
  }
  status?: {
    active?: number
    ready?: number
    succeeded?: number
    failed?: number
    terminating?: number
    startTime?: string
    completionTime?: string
    conditions?: WorkloadCondition[]
    uncountedTerminatedPods?: Record<string, never>
  }
}

export interface FullService extends Service {
  spec: Service['spec'] & { publishNotReadyAddresses?: boolean }
}

export interface StorageClass extends KubeObject {
  provisioner: string
  reclaimPolicy?: string
  volumeBindingMode?: string
}

export interface Claim extends VolumeClaim {
  spec: VolumeClaim['spec'] & { volumeMode?: string }
  status?: { phase?: string; accessModes?: string[]; capacity?: Record<string, string> }
}

export interface FullVolume extends Volume {
  spec: Volume['spec'] & {
    accessModes?: string[]
    nodeAffinity?: { required?: { nodeSelectorTerms: NodeSelectorTerm[] } }
    hostPath?: { path: string; type?: string }
    claimRef?: {
      apiVersion?: string
      kind?: string
      namespace?: string
      name?: string
      uid?: string
      resourceVersion?: string
    }
    volumeMode?: string
  }
  status?: { phase?: string; lastPhaseTransitionTime?: string }
}

export interface FullNode extends Node {
  spec: NonNullable<Node['spec']>
}

export type { Condition, KubeObject, Meta, Node, Pod, Service, Toleration }
