// The state of one machine's kubelet and containerd, and timers that stop while the machine is
// paused.
import type { Container, Pod, Probe } from '#src/model/kube.ts'
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { LabContext, Machine, Process } from '#lab/kernel/world.ts'
import type { AppCatalogue, AppEntry, AppState } from '#lab/node/apps/apps.ts'
import type { Range } from '#lab/node/delays.ts'
import type { Registry } from '#lab/node/containers/images.ts'
import type { MachineFacts } from '#lab/node/node-api.ts'

/** How a container ended. Times in ms since the epoch. */
export interface Exit {
  id: string
  code: number
  reason: string
  message?: string
  startedAt: number
  finishedAt: number
}

export interface ProbeRun {
  readonly kind: 'startup' | 'liveness' | 'readiness'
  readonly spec: Probe
  /** The container that `result` is about. */
  containerId: string
  /** The container for which it has run out of turn. */
  triggered: string
  result: 'success' | 'failure' | 'unknown'
  lastOutcome: boolean | undefined
  count: number
  /** Has failed its container: does not run again until the next container. */
  suspended: boolean
  stopped: boolean
}

export interface Running {
  kind: 'running'
  id: string
  startedAt: number
  process: Process
  app: AppState
  /** Callbacks for its end. */
  readonly onEnd: (() => void)[]
}

export interface ContainerRun {
  readonly spec: Container
  readonly kind: 'init' | 'main'
  readonly entry: AppEntry
  state: { kind: 'none' } | Running | { kind: 'exited'; exit: Exit }
  waiting: { reason: string; message?: string } | undefined
  last: Exit | undefined
  /** How often it was started. */
  attempts: number
  /** The sandbox in which it last started. */
  sandboxId: string
  /** The kubelet's relist has seen it run: only then do probes run and the status show it. */
  seen: boolean
  started: boolean
  ready: boolean
  /** The probe that it failed, so that it must be restarted. */
  failedProbe: 'liveness' | 'startup' | undefined
  backOff: { ms: number; at: number } | undefined
  /** It must not be started before this time, ms since the epoch. */
  retryAt: number
  readonly probes: ProbeRun[]
  readonly log: string[]
}

export interface PodRun {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** The latest version of the object that the kubelet knows. */
  pod: Pod
  sandbox: { id: string; ip: string } | undefined
  /** It had a sandbox before, so the next one is reported as changed. */
  hadSandbox: boolean
  /** No relist has seen the sandbox yet. */
  newSandbox: boolean
  readonly inits: ContainerRun[]
  readonly mains: ContainerRun[]
  /** Operations are running: the next sync waits for them. */
  busy: boolean
  relisting: boolean
  /** No sandbox is started before this time, ms since the epoch. */
  retryAt: number
  /**
   * After a restart, a failed first sandbox is retried at the next relist, which sees the end of
   * the old one.
   */
  quickRetry: boolean
  ending: { graceMs: number; write: boolean; killing: boolean } | undefined
  /** Finished for good (Succeeded or Failed), without a sandbox. */
  done: boolean
  /** Its containers have ended; its object must still be removed. */
  removable: boolean
  /** Left in phase Unknown: the kubelet does not touch it until it is deleted. */
  unknown: boolean
  evicted: { reason: string; message: string } | undefined
  /** Its status could not be written because the API was unreachable. */
  dirty: boolean
}

/** The state that all machines of a world share. */
export interface SharedState {
  readonly context: LabContext
  readonly apps: AppCatalogue
  readonly registry: Registry
  readonly controlPlaneTaint: boolean
  /** Whether this machine can connect to a serving API. */
  apiUp(kubelet: KubeletState): boolean
}

export interface KubeletState {
  readonly shared: SharedState
  readonly machine: Machine
  readonly random: SeededRandom
  readonly address: string
  readonly facts: MachineFacts | undefined
  /** The first three numbers of its pod network, e.g. `10.244.0`. */
  readonly podNet: string
  /** Counts the machine's starts. Timers from earlier starts do nothing. */
  epoch: number
  up: boolean
  paused: boolean
  /** `starting`: the process runs but has not synced its pods yet. */
  phase: 'down' | 'starting' | 'up'
  readonly pods: Map<string, PodRun>
  readonly images: Set<string>
  /** Timers that expired while the machine was paused. */
  deferred: (() => void)[]
  /** Writes queued until the API is reachable. */
  queuedWrites: (() => void)[]
  nextPid: number
  nextIp: number
  /** The offset of its relists, sync ticks and status loops within their periods, ms. */
  readonly tickOffset: number
  readonly pressure: Map<'MemoryPressure' | 'DiskPressure' | 'PIDPressure', boolean>
  lastUnschedulable: boolean
  /** Callbacks of the network components. */
  readonly hooks: {
    exited: (run: PodRun, container: ContainerRun) => void
    running: (run: PodRun, container: ContainerRun) => void
  }
}

/** Runs on the machine after `ms`: later if it is paused then, never if it has been stopped. */
export function later(kubelet: KubeletState, ms: number, run: () => void): void {
  const epoch = kubelet.epoch
  const fire = (): void => {
    if (kubelet.epoch !== epoch || !kubelet.up) return
    if (kubelet.paused) kubelet.deferred.push(fire)
    else run()
  }
  kubelet.shared.context.clock.after(ms, fire)
}

/** ms until the next instant of the machine's 1-second grid. */
export function untilTick(
  kubelet: KubeletState,
  period: number,
  now = kubelet.shared.context.clock.now(),
): number {
  return period - ((((now - kubelet.tickOffset) % period) + period) % period)
}

export const draw = (kubelet: KubeletState, [from, to]: Range): number =>
  Math.round(kubelet.random.between(from, to))

export const nowOf = (kubelet: KubeletState): number => kubelet.shared.context.clock.now()

/** ms since the epoch as the API writes times. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

export const containersOf = (run: PodRun): readonly ContainerRun[] =>
  run.inits.length === 0 ? run.mains : [...run.inits, ...run.mains]
