// What the control plane writes about a node whose kubelet no longer posts its status.
import type { Condition, FullNode, FullPod } from '#lab/control/objects.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { conditionOf, hasEnded, isReady, setPodCondition } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'

/** Sets the conditions of a node to Unknown. */
export function setConditionsUnknown(control: Control, node: FullNode): void {
  const now = control.context.store.timestamp()
  updateObject(control, node, draft => {
    const conditions = draft.status?.conditions ?? []
    for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
      const condition = conditionOf(conditions, type)
      if (condition === undefined) conditions.push(neverPosted(type, draft, now))
      else if (condition.status !== 'Unknown')
        Object.assign(condition, {
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        })
    }
    draft.status = { ...draft.status, conditions }
  })
}

const neverPosted = (
  type: string,
  node: FullNode,
  now: string,
): Condition & { lastHeartbeatTime: string } => ({
  type,
  status: 'Unknown',
  reason: 'NodeStatusNeverUpdated',
  message: 'Kubelet never posted node status.',
  lastHeartbeatTime: node.metadata.creationTimestamp ?? now,
  lastTransitionTime: now,
})

/** Sets the ready pods of a node to not ready, with an Event for each. */
export function setPodsNotReady(control: Control, node: string, component: string): void {
  const { store } = control.context
  const pods = store
    .list<FullPod>('Pod')
    .filter(pod => pod.spec.nodeName === node && !hasEnded(pod) && isReady(pod))
  for (const pod of pods) {
    updateObject(control, pod, draft => {
      const ready = conditionOf(draft.status?.conditions, 'Ready')
      if (ready !== undefined)
        setPodCondition(draft, { ...ready, status: 'False' }, store.timestamp())
    })
    recordEvent(control.context, {
      about: pod,
      type: 'Warning',
      reason: 'NodeNotReady',
      message: 'Node is not ready',
      component,
    })
  }
}
