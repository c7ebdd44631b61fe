// The interface of the simulated nodes, and their options.
import type { NodeApi, Machine } from '#lab/kernel/world.ts'
import type { AppCatalogue, AppState } from './apps/apps.ts'
import type { PullFault } from './containers/images.ts'

/** How a command ended. `hangs`: it never ends. `missing`: the container lacks the program. */
export type ExecAnswer =
  | { kind: 'exited'; code: number; stdout: string; stderr: string }
  | { kind: 'hangs' }
  | { kind: 'missing'; message: string }

/** The facts about a machine that its kubelet reports. */
export interface MachineFacts {
  architecture: string
  containerRuntimeVersion: string
  kernelVersion: string
  osImage: string
  /** The id of both machine and system; empty for a container without one. Default: random. */
  machineId?: string
  /** The images that the node has from the start, with their sizes in bytes. */
  images?: Readonly<Record<string, number>>
  capacity: Readonly<Record<string, string>>
}

export interface NodeSimulationOptions {
  apps: AppCatalogue
  machines: readonly Machine[]
  /** Talos restores the taint node-role.kubernetes.io/control-plane:NoSchedule at every start. */
  controlPlaneTaint: boolean
  /**
   * Called when the control plane starts or stops serving: controllers run only while it serves.
   */
  onApi: (serving: boolean) => void
  /** Addresses by node name. Default: that of the Node object, otherwise 10.5.0.2 and up. */
  addresses?: Readonly<Record<string, string>>
  /** By node name. Default: Talos on arm64. */
  facts?: Readonly<Record<string, MachineFacts>>
  /**
   * Images that were pushed: their registries lack all other tags of these repositories. Default:
   * registries have every image.
   */
  pushed?: readonly string[]
  /** Images that every machine has from the start. */
  images?: readonly string[]
}

/** The simulated nodes. A missing `container` means the pod's first one. */
export interface NodeSimulation extends NodeApi {
  /** A running application, to hang or break it in place; undefined if none runs. */
  app(namespace: string, pod: string, container?: string): AppState | undefined
  /**
   * Called when all open connections to a machine's API server break. Returns a function that
   * unsubscribes.
   */
  onApiBreak(listener: (machine: Machine) => void): () => void
  /** Whether any API server serves. */
  apiServes(): boolean
  /** Runs a command as `kubectl exec` does; undefined if no such pod runs. */
  exec(
    namespace: string,
    pod: string,
    container: string | undefined,
    command: readonly string[],
  ): ExecAnswer | undefined
  /** Lines that the container's processes have printed; undefined if no node has such a pod. */
  logs(namespace: string, pod: string, container?: string): readonly string[] | undefined
  /** Kills the application for lack of memory: exit 137, OOMKilled. */
  oomKill(namespace: string, pod: string, container?: string): void
  /** Ends the application with an exit code. */
  crash(namespace: string, pod: string, code: number, container?: string): void
  /**
   * Leaves a pod in phase Unknown: its containers are gone and the kubelet ignores it until it is
   * deleted.
   */
  leaveUnknown(namespace: string, pod: string): void
  /** The kubelet evicts a pod: Failed, reason Evicted. */
  evict(namespace: string, pod: string, message: string): void
  /** Starts or ends a pressure of a node; its conditions follow at once. */
  pressure(node: string, type: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure', on: boolean): void
  /** Images whose pull fails, by image, repository, registry host, or `*`. */
  readonly pullFaults: Map<string, PullFault>
  /** The images on a machine, as containerd names them. */
  imagesOf(node: string): Set<string>
}
