// The status that a kubelet reports for a container. Pure.
import { copyOf } from '#lab/kernel/data.ts'
import type { ContainerState, ContainerStatus } from '#src/model/kube.ts'
import { fullImage } from '#lab/node/apps/apps.ts'
import { imageId } from '#lab/node/containers/images.ts'
import type { KubeletState, ContainerRun, Exit, PodRun } from '#lab/node/kubelet/state.ts'
import { rfc3339 } from '#lab/node/kubelet/state.ts'

type VolumeMounts = readonly {
  mountPath: string
  name: string
  readOnly?: true
  recursiveReadOnly?: 'Disabled'
}[]

interface KubeletContainerStatus extends ContainerStatus {
  allocatedResources?: Readonly<Record<string, string>>
  resources?: object
  volumeMounts?: VolumeMounts
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
  ...(exit.message !== undefined && { message: exit.message }),
})

/** Whether a container exited with 0, as an init container should. */
export const succeeded = (container: ContainerRun): boolean =>
  container.state.kind === 'exited' && container.state.exit.code === 0

/** Whether a container is an init container with restartPolicy Always, which runs beside others. */
export const isSidecar = (container: ContainerRun): boolean =>
  container.kind === 'init' && container.spec.restartPolicy === 'Always'

/** Whether the kubelet has noticed that the container runs. */
export const isSeenRunning = ({ state, seen }: ContainerRun): boolean =>
  state.kind === 'running' && seen

/** The status of one container of a pod. */
export function containerStatus(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
): KubeletContainerStatus {
  const { spec, attempts } = container
  const running = isSeenRunning(container)
  const id = containerId(container)
  const last = lastExit(container)
  const initDone = container.kind === 'init' && !isSidecar(container) && succeeded(container)
  // The status does not count a start that the kubelet has not noticed yet.
  const unnoticed = container.state.kind === 'running' && !running
  const mounts = volumeMounts(container)
  return {
    ...(id !== undefined && { containerID: `containerd://${id}` }),
    image: fullImage(spec.image),
    imageID: attempts > 0 ? imageId(spec.image, kubelet.shared.context.random) : '',
    lastState: last === undefined ? {} : { terminated: terminated(last) },
    name: spec.name,
    ready: initDone || (running && container.ready),
    restartCount: Math.max(0, attempts - (unnoticed ? 2 : 1)),
    started: running && container.started,
    state: shownState(run, container),
    ...(running &&
      spec.resources?.requests !== undefined && {
        allocatedResources: { ...spec.resources.requests },
      }),
    ...(running && { resources: copyOf(spec.resources ?? {}) }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  }
}

function containerId({ state }: ContainerRun): string | undefined {
  if (state.kind === 'running') return state.id
  return state.kind === 'exited' ? state.exit.id : undefined
}

/** The exit that `lastState` shows: the present one while the container waits for its restart. */
const lastExit = ({ state, waiting, last }: ContainerRun): Exit | undefined =>
  state.kind === 'exited' && waiting !== undefined ? state.exit : last

function shownState(run: PodRun, container: ContainerRun): ContainerState {
  const { state, waiting } = container
  if (state.kind === 'running' && container.seen)
    return { running: { startedAt: rfc3339(state.startedAt) } }
  if (state.kind === 'exited' && waiting === undefined)
    return { terminated: terminated(state.exit) }
  const initial = run.inits.length > 0 ? 'PodInitializing' : 'ContainerCreating'
  return { waiting: waiting ?? { reason: initial } }
}

function volumeMounts({ spec }: ContainerRun): VolumeMounts {
  const mounts: readonly { mountPath: string; name: string; readOnly?: boolean }[] =
    spec.volumeMounts ?? []
  return mounts.map(({ mountPath, name, readOnly }) => ({
    mountPath,
    name,
    ...(readOnly === true && { readOnly, recursiveReadOnly: 'Disabled' as const }),
  }))
}
