// The status of a Deployment: counts, Available, Progressing.
import type { Sets } from './deployment-scale.ts'
import { rollingBounds, desiredReplicas } from './deployment-scale.ts'
import { limits } from '#lab/control/delays.ts'
import type { Deployment, ReplicaSet, WorkloadCondition } from '#lab/control/objects.ts'

type Status = NonNullable<Deployment['status']>

const total = (
  sets: readonly ReplicaSet[],
  count: (set: ReplicaSet) => number | undefined,
): number => sets.reduce((sum, set) => sum + (count(set) ?? 0), 0)

const find = (status: Status | undefined, type: string): WorkloadCondition | undefined =>
  status?.conditions?.find(condition => condition.type === type)

/**
 * Sets a condition as upstream does: the same status and reason again change nothing, a new one
 * goes to the end.
 */
export function setDeploymentCondition(
  deployment: { status?: Status },
  condition: WorkloadCondition,
  now: string,
): void {
  const known = find(deployment.status, condition.type)
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

/** All replicas are of the present template and available, and no others are left. */
export function isComplete(deployment: Deployment, status: Status): boolean {
  const desired = desiredReplicas(deployment)
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 1)
  )
}

function isProgressing(old: Status, now: Status): boolean {
  const n = (value: number | undefined) => value ?? 0
  return (
    n(now.updatedReplicas) > n(old.updatedReplicas) ||
    n(now.replicas) - n(now.updatedReplicas) < n(old.replicas) - n(old.updatedReplicas) ||
    n(now.readyReplicas) > n(old.readyReplicas) ||
    n(now.availableReplicas) > n(old.availableReplicas)
  )
}

/** The status after this pass, and when the progress deadline has to be looked at again (ms). */
export function statusOf(
  deployment: Deployment,
  { current, old }: Sets,
  now: number,
  timestamp: string,
  observed: number,
): { status: Status; recheckIn?: number } {
  const all = current === undefined ? old : [current, ...old]
  const before = deployment.status ?? {}
  const counts = {
    replicas: total(all, set => set.status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total(all, set => set.status?.readyReplicas),
    availableReplicas: total(all, set => set.status?.availableReplicas),
  }
  const unavailable = Math.max(0, total(all, set => set.spec.replicas) - counts.availableReplicas)
  const next: { status: Status } = {
    status: {
      observedGeneration: observed,
      ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
      ...(unavailable > 0 && { unavailableReplicas: unavailable }),
      terminatingReplicas: total(all, set => set.status?.terminatingReplicas),
      ...(before.collisionCount !== undefined && { collisionCount: before.collisionCount }),
      conditions: before.conditions ?? [],
    },
  }
  const enough =
    counts.availableReplicas >= desiredReplicas(deployment) - rollingBounds(deployment).unavailable
  setDeploymentCondition(
    next,
    enough
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    timestamp,
  )
  const recheckIn = progress(deployment, current, before, next, now, timestamp)
  return { status: next.status, ...(recheckIn !== undefined && { recheckIn }) }
}

function progress(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  before: Status,
  next: { status: Status },
  now: number,
  timestamp: string,
): number | undefined {
  const known = find(before, 'Progressing')
  if (deployment.spec.paused === true) return undefined
  const finished =
    (next.status.replicas ?? 0) === (next.status.updatedReplicas ?? 0) &&
    known?.reason === 'NewReplicaSetAvailable'
  if (finished) return undefined
  const what =
    current === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${current.metadata.name}"`
  if (isComplete(deployment, next.status)) {
    setDeploymentCondition(
      next,
      {
        type: 'Progressing',
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: `${what} has successfully progressed.`,
      },
      timestamp,
    )
    return undefined
  }
  if (isProgressing(before, next.status)) {
    // Progress renews the time of the condition even where its reason stays: the deadline counts
    // from here.
    const since = known?.status === 'True' ? known.lastTransitionTime : undefined
    next.status.conditions = (next.status.conditions ?? []).filter(
      condition => condition.type !== 'Progressing',
    )
    setDeploymentCondition(
      next,
      {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `${what} is progressing.`,
      },
      timestamp,
    )
    const written = find(next.status, 'Progressing')
    if (written !== undefined && since !== undefined) written.lastTransitionTime = since
  }
  const latest = find(next.status, 'Progressing')
  if (
    latest === undefined ||
    latest.reason === 'ProgressDeadlineExceeded' ||
    latest.reason === 'NewReplicaSetAvailable'
  )
    return undefined
  const deadline =
    Date.parse(latest.lastUpdateTime ?? timestamp) +
    (deployment.spec.progressDeadlineSeconds ?? limits.progressDeadlineSeconds) * 1000
  // Times have whole seconds, so the deadline is looked at in the second after.
  if (now <= deadline) return deadline - now + 1000
  setDeploymentCondition(
    next,
    {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `${what} has timed out progressing.`,
    },
    timestamp,
  )
  return undefined
}
