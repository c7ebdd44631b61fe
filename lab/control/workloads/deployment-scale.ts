// How many replicas which ReplicaSet of a Deployment gets: surge, unavailability, proportions.
import { limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { Deployment, ReplicaSet } from '#lab/control/objects.ts'
import type { Control } from '#lab/control/work-queue.ts'

/**
 * The sets of a Deployment: the one of its present template, where there is one, and the earlier
 * ones, oldest first.
 */
export interface Sets {
  current?: ReplicaSet
  old: ReplicaSet[]
}

/** On a set: the Deployment's replicas that it was last scaled for. */
export const desiredKey = 'deployment.kubernetes.io/desired-replicas'
const maxKey = 'deployment.kubernetes.io/max-replicas'

const total = (
  sets: readonly ReplicaSet[],
  count: (set: ReplicaSet) => number | undefined,
): number => sets.reduce((sum, set) => sum + (count(set) ?? 0), 0)

const size = (set: ReplicaSet): number => set.spec.replicas ?? 0

function share(value: number | string, of: number, round: (x: number) => number): number {
  if (typeof value === 'number') return value
  return value.endsWith('%') ? round((of * Number(value.slice(0, -1))) / 100) : Number(value)
}

export const desiredReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1

/**
 * Surge rounds up, unavailability down; were both nothing, one pod may be missing. Recreate has
 * neither.
 */
export function rollingBounds(deployment: Deployment): { surge: number; unavailable: number } {
  if (deployment.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 }
  const { maxSurge = limits.surge, maxUnavailable = limits.surge } =
    deployment.spec.strategy?.rollingUpdate ?? {}
  const desired = desiredReplicas(deployment)
  const surge = share(maxSurge, desired, Math.ceil)
  const unavailable = Math.min(share(maxUnavailable, desired, Math.floor), desired)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

/**
 * Scales one set, records the event, and annotates the desired size. Returns whether its size
 * changed.
 */
export function scaleTo(
  control: Control,
  deployment: Deployment,
  set: ReplicaSet,
  to: number,
): boolean {
  const { store } = control.context
  const { namespace, name } = set.metadata
  const from = store.get<ReplicaSet>('ReplicaSet', namespace, name)?.spec.replicas ?? 0
  store.update<ReplicaSet>('ReplicaSet', namespace, name, draft => {
    draft.spec.replicas = to
    draft.metadata.annotations = { ...draft.metadata.annotations, ...scaleAnnotations(deployment) }
  })
  if (from === to) return false
  recordScaled(control, deployment, name, from, to)
  return true
}

/**
 * What the new set of `has` replicas gets: all at once with Recreate, what the surge allows
 * otherwise.
 */
export function sizeOfNew(deployment: Deployment, old: readonly ReplicaSet[], has: number): number {
  const desired = desiredReplicas(deployment)
  if (deployment.spec.strategy?.type === 'Recreate' || has > desired) return desired
  const room = desired + rollingBounds(deployment).surge - total(old, size) - has
  return room <= 0 ? has : has + Math.min(room, desired - has)
}

export function scaleNew(
  control: Control,
  deployment: Deployment,
  { current, old }: Sets,
): boolean {
  return (
    current !== undefined &&
    scaleTo(control, deployment, current, sizeOfNew(deployment, old, size(current)))
  )
}

/** Says that a set was scaled. */
export function recordScaled(
  control: Control,
  deployment: Deployment,
  set: string,
  from: number,
  to: number,
): void {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set} from ${from} to ${to}`
  recordEvent(control.context, {
    about: deployment,
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message,
    component: 'deployment-controller',
  })
}

/** Notes on a set for what wish it was scaled. */
export const scaleAnnotations = (deployment: Deployment): Record<string, string> => ({
  [desiredKey]: String(desiredReplicas(deployment)),
  [maxKey]: String(desiredReplicas(deployment) + rollingBounds(deployment).surge),
})

/** The old sets give up what availability allows: pods that do not work first, then the others. */
export function scaleOld(
  control: Control,
  deployment: Deployment,
  { current, old }: Sets,
): boolean {
  if (current === undefined || total(old, size) === 0) return false
  const all = [current, ...old]
  const least = desiredReplicas(deployment) - rollingBounds(deployment).unavailable
  const sizes = new Map(old.map(set => [set, size(set)]))
  let unhealthy =
    total(all, size) - least - (size(current) - (current.status?.availableReplicas ?? 0))
  if (unhealthy <= 0) return false
  for (const set of old) {
    const dead = Math.min(
      Math.max(0, unhealthy),
      Math.max(0, size(set) - (set.status?.availableReplicas ?? 0)),
    )
    sizes.set(set, size(set) - dead)
    unhealthy -= dead
  }
  let healthy = total(all, set => set.status?.availableReplicas) - least
  for (const set of old) {
    const left = sizes.get(set) ?? 0
    const gone = Math.min(Math.max(0, healthy), left)
    sizes.set(set, left - gone)
    healthy -= gone
  }
  let scaled = false
  for (const set of old)
    scaled =
      (sizes.get(set) !== size(set) && scaleTo(control, deployment, set, sizes.get(set) ?? 0)) ||
      scaled
  return scaled
}

/**
 * The wish itself changed: the one active set takes it; in the middle of a rollout each takes its
 * proportion.
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
  const allowed = desired > 0 ? desired + rollingBounds(deployment).surge : 0
  const toAdd = allowed - total(active, size)
  const sorted = active.toSorted((a, b) => size(b) - size(a))
  const sizes = sorted.map(set => {
    const before = Number(set.metadata.annotations?.[maxKey] ?? deployment.status?.replicas ?? 0)
    return desired === 0 ? 0 : Math.round((size(set) * allowed) / Math.max(1, before))
  })
  let added = 0
  sorted.forEach((set, index) => {
    const wish = (sizes[index] ?? 0) - size(set)
    const part =
      toAdd > 0
        ? Math.min(Math.max(0, wish), toAdd - added)
        : Math.max(Math.min(0, wish), toAdd - added)
    sizes[index] = size(set) + part
    added += part
  })
  // What rounding left over goes to the largest.
  if (sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added)
  sorted.forEach((set, index) => scaleTo(control, deployment, set, sizes[index] ?? size(set)))
}
