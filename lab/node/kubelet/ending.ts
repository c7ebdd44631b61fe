// The end of a pod on its node: its containers stop within their grace period, then the sandbox and
// the object are removed.
import type { Pod } from '#src/model/kube.ts'
import type { KubeletState, PodRun } from './state.ts'
import { containersOf, draw, later, rfc3339, nowOf } from './state.ts'
import { shortenGrace, stop } from '#lab/node/containers/containers.ts'
import { delays } from '#lab/node/delays.ts'
import { podEvent, writeStatus } from './status-reporter.ts'

/** @source Kubernetes default: terminationGracePeriodSeconds 30 */
const defaultGrace = 30

/** The grace period of a pod that is being deleted, ms. */
export const graceOf = (pod: Pod): number =>
  (pod.metadata.deletionGracePeriodSeconds ??
    pod.spec.terminationGracePeriodSeconds ??
    defaultGrace) * 1000

/**
 * Ends the pod on this node. `write`: its object still exists; it is updated and then removed.
 * Otherwise, after a forced deletion, only the containers are stopped. A second call can only
 * shorten the grace period.
 */
export function endPod(
  kubelet: KubeletState,
  run: PodRun,
  options: { graceMs: number; write: boolean },
): void {
  if (run.ending !== undefined) {
    if (!options.write) run.ending.write = false
    if (options.graceMs >= run.ending.graceMs) return
    run.ending.graceMs = options.graceMs
    if (run.ending.killing)
      for (const container of containersOf(run))
        shortenGrace(kubelet, run, container, options.graceMs)
    return
  }
  run.ending = { ...options, killing: false }
  for (const container of containersOf(run))
    for (const probe of container.probes) if (probe.kind !== 'readiness') probe.stopped = true
  // A running start operation notices the end and continues it.
  if (!run.busy) stopContainers(kubelet, run)
}

/** Stops the running containers, once no other operation is running. */
export function stopContainers(kubelet: KubeletState, run: PodRun): void {
  const { ending } = run
  if (ending === undefined || ending.killing) return
  ending.killing = true
  stopRunning(kubelet, run, ending.graceMs, () => finish(kubelet, run))
}

/**
 * Stops the running containers. Calls `done` once, after the last has ended, or soon if none runs.
 */
export function stopRunning(
  kubelet: KubeletState,
  run: PodRun,
  graceMs: number,
  done: () => void,
): void {
  const running = containersOf(run).filter(each => each.state.kind === 'running')
  let left = running.length
  const ended = (): void => {
    left -= 1
    if (left <= 0) done()
  }
  for (const container of running) {
    podEvent(
      kubelet,
      run,
      'Normal',
      'Killing',
      `Stopping container ${container.spec.name}`,
      container,
    )
    stop(kubelet, run, container, graceMs, ended)
  }
  if (running.length === 0) later(kubelet, draw(kubelet, delays.containerKilled), ended)
}

function finish(kubelet: KubeletState, run: PodRun): void {
  const ending = run.ending
  if (ending === undefined) return
  const cutProbes = (): void => {
    for (const container of containersOf(run))
      for (const probe of container.probes) probe.stopped = true
  }
  if (!ending.write) {
    cutProbes()
    run.sandbox = undefined
    kubelet.pods.delete(run.uid)
    return
  }
  // A pod that never ran a container becomes Failed with its last write only.
  // @source measured on a v1.35 node: 10 ms before it is gone
  const ran = containersOf(run).some(each => each.state.kind === 'exited')
  run.sandbox = undefined
  writeStatus(kubelet, run, ran)
  cutProbes()
  later(kubelet, draw(kubelet, delays.podRemoved), () => {
    run.removable = true
    run.dirty ||= !ran
    removeObject(kubelet, run)
  })
}

/**
 * Removes the object from the API once all containers have ended. Waits for the API, and for the
 * finalizers of other components.
 */
export function removeObject(kubelet: KubeletState, run: PodRun): void {
  if (!run.removable || !kubelet.shared.apiUp(kubelet)) return
  const { store } = kubelet.shared.context
  const current = store.get<Pod>('Pod', run.namespace, run.name)
  if (current === undefined || current.metadata.uid !== run.uid) {
    kubelet.pods.delete(run.uid)
    return
  }
  if (run.dirty) writeStatus(kubelet, run, true)
  store.update<Pod>('Pod', run.namespace, run.name, draft => {
    draft.metadata.deletionGracePeriodSeconds = 0
    draft.metadata.deletionTimestamp = rfc3339(nowOf(kubelet))
  })
  if ((current.metadata.finalizers ?? []).length > 0) return
  store.remove('Pod', run.namespace, run.name)
  kubelet.pods.delete(run.uid)
}
