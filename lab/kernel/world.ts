// The parts of the simulated world and the interfaces between them. They know nothing about
// invariants or drills.
import type { VirtualClock } from './clock.ts'
import type { SeededRandom } from './random.ts'
import type { Store } from './store.ts'

/** A connection to a port of an application. */
export interface AppRequest {
  /** `http`: a GET of `path`. `tcp`: bytes sent after connecting, or none. */
  kind: 'http' | 'tcp'
  path?: string
  send?: string
}

/** The answer, and after how many virtual ms it comes. `silent`: connected, but no answer comes. */
export type AppAnswer =
  | { kind: 'answer'; status: number; body: string; ms: number }
  | { kind: 'refused'; ms: number }
  | { kind: 'reset'; ms: number }
  | { kind: 'silent' }

/** How the API server of a node reacts to a connection. */
export type ApiState = 'refused' | 'starting' | 'serving' | 'hanging'

/** A process of a container, as the machine below it sees it. */
export interface Process {
  pid: number
  /** Name as `pgrep -x` sees it, e.g. `typesense-server`. */
  comm: string
  /** Stopped by SIGSTOP: it keeps its connections open and answers nothing. */
  frozen: boolean
}

/**
 * The machine of a node as its host sees it. kubelet, containerd and, on the control plane, the API
 * server run in it. `lab/host` starts and stops it.
 */
export interface Machine {
  readonly node: string
  readonly controlPlane: boolean
  state: 'stopped' | 'running' | 'paused'
  /** ms since the epoch of the last start. */
  startedAt: number
  /**
   * The relevant files of the node, such as `/run/flannel/subnet.env`. `/run` is a tmpfs and empty
   * after each start.
   */
  readonly files: Map<string, string>
  readonly processes: Map<number, Process>
  /** The kernel below the machine. All containers of one VM share it. */
  readonly kernel: Kernel
}

export interface Kernel {
  readonly modules: Set<string>
  readonly sysctls: Map<string, string>
}

/** The calls by which `lab/host` drives the nodes. `lab/node` and `lab/control` implement them. */
export interface NodeApi {
  /** The machine is up: boot its kubelet and, on a control plane, its API server. */
  started(machine: Machine): void
  /** The machine stops. `graceful`: its processes got SIGTERM first. */
  stopped(machine: Machine, graceful: boolean): void
  /** SIGSTOP and SIGCONT of the whole machine. */
  paused(machine: Machine): void
  resumed(machine: Machine): void
  apiState(machine: Machine): ApiState
  /** Connects to a NodePort of the machine. */
  connect(machine: Machine, nodePort: number, request: AppRequest): AppAnswer
  /** Sends SIGKILL, SIGSTOP or SIGCONT to a process in the machine. */
  signal(machine: Machine, pid: number, signal: 'KILL' | 'STOP' | 'CONT'): void
}

/** The basis of each part of the world. */
export interface LabContext {
  readonly seed: number
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly store: Store
}
