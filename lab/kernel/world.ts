// The parts of the simulated world and the few wires between them. Nothing here knows of invariants
// or drills.
import type { VirtualClock } from './clock.ts'
import type { SeededRandom } from './random.ts'
import type { Store } from './store.ts'

/** What an application is asked: a connection from somewhere to one of its ports. */
export interface AppRequest {
  /** `http`: a GET of `path`. `tcp`: bytes sent after connecting, or none. */
  kind: 'http' | 'tcp'
  path?: string
  send?: string
}

/** What comes back and after how many virtual ms; `silent`: connected, and nothing ever comes. */
export type AppAnswer =
  | { kind: 'answer'; status: number; body: string; ms: number }
  | { kind: 'refused'; ms: number }
  | { kind: 'reset'; ms: number }
  | { kind: 'silent' }

/** How the API server of a node meets a connection. */
export type ApiState = 'refused' | 'starting' | 'serving' | 'hanging'

/** A process of a container, as the machine that carries it sees it. */
export interface Process {
  pid: number
  /** Name as `pgrep -x` sees it, e.g. `typesense-server`. */
  comm: string
  /** `kill -STOP`ped: it holds its connections and answers nothing. */
  frozen: boolean
}

/**
 * A node's computer as its host sees it: the box around kubelet, containerd and, on a control
 * plane, the API server.
 * The host side starts and stops it; the node side lives in it.
 */
export interface Machine {
  readonly node: string
  readonly controlPlane: boolean
  state: 'stopped' | 'running' | 'paused'
  /** ms since the epoch of the last start. */
  startedAt: number
  /**
   * Files of the node that matter, e.g. `/run/flannel/subnet.env`. `/run` is a tmpfs: empty after
   * each start.
   */
  readonly files: Map<string, string>
  readonly processes: Map<number, Process>
  /** Kernel of whatever carries the machine; shared by all containers of one VM. */
  readonly kernel: Kernel
}

export interface Kernel {
  readonly modules: Set<string>
  readonly sysctls: Map<string, string>
}

/** What the node side offers to the host side. Made by `lab/node` and `lab/control`. */
export interface NodeApi {
  /** The machine has come up: boot its kubelet and, on a control plane, its API server. */
  started(machine: Machine): void
  /** The machine is going: `graceful` when its processes were asked first. */
  stopped(machine: Machine, graceful: boolean): void
  /** SIGSTOP and SIGCONT of the whole machine. */
  paused(machine: Machine): void
  resumed(machine: Machine): void
  apiState(machine: Machine): ApiState
  /** Somebody connects to a NodePort of the machine. */
  connect(machine: Machine, nodePort: number, request: AppRequest): AppAnswer
  /** SIGKILL, SIGSTOP, SIGCONT of a process in the machine. */
  signal(machine: Machine, pid: number, signal: 'KILL' | 'STOP' | 'CONT'): void
}

/** What every part of the world has in hand. */
export interface LabContext {
  readonly seed: number
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly store: Store
}
