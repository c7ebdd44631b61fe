// Gets the image of a container onto the node: present, pulled, or failed with a back-off.
import { fullImage } from '#lab/node/apps/apps.ts'
import { imageBytes, pullFails, pullPolicy } from '#lab/node/containers/images.ts'
import { delays, type Range } from '#lab/node/delays.ts'
import { backOffLeft, increased } from './backoff.ts'
import type { ContainerRun, KubeletState, PodRun } from './state.ts'
import { draw, later, nowOf } from './state.ts'
import { podEvent } from './status-reporter.ts'

interface FailedPull {
  readonly ms: number
  readonly at: number
  /** Why the last pull failed. */
  readonly why: string
}

/** The back-offs of pulls, by image. All pods of a node share them. */
const failedPulls = new WeakMap<KubeletState, Map<string, FailedPull>>()

function failedPullsOf(kubelet: KubeletState): Map<string, FailedPull> {
  const known = failedPulls.get(kubelet) ?? new Map<string, FailedPull>()
  failedPulls.set(kubelet, known)
  return known
}

/** Calls `done` with whether the image is present, after a pull if one is needed. */
export function ensureImage(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  done: (present: boolean) => void,
): void {
  const { image } = container.spec
  const report = reporter(kubelet, run, container)
  const policy = pullPolicy(image, container.spec.imagePullPolicy)
  const present = kubelet.images.has(fullImage(image))
  if (present && policy !== 'Always') {
    report(
      'Normal',
      'Pulled',
      `Container image "${image}" already present on machine and can be accessed by the pod`,
    )
    return done(true)
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`
    report('Warning', 'ErrImageNeverPull', message)
    report('Warning', 'Failed', 'Error: ErrImageNeverPull')
    container.waiting = { reason: 'ErrImageNeverPull', message }
    return done(false)
  }
  if (isBackingOff(kubelet, container, report)) return done(false)
  return pull(kubelet, container, present, report, done)
}

type Report = (type: 'Normal' | 'Warning', reason: string, message: string) => void

const reporter =
  (kubelet: KubeletState, run: PodRun, container: ContainerRun): Report =>
  (type, reason, message) =>
    podEvent(kubelet, run, type, reason, message, container)

/** Whether the image's back-off still runs; if so, reports it. */
function isBackingOff(kubelet: KubeletState, container: ContainerRun, report: Report): boolean {
  const { image } = container.spec
  const failed = failedPullsOf(kubelet).get(fullImage(image))
  if (failed === undefined || backOffLeft(failed, failed.at, nowOf(kubelet)) <= 0) return false
  report('Normal', 'BackOff', `Back-off pulling image "${image}"`)
  report('Warning', 'Failed', 'Error: ImagePullBackOff')
  container.waiting = {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${image}": ErrImagePull: ${failed.why}`,
  }
  return true
}

function pullDuration(why: string | undefined, present: boolean): Range {
  if (why !== undefined) return delays.imageFails
  return present ? delays.imageChecked : delays.imagePull
}

function pull(
  kubelet: KubeletState,
  container: ContainerRun,
  present: boolean,
  report: Report,
  done: (present: boolean) => void,
): void {
  const { image } = container.spec
  report('Normal', 'Pulling', `Pulling image "${image}"`)
  const why = pullFails(kubelet.shared.registry, image)
  const durationMs = draw(kubelet, pullDuration(why, present))
  const failed = failedPullsOf(kubelet)
  const before = failed.get(fullImage(image))
  later(kubelet, durationMs, () => {
    if (why !== undefined) {
      report('Warning', 'Failed', `Failed to pull image "${image}": ${why}`)
      report('Warning', 'Failed', 'Error: ErrImagePull')
      container.waiting = { reason: 'ErrImagePull', message: why }
      failed.set(fullImage(image), { ...increased(before, nowOf(kubelet)), why })
      return done(false)
    }
    failed.delete(fullImage(image))
    kubelet.images.add(fullImage(image))
    report('Normal', 'Pulled', pulledText(image, durationMs, kubelet))
    return done(true)
  })
}

function pulledText(image: string, durationMs: number, kubelet: KubeletState): string {
  const bytes = imageBytes(image, kubelet.shared.context.random)
  const took = durationMs < 1000 ? `${durationMs}ms` : `${durationMs / 1000}s`
  return (
    `Successfully pulled image "${image}" in ${took} (${took} including waiting). ` +
    `Image size: ${bytes} bytes.`
  )
}
