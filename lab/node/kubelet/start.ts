// Starting one container: its image, its creation, its process; with the events and waiting reasons
// on the way.
import type { KubeletState, ContainerRun, PodRun } from './state.ts'
import { draw, later, nowOf } from './state.ts'
import { backOffLeft, increased } from './backoff.ts'
import { startProcess } from '#lab/node/containers/containers.ts'
import { delays } from '#lab/node/delays.ts'
import { fullImage } from '#lab/node/apps/apps.ts'
import { imageBytes, pullFails, pullPolicy } from '#lab/node/containers/images.ts'
import { missingReference } from './references.ts'
import { podEvent } from './status-reporter.ts'

/**
 * `started`, or when to look again: at the end of a back-off, or `soon` (as after any failed sync).
 */
export type Started = { kind: 'started' } | { kind: 'failed' } | { kind: 'dropped' }

/** Back-offs of pulls: one for each image on a node. */
const pulls = new WeakMap<KubeletState, Map<string, { ms: number; at: number; why: string }>>()

function pullsOf(kubelet: KubeletState): Map<string, { ms: number; at: number; why: string }> {
  const known = pulls.get(kubelet) ?? new Map<string, { ms: number; at: number; why: string }>()
  pulls.set(kubelet, known)
  return known
}

/**
 * Whether a dead container may run again now: 0, or the ms to wait, with the reason put up.
 * `diedAt`: the end that counts. A container that a probe condemned is judged by its end before
 * that, as upstream does.
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
    message: `back-off ${goDuration(ms)} restarting failed container=${container.spec.name} pod=${pod}`,
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
export function goDuration(ms: number): string {
  const whole = Math.round(ms / 1000)
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${whole % 60}s`
}

/**
 * Starts one container in the pod's sandbox. `still` returns whether it is still wanted; if not,
 * the result is `dropped`.
 */
export function startContainer(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  still: () => boolean,
  done: (how: Started) => void,
): void {
  ensureImage(kubelet, run, container, image => {
    if (!still()) return done({ kind: 'dropped' })
    if (image.kind !== 'started') return done(image)
    const problem = missingReference(kubelet, run, container.spec)
    if (problem !== undefined) {
      podEvent(kubelet, run, 'Warning', 'Failed', `Error: ${problem}`, container)
      container.waiting = { reason: 'CreateContainerConfigError', message: problem }
      return done({ kind: 'failed' })
    }
    return later(kubelet, draw(kubelet, delays.containerCreated), () => {
      if (!still()) return done({ kind: 'dropped' })
      podEvent(kubelet, run, 'Normal', 'Created', 'Container created', container)
      return later(kubelet, draw(kubelet, delays.containerStarted), () => {
        if (!still()) return done({ kind: 'dropped' })
        startProcess(kubelet, run, container)
        podEvent(kubelet, run, 'Normal', 'Started', 'Container started', container)
        return done({ kind: 'started' })
      })
    })
  })
}

function ensureImage(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  done: (how: Started) => void,
): void {
  const { image } = container.spec
  const full = fullImage(image)
  const policy = pullPolicy(image, container.spec.imagePullPolicy)
  const present = kubelet.images.has(full)
  if (present && policy !== 'Always') {
    podEvent(
      kubelet,
      run,
      'Normal',
      'Pulled',
      `Container image "${image}" already present on machine and can be accessed by the pod`,
      container,
    )
    return done({ kind: 'started' })
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`
    podEvent(kubelet, run, 'Warning', 'ErrImageNeverPull', message, container)
    podEvent(kubelet, run, 'Warning', 'Failed', 'Error: ErrImageNeverPull', container)
    container.waiting = { reason: 'ErrImageNeverPull', message: message }
    return done({ kind: 'failed' })
  }
  const known = pullsOf(kubelet)
  const entry = known.get(full)
  const left = entry === undefined ? 0 : backOffLeft(entry, entry.at, nowOf(kubelet))
  if (entry !== undefined && left > 0) {
    const message = `Back-off pulling image "${image}": ErrImagePull: ${entry.why}`
    podEvent(kubelet, run, 'Normal', 'BackOff', `Back-off pulling image "${image}"`, container)
    podEvent(kubelet, run, 'Warning', 'Failed', 'Error: ImagePullBackOff', container)
    container.waiting = { reason: 'ImagePullBackOff', message: message }
    return done({ kind: 'failed' })
  }
  podEvent(kubelet, run, 'Normal', 'Pulling', `Pulling image "${image}"`, container)
  const why = pullFails(kubelet.shared.registry, image)
  const durationMs = draw(
    kubelet,
    why === undefined ? (present ? delays.imageChecked : delays.imagePull) : delays.imageFails,
  )
  return later(kubelet, durationMs, () => {
    if (why !== undefined) {
      podEvent(
        kubelet,
        run,
        'Warning',
        'Failed',
        `Failed to pull image "${image}": ${why}`,
        container,
      )
      podEvent(kubelet, run, 'Warning', 'Failed', 'Error: ErrImagePull', container)
      container.waiting = { reason: 'ErrImagePull', message: why }
      known.set(full, { ...increased(entry, nowOf(kubelet)), why })
      return done({ kind: 'failed' })
    }
    known.delete(full)
    kubelet.images.add(full)
    const bytes = imageBytes(image, kubelet.shared.context.random)
    const seconds = durationMs < 1000 ? `${durationMs}ms` : `${durationMs / 1000}s`
    podEvent(
      kubelet,
      run,
      'Normal',
      'Pulled',
      `Successfully pulled image "${image}" in ${seconds} (${seconds} including waiting). Image size: ${bytes} bytes.`,
      container,
    )
    return done({ kind: 'started' })
  })
}
