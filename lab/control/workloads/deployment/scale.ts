// How many replicas each ReplicaSet of a Deployment gets during a rollout.
import { limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { Deployment, ReplicaSet } from '#lab/control/objects.ts'
import type { Control } from '#lab/control/work-queue.ts'

/** The sets of a Deployment. */
export interface Sets {
  /** The set of the present template. */
  current?: ReplicaSet
  /** The sets of earlier templates, oldest first. */
  old: ReplicaSet[]
}

/** Annotation of a set: the desired replicas of the Deployment when the set was last scaled. */
export const desiredKey = 'deployment.kubernetes.io/desired-replicas'
/** Annotation of a set: the most pods that the Deployment allowed when the set was last scaled. */
export const maxKey = 'deployment.kubernetes.io/max-replicas'

/** The sum of a count over sets; a missing count is 0. */
export const total = (
  sets: readonly ReplicaSet[],
  count: (set: ReplicaSet) => number | undefined,
): number => sets.reduce((sum, set) => sum + (count(set) ?? 0), 0)

export const size = (set: ReplicaSet): number => set.spec.replicas ?? 0

function share(value: number | string, of: number, round: (x: number) => number): number {
  if (typeof value === 'number') return value
  return value.endsWith('%') ? round((of * Number(value.slice(0, -1))) / 100) : Number(value)
}

export const desiredReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1

/**
 * How many pods a rollout may add and how many may be unavailable. Surge rounds up, unavailability
 * down; if both are 0, one pod may be unavailable. Recreate has neither.
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

/** Scales one set, annotates it and records the Event. Returns whether its size changed. */
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
 * The next size of the new set, which has `has` replicas: all desired ones at once with Recreate,
 * otherwise what the surge allows.
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

/** Records the Event about a scaled set. */
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

/** The annotations with which a set remembers what it was scaled for. */
export const scaleAnnotations = (deployment: Deployment): Record<string, string> => ({
  [desiredKey]: String(desiredReplicas(deployment)),
  [maxKey]: String(desiredReplicas(deployment) + rollingBounds(deployment).surge),
})

/**
 * Shrinks the old sets as far as availability allows: first by unavailable pods, then by the
 * others. Returns whether a set was scaled.
 */
export function scaleOld(
  control: Control,
  deployment: Deployment,
  { current, old }: Sets,
): boolean {
  if (current === undefined || total(old, size) === 0) return false
  const all = [current, ...old]
  const least = desiredReplicas(deployment) - rollingBounds(deployment).unavailable
  const available = (set: ReplicaSet) => set.status?.availableReplicas ?? 0
  const surplus = total(all, size) - least - (size(current) - available(current))
  if (surplus <= 0) return false
  const sizes = old.map(size)
  shrink(
    sizes,
    surplus,
    old.map(set => Math.max(0, size(set) - available(set))),
  )
  shrink(sizes, total(all, available) - least, sizes)
  let scaled = false
  old.forEach((set, index) => {
    const to = sizes[index] ?? 0
    if (to !== size(set) && scaleTo(control, deployment, set, to)) scaled = true
  })
  return scaled
}

/** Takes up to `amount` replicas from the sizes, in order, and at most `most[i]` from each. */
function shrink(sizes: number[], amount: number, most: readonly number[]): void {
  let left = Math.max(0, amount)
  sizes.forEach((size, index) => {
    const taken = Math.min(left, most[index] ?? 0)
    sizes[index] = size - taken
    left -= taken
  })
}
