// The status that a kubelet reports for a pod: containers, conditions, phase. Pure.
import { copyOf } from '#lab/kernel/data.ts'
import type { Condition, ContainerState, ContainerStatus, Pod } from '#src/model/kube.ts'
import { fullImage } from '#lab/node/apps/apps.ts'
import type { KubeletState, ContainerRun, Exit, PodRun } from './state.ts'
import { rfc3339 } from './state.ts'
import { imageId } from '#lab/node/containers/images.ts'

type Status = NonNullable<Pod['status']>

/** What the API holds beyond what holdfast reads. */
export interface KubeletStatus extends Status {
  observedGeneration?: number
  hostIPs?: { ip: string }[]
  podIPs?: { ip: string }[]
  qosClass?: string
}

interface KubeletContainerStatus extends ContainerStatus {
  allocatedResources?: Readonly<Record<string, string>>
  resources?: object
  volumeMounts?: readonly {
    mountPath: string
    name: string
    readOnly?: true
    recursiveReadOnly?: 'Disabled'
  }[]
  imageID: string
  containerID?: string
}

const terminated = (
  exit: Exit,
): NonNullable<ContainerState['terminated']> & { containerID: string; message?: string } => ({
  containerID: `containerd://${exit.id}`,
  exitCode: exit.code,
  finishedAt: rfc3339(exit.finishedAt),
  reason: exit.reason,
  startedAt: rfc3339(exit.startedAt),
  ...(exit.message === undefined ? {} : { message: exit.message }),
})

/** Exited with 0, which is what an init container is for. */
export const succeeded = (container: ContainerRun): boolean =>
  container.state.kind === 'exited' && container.state.exit.code === 0

/** An init container with restartPolicy Always runs beside the others. */
export const isSidecar = (container: ContainerRun): boolean =>
  container.kind === 'init' && container.spec.restartPolicy === 'Always'

function containerStatus(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
): KubeletContainerStatus {
  const { state } = container
  const shownRunning = state.kind === 'running' && container.seen
  const last =
    state.kind === 'exited' && container.waiting === undefined
      ? container.last
      : state.kind === 'exited'
        ? state.exit
        : container.last
  const shown: ContainerState = shownRunning
    ? { running: { startedAt: rfc3339(state.startedAt) } }
    : state.kind === 'exited' && container.waiting === undefined
      ? { terminated: terminated(state.exit) }
      : {
          waiting: container.waiting ?? {
            reason: run.inits.length > 0 ? 'PodInitializing' : 'ContainerCreating',
          },
        }
  const id =
    state.kind === 'running' ? state.id : state.kind === 'exited' ? state.exit.id : undefined
  const mounts: readonly { mountPath: string; name: string; readOnly?: boolean }[] =
    container.spec.volumeMounts ?? []
  const initDone = container.kind === 'init' && !isSidecar(container) && succeeded(container)
  return {
    ...(id === undefined ? {} : { containerID: `containerd://${id}` }),
    image: fullImage(container.spec.image),
    imageID:
      container.attempts > 0 ? imageId(container.spec.image, kubelet.shared.context.random) : '',
    lastState: last === undefined ? {} : { terminated: terminated(last) },
    name: container.spec.name,
    ready: initDone || (shownRunning && container.ready),
    restartCount: Math.max(
      0,
      container.attempts - (shownRunning || state.kind !== 'running' ? 1 : 2),
    ),
    started: shownRunning && container.started,
    state: shown,
    ...(shownRunning && container.spec.resources?.requests !== undefined
      ? { allocatedResources: { ...container.spec.resources.requests } }
      : {}),
    ...(shownRunning ? { resources: copyOf(container.spec.resources ?? {}) } : {}),
    ...(mounts.length === 0
      ? {}
      : {
          volumeMounts: mounts.map(({ mountPath, name, readOnly }) => ({
            mountPath,
            name,
            ...(readOnly === true ? { readOnly, recursiveReadOnly: 'Disabled' as const } : {}),
          })),
        }),
  }
}

function phaseOf(run: PodRun, ended: boolean): string {
  const { mains } = run
  const policy = run.pod.spec.restartPolicy ?? 'Always'
  const exits = mains.flatMap(each => (each.state.kind === 'exited' ? [each.state.exit] : []))
  if (ended)
    return exits.length === mains.length && exits.every(exit => exit.code === 0)
      ? 'Succeeded'
      : 'Failed'
  const failedInit = run.inits.some(
    each => each.state.kind === 'exited' && each.state.exit.code !== 0,
  )
  if (failedInit && policy === 'Never') return 'Failed'
  if (!run.inits.every(each => (isSidecar(each) ? each.attempts > 0 : succeeded(each)))) {
    return mains.some(each => each.attempts > 0) ? 'Running' : 'Pending'
  }
  const running = mains.filter(each => each.state.kind === 'running' && each.seen).length
  const never = mains.filter(
    each =>
      each.attempts === 0 || (each.attempts === 1 && each.state.kind === 'running' && !each.seen),
  ).length
  if (never > 0) return 'Pending'
  if (running > 0 || policy === 'Always') return 'Running'
  if (exits.length < mains.length) return 'Running'
  if (exits.every(exit => exit.code === 0)) return 'Succeeded'
  return policy === 'Never' ? 'Failed' : 'Running'
}

const unreadyNames = (containers: readonly ContainerStatus[]): string =>
  containers
    .filter(each => !each.ready)
    .map(each => each.name)
    .join(' ')

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
  const terminal =
    phase === 'Failed' ? 'PodFailed' : phase === 'Succeeded' ? 'PodCompleted' : undefined
  const pendingInits = run.inits.filter(each =>
    isSidecar(each) ? !each.started : !succeeded(each),
  )
  const unready = mains.filter(each => !each.ready)
  const generation = pod.metadata.generation ?? 1
  const condition = (type: string, ok: boolean, reason?: string, message?: string): Condition => {
    const status = ok ? 'True' : 'False'
    const old = before.conditions?.find(each => each.type === type)
    const made: Condition & { lastProbeTime: null; observedGeneration: number } = {
      lastProbeTime: null,
      lastTransitionTime:
        old?.status === status && old.lastTransitionTime !== undefined
          ? old.lastTransitionTime
          : rfc3339(now),
      observedGeneration: generation,
      status,
      type,
    }
    if (reason !== undefined) made.reason = reason
    if (message !== undefined) made.message = message
    return made
  }
  const readiness = (type: string): Condition => {
    if (terminal !== undefined) return condition(type, false, terminal)
    if (unready.length === 0) return condition(type, true)
    return condition(
      type,
      false,
      'ContainersNotReady',
      `containers with unready status: [${unreadyNames(mains)}]`,
    )
  }
  const initialized =
    terminal === 'PodCompleted'
      ? condition('Initialized', true, 'PodCompleted')
      : pendingInits.length === 0
        ? condition('Initialized', true)
        : condition(
            'Initialized',
            false,
            'ContainersNotInitialized',
            `containers with incomplete status: [${pendingInits.map(each => each.spec.name).join(' ')}]`,
          )
  const owned = [
    condition('PodReadyToStartContainers', run.sandbox !== undefined && !ended),
    initialized,
    readiness('Ready'),
    readiness('ContainersReady'),
  ]
  const scheduled =
    before.conditions?.find(each => each.type === 'PodScheduled') ?? condition('PodScheduled', true)
  const foreign = (before.conditions ?? []).filter(
    each => each.type !== 'PodScheduled' && !owned.some(mine => mine.type === each.type),
  )
  // A finished pod keeps the address it had; a pod between two sandboxes has none.
  const ip =
    pod.spec.hostNetwork === true
      ? kubelet.address
      : (run.sandbox?.ip ?? (ended ? before.podIP : undefined))
  const made: KubeletStatus = {
    conditions: [...owned, scheduled, ...foreign],
    containerStatuses: mains,
    hostIP: kubelet.address,
    hostIPs: [{ ip: kubelet.address }],
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits }),
    observedGeneration: generation,
    phase,
    ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
    qosClass: before.qosClass ?? qosClass(pod),
    startTime: before.startTime ?? rfc3339(now),
  }
  if (run.evicted !== undefined) {
    made.reason = run.evicted.reason
    made.message = run.evicted.message
  }
  return made
}

/** The upstream rule: no requests at all, or all requests equal to limits, or between. */
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
