// Which pods of a set are deleted first when it shrinks.
import type { Pod } from '#lab/control/objects.ts'
import { conditionOf, isReady } from '#lab/control/pods.ts'

const phaseRank: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 }

const restarts = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map(status => status.restartCount))

const cost = (pod: Pod): number =>
  Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)

/** Compares ages in doubling steps, so that pods of about the same age are equal. */
const ageStep = (since: string | undefined, now: number): number =>
  Math.floor(Math.log2(Math.max(1, (now - Date.parse(since ?? '')) / 1e-6)))

/**
 * Pods in the order in which they are deleted: without a node first, then pending, not ready,
 * cheaper, on nodes with more of these pods, ready for less time, restarted more often, newer.
 * @source Kubernetes default, replicaset controller, ActivePodsWithRanks
 */
export function inDeletionOrder<T extends Pod>(pods: readonly T[], now: number): T[] {
  const perNode = new Map<string, number>()
  for (const pod of pods)
    perNode.set(pod.spec.nodeName ?? '', (perNode.get(pod.spec.nodeName ?? '') ?? 0) + 1)
  const readySince = (pod: Pod) => conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime
  const byAge = (a: string | undefined, b: string | undefined) => ageStep(a, now) - ageStep(b, now)
  return pods.toSorted(
    (a, b) =>
      Number(a.spec.nodeName !== undefined) - Number(b.spec.nodeName !== undefined) ||
      (phaseRank[a.status?.phase ?? 'Pending'] ?? 0) -
        (phaseRank[b.status?.phase ?? 'Pending'] ?? 0) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      cost(a) - cost(b) ||
      (perNode.get(b.spec.nodeName ?? '') ?? 0) - (perNode.get(a.spec.nodeName ?? '') ?? 0) ||
      (isReady(a) && isReady(b) ? byAge(readySince(a), readySince(b)) : 0) ||
      restarts(b) - restarts(a) ||
      byAge(a.metadata.creationTimestamp, b.metadata.creationTimestamp),
  )
}
