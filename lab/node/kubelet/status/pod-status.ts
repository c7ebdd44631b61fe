// The status that a kubelet reports for a pod: containers, conditions, phase. Pure.
import type { Pod } from '#src/model/kube.ts'
import { containerStatus } from './container-status.ts'
import { podConditions } from './pod-conditions.ts'
import { phaseOf } from './pod-phase.ts'
import type { KubeletState, PodRun } from '#lab/node/kubelet/state.ts'
import { rfc3339 } from '#lab/node/kubelet/state.ts'

/** The status as the API serves it, with the fields that the model does not need. */
export interface KubeletStatus extends NonNullable<Pod['status']> {
  observedGeneration?: number
  hostIPs?: { ip: string }[]
  podIPs?: { ip: string }[]
  qosClass?: string
}

/** `ended`: all containers have stopped for good, because the pod is deleted or finished. */
export function podStatus(
  kubelet: KubeletState,
  run: PodRun,
  now: number,
  ended: boolean,
): KubeletStatus {
  const { pod } = run
  const before: KubeletStatus = pod.status ?? {}
  const mains = run.mains.map(each => containerStatus(kubelet, run, each))
  const inits = run.inits.map(each => containerStatus(kubelet, run, each))
  const phase = run.evicted === undefined ? phaseOf(run, ended) : 'Failed'
  const ip = addressOf(kubelet, run, ended)
  const status: KubeletStatus = {
    conditions: podConditions(run, phase, mains, now, ended),
    containerStatuses: mains,
    hostIP: kubelet.address,
    hostIPs: [{ ip: kubelet.address }],
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    observedGeneration: pod.metadata.generation ?? 1,
    phase,
    ...(ip !== undefined && { podIP: ip, podIPs: [{ ip }] }),
    qosClass: before.qosClass ?? qosClass(pod),
    startTime: before.startTime ?? rfc3339(now),
  }
  if (run.evicted !== undefined) {
    status.reason = run.evicted.reason
    status.message = run.evicted.message
  }
  return status
}

/** A finished pod keeps its last address; a pod between two sandboxes has none. */
function addressOf(kubelet: KubeletState, run: PodRun, ended: boolean): string | undefined {
  if (run.pod.spec.hostNetwork === true) return kubelet.address
  return run.sandbox?.ip ?? (ended ? run.pod.status?.podIP : undefined)
}

/** Upstream's rule: no requests at all, all requests equal to their limits, or anything between. */
export function qosClass(pod: Pod): string {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
  const resources = all.map(each => each.resources ?? {})
  if (
    resources.every(
      each =>
        Object.keys(each.requests ?? {}).length === 0 &&
        Object.keys(each.limits ?? {}).length === 0,
    )
  )
    return 'BestEffort'
  const guaranteed = resources.every(each =>
    ['cpu', 'memory'].every(
      name =>
        each.limits?.[name] !== undefined &&
        (each.requests?.[name] ?? each.limits[name]) === each.limits[name],
    ),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
