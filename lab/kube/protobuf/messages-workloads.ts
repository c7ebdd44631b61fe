// Messages of workloads: their specs and statuses, and the budgets of their pods.

/**
 * Fields by message. `message-fields.ts` explains the notation. @source Kubernetes v1.35,
 * generated.proto
 */
export const workloadMessages: Readonly<Record<string, string>> = {
  CronJob: '1 metadata ObjectMeta, 2 spec CronJobSpec, 3 status CronJobStatus',
  CronJobSpec: `
    1 schedule, 8 timeZone, 2 startingDeadlineSeconds i, 3 concurrencyPolicy, 4 suspend b,
    5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit i, 7 failedJobsHistoryLimit i
  `,
  CronJobStatus: '1 active* ObjectReference, 4 lastScheduleTime Time, 5 lastSuccessfulTime Time',
  DaemonSet: '1 metadata ObjectMeta, 2 spec DaemonSetSpec, 3 status DaemonSetStatus',
  DaemonSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  DaemonSetSpec: `
    1 selector LabelSelector, 2 template PodTemplateSpec, 3 updateStrategy DaemonSetUpdateStrategy,
    4 minReadySeconds i, 6 revisionHistoryLimit i
  `,
  DaemonSetStatus: `
    1 currentNumberScheduled i, 2 numberMisscheduled i, 3 desiredNumberScheduled i,
    4 numberReady i, 5 observedGeneration i, 6 updatedNumberScheduled i, 7 numberAvailable i,
    8 numberUnavailable i, 9 collisionCount i, 10 conditions* DaemonSetCondition
  `,
  DaemonSetUpdateStrategy: '1 type, 2 rollingUpdate RollingUpdateDaemonSet',
  Deployment: '1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status DeploymentStatus',
  DeploymentCondition:
    '1 type, 2 status, 6 lastUpdateTime Time, 7 lastTransitionTime Time, 4 reason, 5 message',
  DeploymentSpec: `
    1 replicas i, 2 selector LabelSelector, 3 template PodTemplateSpec,
    4 strategy DeploymentStrategy, 5 minReadySeconds i, 6 revisionHistoryLimit i, 7 paused b,
    9 progressDeadlineSeconds i
  `,
  DeploymentStatus: `
    1 observedGeneration i, 2 replicas i, 3 updatedReplicas i, 7 readyReplicas i,
    4 availableReplicas i, 5 unavailableReplicas i, 9 terminatingReplicas i,
    6 conditions* DeploymentCondition, 8 collisionCount i
  `,
  DeploymentStrategy: '1 type, 2 rollingUpdate RollingUpdateDeployment',
  Eviction: '1 metadata ObjectMeta, 2 deleteOptions DeleteOptions',
  Job: '1 metadata ObjectMeta, 2 spec JobSpec, 3 status JobStatus',
  JobCondition:
    '1 type, 2 status, 3 lastProbeTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  JobSpec: `
    1 parallelism i, 2 completions i, 3 activeDeadlineSeconds i,
    11 podFailurePolicy PodFailurePolicy, 16 successPolicy SuccessPolicy, 7 backoffLimit i,
    12 backoffLimitPerIndex i, 13 maxFailedIndexes i, 4 selector LabelSelector, 5 manualSelector b,
    6 template PodTemplateSpec, 8 ttlSecondsAfterFinished i, 9 completionMode, 10 suspend b,
    14 podReplacementPolicy, 15 managedBy
  `,
  JobStatus: `
    1 conditions* JobCondition, 2 startTime Time, 3 completionTime Time, 4 active i, 5 succeeded i,
    6 failed i, 11 terminating i, 7 completedIndexes, 10 failedIndexes,
    8 uncountedTerminatedPods UncountedTerminatedPods, 9 ready i
  `,
  JobTemplateSpec: '1 metadata ObjectMeta, 2 spec JobSpec',
  PodDisruptionBudget:
    '1 metadata ObjectMeta, 2 spec PodDisruptionBudgetSpec, 3 status PodDisruptionBudgetStatus',
  PodDisruptionBudgetSpec: `
    1 minAvailable IntOrString, 2 selector LabelSelector, 3 maxUnavailable IntOrString,
    4 unhealthyPodEvictionPolicy
  `,
  PodDisruptionBudgetStatus: `
    1 observedGeneration i, 2 disruptedPods# Time, 3 disruptionsAllowed i, 4 currentHealthy i,
    5 desiredHealthy i, 6 expectedPods i, 7 conditions* Condition
  `,
  PodFailurePolicy: '1 rules* PodFailurePolicyRule',
  PodFailurePolicyOnExitCodesRequirement: '1 containerName, 2 operator, 3 values* i',
  PodFailurePolicyOnPodConditionsPattern: '1 type, 2 status',
  PodFailurePolicyRule: `
    1 action, 2 onExitCodes PodFailurePolicyOnExitCodesRequirement,
    3 onPodConditions* PodFailurePolicyOnPodConditionsPattern
  `,
  PodTemplateSpec: '1 metadata ObjectMeta, 2 spec PodSpec',
  PriorityClass:
    '1 metadata ObjectMeta, 2 value i, 3 globalDefault b, 4 description, 5 preemptionPolicy',
  ReplicaSet: '1 metadata ObjectMeta, 2 spec ReplicaSetSpec, 3 status ReplicaSetStatus',
  ReplicaSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  ReplicaSetSpec:
    '1 replicas i, 4 minReadySeconds i, 2 selector LabelSelector, 3 template PodTemplateSpec',
  ReplicaSetStatus: `
    1 replicas i, 2 fullyLabeledReplicas i, 4 readyReplicas i, 5 availableReplicas i,
    7 terminatingReplicas i, 3 observedGeneration i, 6 conditions* ReplicaSetCondition
  `,
  RollingUpdateDaemonSet: '1 maxUnavailable IntOrString, 2 maxSurge IntOrString',
  RollingUpdateDeployment: '1 maxUnavailable IntOrString, 2 maxSurge IntOrString',
  RollingUpdateStatefulSetStrategy: '1 partition i, 2 maxUnavailable IntOrString',
  StatefulSet: '1 metadata ObjectMeta, 2 spec StatefulSetSpec, 3 status StatefulSetStatus',
  StatefulSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  StatefulSetOrdinals: '1 start i',
  StatefulSetPersistentVolumeClaimRetentionPolicy: '1 whenDeleted, 2 whenScaled',
  StatefulSetSpec: `
    1 replicas i, 2 selector LabelSelector, 3 template PodTemplateSpec,
    4 volumeClaimTemplates* PersistentVolumeClaim, 5 serviceName, 6 podManagementPolicy,
    7 updateStrategy StatefulSetUpdateStrategy, 8 revisionHistoryLimit i, 9 minReadySeconds i,
    10 persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy,
    11 ordinals StatefulSetOrdinals
  `,
  StatefulSetStatus: `
    1 observedGeneration i, 2 replicas i, 3 readyReplicas i, 4 currentReplicas i,
    5 updatedReplicas i, 6 currentRevision, 7 updateRevision, 9 collisionCount i,
    10 conditions* StatefulSetCondition, 11 availableReplicas i
  `,
  StatefulSetUpdateStrategy: '1 type, 2 rollingUpdate RollingUpdateStatefulSetStrategy',
  SuccessPolicy: '1 rules* SuccessPolicyRule',
  SuccessPolicyRule: '1 succeededIndexes, 2 succeededCount i',
  UncountedTerminatedPods: '1 succeeded*, 2 failed*',
}
