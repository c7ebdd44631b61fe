// What a kubelet tells the API: events and pod statuses, held back while there is no API.
import type { KubeObject } from '#src/model/kube.ts'
import type { Pod } from '#src/model/kube.ts'
import { recordEvent } from '#lab/control/events.ts'
import type { Box, ContainerRun, PodRun } from './containers/box.ts'
import { nowOf } from './containers/box.ts'
import { podStatus } from './kubelet/pod-status.ts'

/** @source Kubernetes default: the event broadcaster's queue holds 1000 events */
const heldMost = 1000

/** Writes to the API, or holds the write until there is one. */
export function tell(box: Box, write: () => void): void {
  if (box.inside.apiUp(box)) write()
  else if (box.held.length < heldMost) box.held.push(write)
}

/** An Event about a pod, or about one of its containers. */
export function podEvent(
  box: Box,
  run: PodRun,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: ContainerRun,
): void {
  const fieldPath =
    container === undefined
      ? undefined
      : `spec.${container.kind === 'init' ? 'initContainers' : 'containers'}{${container.spec.name}}`
  tell(box, () =>
    recordEvent(box.inside.ground, {
      about: run.pod,
      type,
      reason,
      message,
      component: 'kubelet',
      host: box.machine.node,
      ...(fieldPath === undefined ? {} : { fieldPath }),
    }),
  )
}

export function nodeEvent(
  box: Box,
  node: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  component = 'kubelet',
): void {
  tell(box, () =>
    recordEvent(box.inside.ground, {
      about: node,
      type,
      reason,
      message,
      component,
      host: box.machine.node,
      style: component === 'kube-proxy' ? 'eventTime' : 'legacy',
    }),
  )
}

/**
 * Brings the API's status of the pod up to what the kubelet sees. Held while there is no API;
 * nothing for a pod that is gone.
 */
export function writeStatus(box: Box, run: PodRun, ended = false): void {
  if (run.unknown) return
  if (!box.inside.apiUp(box)) {
    run.dirty = true
    return
  }
  run.dirty = false
  const { store } = box.inside.ground
  const current = store.get<Pod>('Pod', run.namespace, run.name)
  if (current === undefined || current.metadata.uid !== run.uid) return
  run.pod = current
  const status = podStatus(box, run, nowOf(box), ended)
  run.pod =
    store.update<Pod>('Pod', run.namespace, run.name, draft => {
      draft.status = status
    }) ?? current
}

/** Says now what was held. */
export function speakUp(box: Box): void {
  const held = box.held
  box.held = []
  for (const write of held) write()
}
