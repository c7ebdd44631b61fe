// The condition Progressing of a Deployment: whether its rollout advances, has finished or is late.
import { limits } from '#lab/control/delays.ts'
import type { Deployment, ReplicaSet, WorkloadCondition } from '#lab/control/objects.ts'
import { desiredReplicas } from './scale.ts'

export type Status = NonNullable<Deployment['status']>

export const conditionIn = (
  status: Status | undefined,
  type: string,
): WorkloadCondition | undefined => status?.conditions?.find(condition => condition.type === type)

/**
 * Sets a condition as upstream does: unchanged if its status and reason are the same, otherwise at
 * the end of the list.
 */
export function setDeploymentCondition(
  deployment: { status?: Status },
  condition: WorkloadCondition,
  now: string,
): void {
  const known = conditionIn(deployment.status, condition.type)
  if (known?.status === condition.status && known?.reason === condition.reason) return
  const since = known?.status === condition.status ? (known.lastTransitionTime ?? now) : now
  const others = (deployment.status?.conditions ?? []).filter(
    other => other.type !== condition.type,
  )
  deployment.status = {
    ...deployment.status,
    conditions: [...others, { ...condition, lastUpdateTime: now, lastTransitionTime: since }],
  }
}

export const setProgressing = (
  deployment: { status?: Status },
  status: string,
  reason: string,
  message: string,
  now: string,
): void => setDeploymentCondition(deployment, { type: 'Progressing', status, reason, message }, now)

/** Whether all replicas are of the present template and available, and no others are left. */
export function isComplete(deployment: Deployment, status: Status): boolean {
  const desired = desiredReplicas(deployment)
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 1)
  )
}

function hasAdvanced(old: Status, now: Status): boolean {
  const n = (value: number | undefined) => value ?? 0
  return (
    n(now.updatedReplicas) > n(old.updatedReplicas) ||
    n(now.replicas) - n(now.updatedReplicas) < n(old.replicas) - n(old.updatedReplicas) ||
    n(now.readyReplicas) > n(old.readyReplicas) ||
    n(now.availableReplicas) > n(old.availableReplicas)
  )
}

/**
 * Updates the condition in `next`. Returns the ms until the progress deadline has to be checked
 * again, or undefined if no deadline runs.
 */
export function updateProgress(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  next: { status: Status },
  now: number,
  timestamp: string,
): number | undefined {
  const before = deployment.status ?? {}
  if (deployment.spec.paused === true) return undefined
  const hadFinished =
    (next.status.replicas ?? 0) === (next.status.updatedReplicas ?? 0) &&
    conditionIn(before, 'Progressing')?.reason === 'NewReplicaSetAvailable'
  if (hadFinished) return undefined
  const subject =
    current === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${current.metadata.name}"`
  if (isComplete(deployment, next.status)) {
    const message = `${subject} has successfully progressed.`
    setProgressing(next, 'True', 'NewReplicaSetAvailable', message, timestamp)
    return undefined
  }
  if (hasAdvanced(before, next.status))
    renewProgress(next, `${subject} is progressing.`, before, timestamp)
  return checkDeadline(deployment, next, `${subject} has timed out progressing.`, now, timestamp)
}

/**
 * Progress renews the update time of the condition even if its reason stays: the deadline counts
 * from that time. The transition time stays while the status does.
 */
function renewProgress(
  next: { status: Status },
  message: string,
  before: Status,
  timestamp: string,
): void {
  const known = conditionIn(before, 'Progressing')
  const since = known?.status === 'True' ? known.lastTransitionTime : undefined
  next.status.conditions = (next.status.conditions ?? []).filter(
    condition => condition.type !== 'Progressing',
  )
  setProgressing(next, 'True', 'ReplicaSetUpdated', message, timestamp)
  const written = conditionIn(next.status, 'Progressing')
  if (written !== undefined && since !== undefined) written.lastTransitionTime = since
}

function checkDeadline(
  deployment: Deployment,
  next: { status: Status },
  timeoutMessage: string,
  now: number,
  timestamp: string,
): number | undefined {
  const latest = conditionIn(next.status, 'Progressing')
  if (
    latest === undefined ||
    latest.reason === 'ProgressDeadlineExceeded' ||
    latest.reason === 'NewReplicaSetAvailable'
  )
    return undefined
  const deadline =
    Date.parse(latest.lastUpdateTime ?? timestamp) +
    (deployment.spec.progressDeadlineSeconds ?? limits.progressDeadlineSeconds) * 1000
  // Timestamps have whole seconds, so the check is due in the second after the deadline.
  if (now <= deadline) return deadline - now + 1000
  setProgressing(next, 'False', 'ProgressDeadlineExceeded', timeoutMessage, timestamp)
  return undefined
}
