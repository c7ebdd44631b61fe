// The status of a DaemonSet: on how many nodes its pod should run, runs, is ready and is available.
import type { DaemonSet, FullNode, FullPod } from '#lab/control/objects.ts'
import { hasEnded, isAvailable, isReady, untilAvailable } from '#lab/control/pods.ts'
import { eligibility, nodeOf } from './daemon-set-pods.ts'
import { revisionLabel } from './revisions.ts'

type Status = NonNullable<DaemonSet['status']>

/** The status, and the ms until the next ready pod becomes available; Infinity: none will. */
export function daemonSetStatus(
  set: DaemonSet,
  nodes: readonly FullNode[],
  pods: readonly FullPod[],
  hash: string,
  now: number,
): { status: Status; recheckIn: number } {
  const { minReadySeconds } = set.spec
  const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 }
  let recheckIn = Infinity
  for (const node of nodes) {
    const here = pods.filter(pod => nodeOf(pod) === node.metadata.name && !hasEnded(pod))
    if (!eligibility(set, node).run) {
      if (here.length > 0) count.misscheduled += 1
      continue
    }
    count.desired += 1
    const pod = here.toSorted((a, b) => Number(isReady(b)) - Number(isReady(a)))[0]
    if (pod === undefined) continue
    count.current += 1
    if (isReady(pod)) count.ready += 1
    if (isAvailable(pod, minReadySeconds, now)) count.available += 1
    else recheckIn = Math.min(recheckIn, untilAvailable(pod, minReadySeconds, now) ?? Infinity)
    if (pod.metadata.labels?.[revisionLabel] === hash) count.updated += 1
  }
  const unavailable = count.desired - count.available
  const status = {
    currentNumberScheduled: count.current,
    numberMisscheduled: count.misscheduled,
    desiredNumberScheduled: count.desired,
    numberReady: count.ready,
    observedGeneration: set.metadata.generation ?? 1,
    ...(count.updated > 0 && { updatedNumberScheduled: count.updated }),
    ...(count.available > 0 && { numberAvailable: count.available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
  }
  return { status, recheckIn }
}
