// Sandboxes that failed for lack of flannel's file and still count.
import type { Event, Pod, Answers } from '#src/model/index.ts'
import { events, pods } from '#helpers/kubernetes/questions.ts'

/**
 * When an Event last happened: the newest of its timestamps. @source Kubernetes, Event v1:
 * eventTime, series, lastTimestamp
 */
export const eventTime = (event: Event): number =>
  Math.max(
    ...[
      event.eventTime,
      event.series?.lastObservedTime,
      event.lastTimestamp,
      event.firstTimestamp,
      event.metadata.creationTimestamp,
    ]
      .map(text => Date.parse(text ?? ''))
      .filter(time => !Number.isNaN(time)),
    0,
  )

/** When the containers of a pod last started, ms since the epoch; 0: none runs. */
export const startOf = (pod: Pod | undefined): number =>
  Math.max(
    0,
    ...(pod?.status?.containerStatuses ?? [])
      .map(status => Date.parse(status.state?.running?.startedAt ?? ''))
      .filter(time => !Number.isNaN(time)),
  )

/**
 * After its start flannel waits for its node, ms: sandboxes that fail until then do not prove that
 * it lost its file. @source measured on a v1.35 node: flannel 0.26.7 writes it 1.1 s after its
 * start, which the API reports in whole seconds
 */
const writes = 5_000

/** From when on a flannel pod must have its file, ms since the epoch; 0: it does not run. */
export const writtenBy = (flannel: Pod | undefined): number =>
  startOf(flannel) === 0 ? 0 : startOf(flannel) + writes

/**
 * Both phrases that the kubelet writes for a sandbox without flannel's file. @source measured on a
 * v1.35 node; joelclaw history, heal script
 */
const isSubnetError = (event: Event): boolean =>
  event.reason === 'FailedCreatePodSandBox' &&
  /flannel/.test(event.message ?? '') &&
  /subnet\.env/.test(event.message ?? '')

/**
 * How long a sandbox error counts, ms. @source joelclaw history, heal script:
 * FLANNEL_SUBNET_EVENT_WINDOW_SECS 300
 */
const window = 300_000

const hasSandbox = (pod: Pod): boolean =>
  pod.status?.conditions?.some(
    condition => condition.type === 'PodReadyToStartContainers' && condition.status === 'True',
  ) ?? false

/**
 * Sandbox errors on a node since a time, newest first, of pods that still have no sandbox: one that
 * got its sandbox later proves that the cause is gone.
 */
export function sandboxErrors(answers: Answers, node: string, since: number): readonly Event[] {
  const waiting = new Set(
    answers(pods)
      .filter(pod => pod.spec.nodeName === node && !hasSandbox(pod))
      .map(pod => `${pod.metadata.namespace}/${pod.metadata.name}`),
  )
  return answers(events)
    .filter(
      event =>
        isSubnetError(event) &&
        waiting.has(`${event.involvedObject.namespace}/${event.involvedObject.name}`),
    )
    .filter(event => eventTime(event) > since && answers.now - eventTime(event) < window)
    .toSorted((a, b) => eventTime(b) - eventTime(a))
}
