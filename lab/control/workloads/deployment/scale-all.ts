// Scaling a Deployment whose number of desired replicas changed, also in the middle of a rollout.
import type { Deployment, ReplicaSet } from '#lab/control/objects.ts'
import type { Control } from '#lab/control/work-queue.ts'
import { desiredReplicas, maxKey, rollingBounds, scaleTo, size, total, type Sets } from './scale.ts'

/**
 * Scales the only active set to the desired replicas. In the middle of a rollout each active set
 * gets its proportion.
 */
export function scaleAll(control: Control, deployment: Deployment, { current, old }: Sets): void {
  const all = [...(current === undefined ? [] : [current]), ...old]
  const active = all.filter(set => size(set) > 0)
  const desired = desiredReplicas(deployment)
  if (active.length <= 1) {
    const only = active[0] ?? current ?? old.at(-1)
    if (only !== undefined) scaleTo(control, deployment, only, desired)
    return
  }
  // The new set is complete already: the old ones can go entirely.
  if (
    current !== undefined &&
    size(current) === desired &&
    current.status?.availableReplicas === desired
  ) {
    for (const set of old) if (size(set) > 0) scaleTo(control, deployment, set, 0)
    return
  }
  if (deployment.spec.strategy?.type === 'Recreate') return
  const bySize = active.toSorted((a, b) => size(b) - size(a))
  proportions(deployment, bySize).forEach((to, index) =>
    scaleTo(control, deployment, bySize[index]!, to),
  )
}

/** The new sizes of the active sets, which are given from the largest to the smallest. */
function proportions(deployment: Deployment, bySize: readonly ReplicaSet[]): number[] {
  const desired = desiredReplicas(deployment)
  const allowed = desired > 0 ? desired + rollingBounds(deployment).surge : 0
  const toAdd = allowed - total(bySize, size)
  let added = 0
  const sizes = bySize.map(set => {
    const wanted = proportionOf(deployment, set, allowed) - size(set)
    const part =
      toAdd > 0
        ? Math.min(Math.max(0, wanted), toAdd - added)
        : Math.max(Math.min(0, wanted), toAdd - added)
    added += part
    return size(set) + part
  })
  // The largest set gets what rounding left over.
  if (sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added)
  return sizes
}

/** The size of a set in proportion to the pods that the Deployment was last allowed. */
function proportionOf(deployment: Deployment, set: ReplicaSet, allowed: number): number {
  if (desiredReplicas(deployment) === 0) return 0
  const before = Number(set.metadata.annotations?.[maxKey] ?? deployment.status?.replicas ?? 0)
  return Math.round((size(set) * allowed) / Math.max(1, before))
}
