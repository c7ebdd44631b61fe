// The status of a StatefulSet.
import type { FullPod, StatefulSet } from '#lab/control/objects.ts'
import { isAvailable, isReady, isTerminating } from '#lab/control/pods.ts'
import { revisionLabel } from './revisions.ts'

/** The revision of the present template, and the one that the set is updated from. */
export interface Revisions {
  readonly current: string
  readonly update: string
}

/** The pods that are running and ready. */
export const readyPods = (pods: readonly FullPod[]): FullPod[] =>
  pods.filter(pod => pod.status?.phase === 'Running' && isReady(pod))

/** The status for the pods that existed before this pass created or deleted any. */
export function statefulSetStatus(
  set: StatefulSet,
  pods: readonly FullPod[],
  { current, update }: Revisions,
  now: number,
): NonNullable<StatefulSet['status']> {
  const desired = set.spec.replicas ?? 1
  const ready = readyPods(pods)
  const available = ready.filter(pod => isAvailable(pod, set.spec.minReadySeconds, now)).length
  const countOf = (revision: string) =>
    pods.filter(pod => !isTerminating(pod) && pod.metadata.labels?.[revisionLabel] === revision)
      .length
  const complete =
    set.spec.updateStrategy?.type !== 'OnDelete' &&
    countOf(update) === desired &&
    pods.length === desired &&
    ready.length === desired
  const settled = complete ? update : current
  return {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(countOf(settled) > 0 && { currentReplicas: countOf(settled) }),
    ...(countOf(update) > 0 && { updatedReplicas: countOf(update) }),
    currentRevision: settled,
    updateRevision: update,
    collisionCount: 0,
    availableReplicas: available,
  }
}
