// Which waiting pods a new or changed node could help.
import type { FullPod, Node } from '#lab/control/objects.ts'
import { keepsAway } from './filters.ts'
import type { Reason } from './refusal.ts'

/** Whether a pod that waits for these reasons is worth another try. */
export type Helps = (reasons: ReadonlySet<Reason>, pod: FullPod) => boolean

const differs = (before: Node, node: Node, pick: (of: Node) => unknown): boolean =>
  JSON.stringify(pick(before)) !== JSON.stringify(pick(node))

/**
 * The reasons that a change of the node may have removed for any pod. Whether a taint matters
 * depends on the pod.
 */
function removedReasons(before: Node, node: Node): Set<Reason> {
  const removed = new Set<Reason>()
  if (before.spec?.unschedulable === true && node.spec?.unschedulable !== true)
    removed.add('unschedulable')
  if (differs(before, node, of => of.metadata.labels)) removed.add('affinity').add('volumes')
  if (differs(before, node, of => of.status?.allocatable)) removed.add('resources')
  return removed
}

/**
 * The pods that a change of the node may help: all pods for a new node, undefined if it helps none.
 */
export function helpOf(before: Node | undefined, node: Node): Helps | undefined {
  if (before === undefined) return () => true
  const removed = removedReasons(before, node)
  const taintsChanged = differs(before, node, of => of.spec?.taints)
  if (removed.size === 0 && !taintsChanged) return undefined
  return (reasons, pod) =>
    [...removed].some(reason => reasons.has(reason)) ||
    (taintsChanged &&
      reasons.has('taint') &&
      keepsAway(pod, before.spec?.taints) &&
      !keepsAway(pod, node.spec?.taints))
}
