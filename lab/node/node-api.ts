// The interface of the simulated nodes, and their options.
import type { NodeApi, Machine } from '#lab/kernel/world.ts'
import type { AppCatalogue, AppState } from './apps/apps.ts'
import type { PullFault } from './containers/images.ts'

/** How a command ended; `hangs`: it never does; `missing`: the container has no such program. */
export type ExecAnswer =
  | { kind: 'exited'; code: number; stdout: string; stderr: string }
  | { kind: 'hangs' }
  | { kind: 'missing'; message: string }

/** What a machine is, as its kubelet reports it. */
export interface MachineFacts {
  architecture: string
  containerRuntimeVersion: string
  kernelVersion: string
  osImage: string
  /** Both its machine-id and its system's; empty where a container has none. Default: made up. */
  machineId?: string
  /** Bytes by image: what the node has from the beginning. */
  images?: Readonly<Record<string, number>>
  capacity: Readonly<Record<string, string>>
}

export interface NodeSimulationOptions {
  apps: AppCatalogue
  machines: readonly Machine[]
  /** Talos puts node-role.kubernetes.io/control-plane:NoSchedule back at every start. */
  controlPlaneTaint: boolean
  /** The control plane came up or went: controllers run only while it serves. */
  onApi: (serving: boolean) => void
  /** Node addresses by node name; default: the Node object's, else 10.5.0.2 and up. */
  addresses?: Readonly<Record<string, string>>
  /** By node name; default: a Talos on arm64. */
  facts?: Readonly<Record<string, MachineFacts>>
  /**
   * Images that their registries hold, and no other tags of their repositories. Default: they hold
   * whatever they are asked for.
   */
  pushed?: readonly string[]
  /** Images that every machine has from the beginning. */
  images?: readonly string[]
}

/** The simulated nodes. A missing `container` means the pod's first one. */
export interface NodeSimulation extends NodeApi {
  /** A running application, to hang or break it in place; undefined where nothing runs. */
  app(namespace: string, pod: string, container?: string): AppState | undefined
  /** Every open connection to a machine's API server breaks. Returns the way to stop listening. */
  onApiBreak(listener: (machine: Machine) => void): () => void
  /** Whether any API server serves. */
  apiServes(): boolean
  /** Runs a command as `kubectl exec` does; undefined where no such pod runs. */
  exec(
    namespace: string,
    pod: string,
    container: string | undefined,
    command: readonly string[],
  ): ExecAnswer | undefined
  /**
   * Lines that the container's processes have printed; undefined where there is no such pod on a
   * node.
   */
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
  /** A pressure of a node begins or ends; its conditions follow at once. */
  pressure(node: string, type: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure', on: boolean): void
  /** Images that do not come, by image, repository, registry host, or `*`. */
  readonly pullFaults: Map<string, PullFault>
  /** The images that a machine holds, as containerd names them. */
  imagesOf(node: string): Set<string>
}
