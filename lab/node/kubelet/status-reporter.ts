// What a kubelet reports to the API: events and pod statuses, queued while the API is unreachable.
import type { KubeObject } from '#src/model/kube.ts'
import type { Pod } from '#src/model/kube.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { KubeletState, ContainerRun, PodRun } from './state.ts'
import { nowOf } from './state.ts'
import { podStatus } from './status/pod-status.ts'

/** @source Kubernetes default: the event broadcaster's queue holds 1000 events */
const maxQueuedWrites = 1000

/** The list of a pod's spec that contains a container, by the container's kind. */
const containerLists = { init: 'initContainers', main: 'containers' } as const

/** Writes to the API, or queues the write until the API is reachable. */
export function writeOrQueue(kubelet: KubeletState, write: () => void): void {
  if (kubelet.shared.apiUp(kubelet)) write()
  else if (kubelet.queuedWrites.length < maxQueuedWrites) kubelet.queuedWrites.push(write)
}

/** An Event about a pod, or about one of its containers. */
export function podEvent(
  kubelet: KubeletState,
  run: PodRun,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: ContainerRun,
): void {
  const fieldPath =
    container === undefined
      ? undefined
      : `spec.${containerLists[container.kind]}{${container.spec.name}}`
  writeOrQueue(kubelet, () =>
    recordEvent(kubelet.shared.context, {
      about: run.pod,
      type,
      reason,
      message,
      component: 'kubelet',
      host: kubelet.machine.node,
      ...(fieldPath === undefined ? {} : { fieldPath }),
    }),
  )
}

export function nodeEvent(
  kubelet: KubeletState,
  node: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  component = 'kubelet',
): void {
  writeOrQueue(kubelet, () =>
    recordEvent(kubelet.shared.context, {
      about: node,
      type,
      reason,
      message,
      component,
      host: kubelet.machine.node,
      style: component === 'kube-proxy' ? 'eventTime' : 'legacy',
    }),
  )
}

/**
 * Writes the pod's status as the kubelet sees it. Postponed while the API is unreachable; skipped
 * for a deleted pod.
 */
export function writeStatus(kubelet: KubeletState, run: PodRun, ended = false): void {
  if (run.unknown) return
  if (!kubelet.shared.apiUp(kubelet)) {
    run.dirty = true
    return
  }
  run.dirty = false
  const { store } = kubelet.shared.context
  const current = store.get<Pod>('Pod', run.namespace, run.name)
  if (current === undefined || current.metadata.uid !== run.uid) return
  run.pod = current
  const status = podStatus(kubelet, run, nowOf(kubelet), ended)
  run.pod =
    store.update<Pod>('Pod', run.namespace, run.name, draft => {
      draft.status = status
    }) ?? current
}

/** Performs the queued writes. */
export function flushWrites(kubelet: KubeletState): void {
  const held = kubelet.queuedWrites
  kubelet.queuedWrites = []
  for (const write of held) write()
}
