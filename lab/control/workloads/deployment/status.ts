// The status of a Deployment: counts, Available, Progressing.
import type { Deployment } from '#lab/control/objects.ts'
import { setDeploymentCondition, updateProgress, type Status } from './progress.ts'
import { desiredReplicas, rollingBounds, total, type Sets } from './scale.ts'

/** The status after this pass, and the ms until the progress deadline has to be checked again. */
export function statusOf(
  deployment: Deployment,
  sets: Sets,
  now: number,
  timestamp: string,
  observed: number,
): { status: Status; recheckIn?: number } {
  const next = { status: countedStatus(deployment, sets, observed) }
  setAvailable(deployment, next, timestamp)
  const recheckIn = updateProgress(deployment, sets.current, next, now, timestamp)
  return { status: next.status, ...(recheckIn !== undefined && { recheckIn }) }
}

function countedStatus(deployment: Deployment, { current, old }: Sets, observed: number): Status {
  const all = current === undefined ? old : [current, ...old]
  const before = deployment.status ?? {}
  const counts = {
    replicas: total(all, set => set.status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total(all, set => set.status?.readyReplicas),
    availableReplicas: total(all, set => set.status?.availableReplicas),
  }
  const unavailable = Math.max(0, total(all, set => set.spec.replicas) - counts.availableReplicas)
  return {
    observedGeneration: observed,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(unavailable > 0 && { unavailableReplicas: unavailable }),
    terminatingReplicas: total(all, set => set.status?.terminatingReplicas),
    ...(before.collisionCount !== undefined && { collisionCount: before.collisionCount }),
    conditions: before.conditions ?? [],
  }
}

function setAvailable(deployment: Deployment, next: { status: Status }, timestamp: string): void {
  const least = desiredReplicas(deployment) - rollingBounds(deployment).unavailable
  const condition =
    (next.status.availableReplicas ?? 0) >= least
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
        }
  setDeploymentCondition(next, condition, timestamp)
}
