// Starting one container: its back-off, its image, its creation and its process, with the Events
// and the waiting reasons.
import { startProcess } from '#lab/node/containers/containers.ts'
import { delays } from '#lab/node/delays.ts'
import { backOffLeft, increased } from './backoff.ts'
import { ensureImage } from './ensure-image.ts'
import { missingReference } from './references.ts'
import type { KubeletState, ContainerRun, PodRun } from './state.ts'
import { draw, later, nowOf } from './state.ts'
import { podEvent } from './status-reporter.ts'

/** How the start of a container ended. `dropped`: the container is no longer wanted. */
export type Started = { kind: 'started' } | { kind: 'failed' } | { kind: 'dropped' }

/**
 * How long a dead container must wait before it may run again, ms; 0: not at all. Sets the waiting
 * reason. `diedAt`: the end from which the back-off counts. For a container that failed a probe it
 * is the end before that, as upstream.
 */
export function crashLoopWait(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  diedAt: number | undefined,
): number {
  if (diedAt === undefined) return 0
  const left = backOffLeft(container.backOff, diedAt, nowOf(kubelet))
  if (left === 0) {
    container.backOff = increased(container.backOff, nowOf(kubelet))
    return 0
  }
  const pod = `${run.name}_${run.namespace}(${run.uid})`
  const ms = container.backOff?.ms ?? delays.backOffFirst
  container.waiting = {
    reason: 'CrashLoopBackOff',
    message:
      `back-off ${goDuration(ms)} restarting failed container=${container.spec.name} ` +
      `pod=${pod}`,
  }
  podEvent(
    kubelet,
    run,
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${container.spec.name} in pod ${pod}`,
    container,
  )
  return left
}

/** `10s`, `1m20s`, `5m0s`: as Go prints durations. */
function goDuration(ms: number): string {
  const whole = Math.round(ms / 1000)
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${whole % 60}s`
}

/**
 * Starts one container in the pod's sandbox. `wanted` returns whether it is still wanted; if not,
 * the result is `dropped`.
 */
export function startContainer(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  wanted: () => boolean,
  done: (how: Started) => void,
): void {
  ensureImage(kubelet, run, container, present => {
    if (!wanted()) return done({ kind: 'dropped' })
    if (!present) return done({ kind: 'failed' })
    const problem = missingReference(kubelet, run, container.spec)
    if (problem !== undefined) {
      podEvent(kubelet, run, 'Warning', 'Failed', `Error: ${problem}`, container)
      container.waiting = { reason: 'CreateContainerConfigError', message: problem }
      return done({ kind: 'failed' })
    }
    return later(kubelet, draw(kubelet, delays.containerCreated), () => {
      if (!wanted()) return done({ kind: 'dropped' })
      podEvent(kubelet, run, 'Normal', 'Created', 'Container created', container)
      return later(kubelet, draw(kubelet, delays.containerStarted), () => {
        if (!wanted()) return done({ kind: 'dropped' })
        startProcess(kubelet, run, container)
        podEvent(kubelet, run, 'Normal', 'Started', 'Container started', container)
        return done({ kind: 'started' })
      })
    })
  })
}
