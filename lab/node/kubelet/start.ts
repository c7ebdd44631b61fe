// Starting one container: its image, its creation, its process; with the events and waiting reasons
// on the way.
import type { Box, ContainerRun, PodRun } from '#lab/node/containers/box.ts'
import { draw, later, nowOf } from '#lab/node/containers/box.ts'
import { backOffLeft, raised } from './backoff.ts'
import { startProcess } from '#lab/node/containers/containers.ts'
import { delays } from '#lab/node/delays.ts'
import { fullImage } from '#lab/node/containers/apps.ts'
import { imageBytes, pullFails, pullPolicy } from '#lab/node/containers/images.ts'
import { environmentLacks } from './references.ts'
import { podEvent } from '#lab/node/voice.ts'

/**
 * `started`, or when to look again: at the end of a back-off, or `soon` (as after any failed sync).
 */
export type Started = { kind: 'started' } | { kind: 'failed' } | { kind: 'dropped' }

/** Back-offs of pulls: one for each image on a node. */
const pulls = new WeakMap<Box, Map<string, { ms: number; at: number; why: string }>>()

function pullsOf(box: Box): Map<string, { ms: number; at: number; why: string }> {
  const known = pulls.get(box) ?? new Map<string, { ms: number; at: number; why: string }>()
  pulls.set(box, known)
  return known
}

/**
 * Whether a dead container may run again now: 0, or the ms to wait, with the reason put up.
 * `diedAt`: the end that counts. A container that a probe condemned is judged by its end before
 * that, as upstream does.
 */
export function crashLoopWait(
  box: Box,
  run: PodRun,
  container: ContainerRun,
  diedAt: number | undefined,
): number {
  if (diedAt === undefined) return 0
  const left = backOffLeft(container.backOff, diedAt, nowOf(box))
  if (left === 0) {
    container.backOff = raised(container.backOff, nowOf(box))
    return 0
  }
  const pod = `${run.name}_${run.namespace}(${run.uid})`
  const ms = container.backOff?.ms ?? delays.backOffFirst
  container.waiting = {
    reason: 'CrashLoopBackOff',
    message: `back-off ${goDuration(ms)} restarting failed container=${container.spec.name} pod=${pod}`,
  }
  podEvent(
    box,
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
 * Brings one container up in the pod's sandbox. `still` says whether it is still wanted; `dropped`
 * where not.
 */
export function startContainer(
  box: Box,
  run: PodRun,
  container: ContainerRun,
  still: () => boolean,
  done: (how: Started) => void,
): void {
  ensureImage(box, run, container, image => {
    if (!still()) return done({ kind: 'dropped' })
    if (image.kind !== 'started') return done(image)
    const lacks = environmentLacks(box, run, container.spec)
    if (lacks !== undefined) {
      podEvent(box, run, 'Warning', 'Failed', `Error: ${lacks}`, container)
      container.waiting = { reason: 'CreateContainerConfigError', message: lacks }
      return done({ kind: 'failed' })
    }
    return later(box, draw(box, delays.containerCreated), () => {
      if (!still()) return done({ kind: 'dropped' })
      podEvent(box, run, 'Normal', 'Created', 'Container created', container)
      return later(box, draw(box, delays.containerStarted), () => {
        if (!still()) return done({ kind: 'dropped' })
        startProcess(box, run, container)
        podEvent(box, run, 'Normal', 'Started', 'Container started', container)
        return done({ kind: 'started' })
      })
    })
  })
}

function ensureImage(
  box: Box,
  run: PodRun,
  container: ContainerRun,
  done: (how: Started) => void,
): void {
  const { image } = container.spec
  const full = fullImage(image)
  const policy = pullPolicy(image, container.spec.imagePullPolicy)
  const present = box.images.has(full)
  if (present && policy !== 'Always') {
    podEvent(
      box,
      run,
      'Normal',
      'Pulled',
      `Container image "${image}" already present on machine and can be accessed by the pod`,
      container,
    )
    return done({ kind: 'started' })
  }
  if (policy === 'Never') {
    const says = `Container image "${image}" is not present with pull policy of Never`
    podEvent(box, run, 'Warning', 'ErrImageNeverPull', says, container)
    podEvent(box, run, 'Warning', 'Failed', 'Error: ErrImageNeverPull', container)
    container.waiting = { reason: 'ErrImageNeverPull', message: says }
    return done({ kind: 'failed' })
  }
  const known = pullsOf(box)
  const entry = known.get(full)
  const left = entry === undefined ? 0 : backOffLeft(entry, entry.at, nowOf(box))
  if (entry !== undefined && left > 0) {
    const says = `Back-off pulling image "${image}": ErrImagePull: ${entry.why}`
    podEvent(box, run, 'Normal', 'BackOff', `Back-off pulling image "${image}"`, container)
    podEvent(box, run, 'Warning', 'Failed', 'Error: ImagePullBackOff', container)
    container.waiting = { reason: 'ImagePullBackOff', message: says }
    return done({ kind: 'failed' })
  }
  podEvent(box, run, 'Normal', 'Pulling', `Pulling image "${image}"`, container)
  const why = pullFails(box.inside.registry, image)
  const took = draw(
    box,
    why === undefined ? (present ? delays.imageChecked : delays.imagePull) : delays.imageFails,
  )
  return later(box, took, () => {
    if (why !== undefined) {
      podEvent(box, run, 'Warning', 'Failed', `Failed to pull image "${image}": ${why}`, container)
      podEvent(box, run, 'Warning', 'Failed', 'Error: ErrImagePull', container)
      container.waiting = { reason: 'ErrImagePull', message: why }
      known.set(full, { ...raised(entry, nowOf(box)), why })
      return done({ kind: 'failed' })
    }
    known.delete(full)
    box.images.add(full)
    const bytes = imageBytes(image, box.inside.ground.random)
    const seconds = took < 1000 ? `${took}ms` : `${took / 1000}s`
    podEvent(
      box,
      run,
      'Normal',
      'Pulled',
      `Successfully pulled image "${image}" in ${seconds} (${seconds} including waiting). Image size: ${bytes} bytes.`,
      container,
    )
    return done({ kind: 'started' })
  })
}
