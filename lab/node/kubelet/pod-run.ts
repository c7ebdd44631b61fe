// What a kubelet knows about a pod: new, or restored from the status in the API.
import type { Container, ContainerStatus, Pod } from '#src/model/kube.ts'
import { entryFor } from '#lab/node/apps/apps.ts'
import type { KubeletState, ContainerRun, Exit, PodRun } from './state.ts'
import { containersOf, nowOf } from './state.ts'
import { probesOf } from './probes.ts'

function container(kubelet: KubeletState, spec: Container, kind: 'init' | 'main'): ContainerRun {
  return {
    spec,
    kind,
    entry: entryFor(kubelet.shared.apps, spec.image, [
      ...(spec.command ?? []),
      ...(spec.args ?? []),
    ]),
    state: { kind: 'none' },
    waiting: undefined,
    last: undefined,
    attempts: 0,
    sandboxId: '',
    seen: false,
    started: false,
    ready: false,
    failedProbe: undefined,
    backOff: undefined,
    retryAt: 0,
    probes: probesOf(spec),
    log: [],
  }
}

/**
 * A pod that is new to this kubelet. The containers in its status ran here before and have died.
 */
export function newRun(kubelet: KubeletState, pod: Pod): PodRun {
  const run: PodRun = {
    uid: pod.metadata.uid ?? '',
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    pod,
    sandbox: undefined,
    hadSandbox: false,
    newSandbox: false,
    inits: (pod.spec.initContainers ?? []).map(each => container(kubelet, each, 'init')),
    mains: pod.spec.containers.map(each => container(kubelet, each, 'main')),
    busy: false,
    relisting: false,
    retryAt: 0,
    quickRetry: false,
    ending: undefined,
    done: pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed',
    removable: false,
    unknown: pod.status?.phase === 'Unknown',
    evicted: undefined,
    dirty: false,
  }
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ]
  for (const each of containersOf(run)) {
    const status = statuses.find(one => one.name === each.spec.name)
    if (status !== undefined) takeOver(kubelet, run, each, status)
  }
  return run
}

function takeOver(
  kubelet: KubeletState,
  run: PodRun,
  each: ContainerRun,
  status: ContainerStatus,
): void {
  const { running, terminated } = status.state ?? {}
  if (running === undefined && terminated === undefined) {
    each.attempts = status.restartCount
    return
  }
  run.hadSandbox = true
  run.quickRetry = true
  each.attempts = status.restartCount + 1
  const exit: Exit = {
    id: kubelet.random.hex(64),
    code: terminated?.exitCode ?? 255,
    reason: terminated?.reason ?? 'Unknown',
    startedAt: Date.parse(terminated?.startedAt ?? running?.startedAt ?? '') || nowOf(kubelet),
    finishedAt: Date.parse(terminated?.finishedAt ?? '') || nowOf(kubelet),
  }
  each.state = { kind: 'exited', exit }
}

const lostText =
  'The container could not be located when the pod was deleted.  ' +
  'The container used to be Running'

/**
 * Records that the machine went down: the processes of the pod are gone, and containerd remembers
 * its dead containers, unless they are `lost`.
 */
export function markDied(kubelet: KubeletState, run: PodRun, lost: boolean): void {
  const now = nowOf(kubelet)
  if (run.sandbox !== undefined) {
    run.hadSandbox = true
    run.quickRetry = true
  }
  run.sandbox = undefined
  run.busy = false
  run.relisting = false
  run.retryAt = 0
  run.ending = undefined
  for (const each of containersOf(run)) {
    each.waiting = undefined
    each.retryAt = 0
    each.failedProbe = undefined
    each.backOff = undefined
    each.seen = false
    each.started = false
    each.ready = false
    for (const probe of each.probes) probe.stopped = true
    if (each.state.kind !== 'running') continue
    const { id, startedAt } = each.state
    if (lost) {
      each.last = {
        id,
        code: 137,
        reason: 'ContainerStatusUnknown',
        message: lostText,
        startedAt,
        finishedAt: now,
      }
      each.state = { kind: 'none' }
    } else
      each.state = {
        kind: 'exited',
        exit: { id, code: 255, reason: 'Unknown', startedAt, finishedAt: now },
      }
  }
}
