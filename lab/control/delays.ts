// Every delay and limit of the control plane's controllers, as data.

/** A span of virtual ms. If `to` exceeds `from`, the duration is random between them. */
export interface Span {
  readonly from: number
  readonly to: number
}

export const delays = {
  /**
   * From a change in the store to the reconciliation that it causes.
   * @source measured on a v1.35 node: 4 to 20 ms from a pod's change to its ReplicaSet,
   * EndpointSlice and Deployment
   */
  reconcile: { from: 4, to: 20 },
  /**
   * From a pod's creation, or the change of a node that it waited for, to the scheduler's decision.
   * @source measured on a v1.35 node: 4 to 5 ms after the end of a taint or cordon, 1 to 19 ms
   * after a pod's creation
   */
  schedule: { from: 4, to: 6 },
  /**
   * From the API's return to a working controller manager: it restarts and has to list everything
   * first.
   * @source measured on a v1.35 node: RegisteredNode came 2.0 and 2.6 s after /readyz answered 200
   */
  restart: { from: 2000, to: 2600 },
  /** From a cordon or a condition to its taint. @source measured on a v1.35 node: 1 ms */
  taintAdd: { from: 1, to: 1 },
  /** Until such a taint is removed. @source measured on a v1.35 node: 17 ms after an uncordon */
  taintRemove: { from: 17, to: 17 },
  /**
   * How long the short-lived pod takes that creates or removes a local-path volume on the node. An
   * estimate.
   * @source derived from pods measured on a v1.35 node: a pod whose image is present starts 0.8 to
   * 1.0 s after its binding; then it has to end
   */
  provision: { from: 1500, to: 2500 },
} as const satisfies Record<string, Span>

export const limits = {
  /**
   * How often the node lifecycle controller checks the nodes, ms.
   * @source Kubernetes default, kube-controller-manager --node-monitor-period
   */
  nodeMonitorPeriod: 5_000,
  /**
   * A kubelet that has renewed nothing for this long counts as silent, ms. It was 40 s until v1.31.
   * @source Kubernetes default since v1.32, kube-controller-manager --node-monitor-grace-period
   */
  nodeMonitorGrace: 50_000,
  /**
   * How long a new node may take until its first status, ms.
   * @source Kubernetes default, --node-startup-grace-period
   */
  nodeStartupGrace: 60_000,
  /**
   * From a check of the nodes to their NoExecute taints, ms.
   * @source Kubernetes default, node lifecycle controller, NodeEvictionPeriod
   */
  noExecutePass: 100,
  /**
   * Pause between two nodes that get a NoExecute taint, ms.
   * @source Kubernetes default, --node-eviction-rate 0.1
   */
  nodeEvictionPause: 10_000,
  /**
   * Cluster size up to which partial disruption stops evictions.
   * @source Kubernetes default, --large-cluster-size-threshold
   */
  largeCluster: 50,
  /**
   * Share of unready nodes (more than two) that is a partial disruption.
   * @source Kubernetes default, --unhealthy-zone-threshold
   */
  unhealthyShare: 0.55,
  /**
   * Pace of evictions in a large, partly disrupted cluster, ms.
   * @source Kubernetes default, --secondary-node-eviction-rate 0.01
   */
  secondaryEvictionPause: 100_000,
  /**
   * How long a pod stays on a not ready or unreachable node, s.
   * @source Kubernetes default, DefaultTolerationSeconds
   */
  defaultTolerationSeconds: 300,
  /**
   * How long a pod may take to end, s.
   * @source Kubernetes default, terminationGracePeriodSeconds
   */
  terminationGraceSeconds: 30,
  /**
   * Interval at which a pod is retried that no change has woken, ms.
   * @source Kubernetes default, kube-scheduler podMaxInUnschedulablePodsDuration
   */
  unschedulableFlush: 300_000,
  /**
   * Pause after an attempt that ended in an error, ms.
   * @source Kubernetes default, kube-scheduler podInitialBackoffSeconds
   */
  schedulerBackoff: 1_000,
  /**
   * How long a pod waits for its volumes to be bound, ms.
   * @source Kubernetes default, kube-scheduler VolumeBindingArgs bindTimeoutSeconds
   */
  volumeBindTimeout: 600_000,
  /** @source Kubernetes default, Deployment spec.progressDeadlineSeconds */
  progressDeadlineSeconds: 600,
  /** @source Kubernetes default, Deployment spec.revisionHistoryLimit */
  revisionHistory: 10,
  /** @source Kubernetes default, Deployment spec.strategy.rollingUpdate */
  surge: '25%',
  /**
   * The most pods that one reconciliation creates or deletes.
   * @source Kubernetes default, replicaset controller, BurstReplicas
   */
  burst: 500,
  /**
   * How many pods of a Job may fail before it fails.
   * @source Kubernetes default, Job spec.backoffLimit
   */
  jobBackoffLimit: 6,
  /**
   * Pause before a failed pod of a Job is replaced, ms. It doubles up to `longest`.
   * @source Kubernetes default, job controller
   */
  jobBackoff: { first: 10_000, longest: 600_000 },
  /**
   * Pause before a failed pod of a DaemonSet is deleted, ms. It doubles up to `longest`.
   * @source Kubernetes default, daemonset controller
   */
  daemonBackoff: { first: 1_000, longest: 900_000 },
} as const
