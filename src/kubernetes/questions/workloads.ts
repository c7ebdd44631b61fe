// Views of workloads: the object, its pods, and what stands in a pod's way.
import type {
  ContainerStatus,
  Pod,
  Question,
  Answers,
  Taint,
  Toleration,
  WorkloadObject,
} from '#src/model/index.ts'
import { daemonSets, deployments, inNamespace, named, statefulSets } from './lists.ts'

const questions = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
} as const
export type WorkloadKind = keyof typeof questions
export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
] as const satisfies readonly WorkloadKind[]

/** The questions that show all workloads. */
export const workloadQuestions = [deployments, statefulSets, daemonSets] as const

/** The question that shows all workloads of a kind. */
export const workloadQuestion = (kind: WorkloadKind): Question<WorkloadObject[]> => questions[kind]

/** One workload's object; undefined where the API has none. */
export const workloadObject = (
  answers: Answers,
  kind: WorkloadKind,
  namespace: string,
  name: string,
): WorkloadObject | undefined => named(answers(questions[kind]), namespace, name)

/** All workloads of a namespace with their kind. */
export const workloadsIn = (
  answers: Answers,
  namespace: string,
): readonly { kind: WorkloadKind; object: WorkloadObject }[] =>
  workloadKinds.flatMap(kind =>
    inNamespace(answers(questions[kind]), namespace).map(object => ({ kind, object })),
  )

/** Whether a pod carries all labels of a workload's selector. */
export const selects = (workload: WorkloadObject, pod: Pod): boolean => {
  const labels = Object.entries(workload.spec.selector.matchLabels ?? {})
  return (
    pod.metadata.namespace === workload.metadata.namespace &&
    labels.length > 0 &&
    labels.every(([key, value]) => pod.metadata.labels?.[key] === value)
  )
}

/**
 * Replicas that a workload is set to have; undefined for a DaemonSet, which has as many as nodes.
 */
export const replicasOf = (workload: WorkloadObject): number | undefined =>
  workload.kind === 'DaemonSet'
    ? workload.status?.desiredNumberScheduled
    : (workload.spec.replicas ?? 1)

/** Available pods by the controller's count. */
export const availableOf = (workload: WorkloadObject): number =>
  workload.status?.availableReplicas ?? workload.status?.numberAvailable ?? 0

/** Whether a toleration lets a pod live with a taint. @source Kubernetes, taints and tolerations */
export const tolerates = (toleration: Toleration, taint: Taint): boolean =>
  (toleration.effect === undefined ||
    toleration.effect === '' ||
    toleration.effect === taint.effect) &&
  ((toleration.key === undefined && toleration.operator === 'Exists') ||
    (toleration.key === taint.key &&
      (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? ''))))

/** Whether any of a list does. */
export const toleratesAny = (
  tolerations: readonly Toleration[] | undefined,
  taint: Taint,
): boolean => (tolerations ?? []).some(toleration => tolerates(toleration, taint))

/**
 * What a container waits for or died of, in the words of `kubectl get pods`; undefined when it runs
 * and is ready.
 */
export function trouble(status: ContainerStatus): string | undefined {
  if (status.state?.waiting !== undefined) return status.state.waiting.reason ?? 'Waiting'
  if (status.state?.terminated !== undefined)
    return (
      `${status.state.terminated.reason ?? 'Terminated'} (exit ` +
      `${status.state.terminated.exitCode})`
    )
  return status.ready ? undefined : 'not ready'
}

/** Whether a pod has done its work and is finished for good. */
export const finished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded'

/** Whether a pod's Ready condition is True. */
export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(
    condition => condition.type === 'Ready' && condition.status === 'True',
  ) ?? false

/** What keeps a pod from being ready, in one phrase. */
export function troubleOf(pod: Pod): string {
  const scheduled = pod.status?.conditions?.find(condition => condition.type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return (
      `${pod.status?.phase ?? 'Pending'}, ${scheduled.reason ?? 'not scheduled'}: ` +
      (scheduled.message ?? 'no reason given')
    )
  const containers = (pod.status?.containerStatuses ?? []).flatMap(status => {
    const why = trouble(status)
    return why === undefined ? [] : [`${status.name} ${why}`]
  })
  return [pod.status?.phase ?? 'no phase', ...containers].join(', ')
}

/** Since when a pod is not ready, ms since the epoch. */
export function unreadySince(pod: Pod): number {
  const ready = pod.status?.conditions?.find(condition => condition.type === 'Ready')
  return Date.parse(ready?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '')
}

/**
 * Reasons for which a container waits that do not pass by themselves. @source joelclaw history,
 * heal script: back-off scan
 */
const hopeless = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'CrashLoopBackOff',
  'RunContainerError',
  'CreateContainerConfigError',
  'CreateContainerError',
])

/** Whether a container of a pod waits for something that does not pass by itself. */
export const isHopeless = (pod: Pod): boolean =>
  [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].some(
    status => hopeless.has(status.state?.waiting?.reason ?? ''),
  )

/**
 * Evicted, or ended with its node: its ReplicaSet has made another one, which is judged in its
 * place, and leaves this one lying. @source Kubernetes, pod lifecycle
 */
export const isReplaced = (pod: Pod): boolean =>
  pod.status?.phase === 'Failed' &&
  (pod.metadata.ownerReferences ?? []).some(
    owner => owner.controller === true && owner.kind === 'ReplicaSet',
  )
