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
  /** The container for which it was run out of turn. */
  triggered: string
  result: 'success' | 'failure' | 'unknown'
  lastOutcome: boolean | undefined
  count: number
  /** Failed for good: waits for another container. */
  suspended: boolean
  stopped: boolean
}

export interface Running {
  kind: 'running'
  id: string
  startedAt: number
  process: Process
  app: AppState
  /** Called once it has ended. */
  readonly onEnd: (() => void)[]
}

export interface ContainerRun {
  readonly spec: Container
  readonly kind: 'init' | 'main'
  readonly entry: AppEntry
  state: { kind: 'none' } | Running | { kind: 'exited'; exit: Exit }
  waiting: { reason: string; message?: string } | undefined
  last: Exit | undefined
  /** Starts so far. */
  attempts: number
  /** The sandbox in which it last started. */
  sandboxId: string
  /** Seen running by the kubelet's relist: only then probes run and the API hears of it. */
  seen: boolean
  started: boolean
  ready: boolean
  /** A probe condemned it. */
  failedProbe: 'liveness' | 'startup' | undefined
  backOff: { ms: number; at: number } | undefined
  /** Not to be started before, ms since the epoch. */
  retryAt: number
  readonly probes: ProbeRun[]
  readonly log: string[]
}

export interface PodRun {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** The newest object heard of. */
  pod: Pod
  sandbox: { id: string; ip: string } | undefined
  /** It had a sandbox before: a new one is a changed one. */
  hadSandbox: boolean
  /** No relist has seen it yet. */
  newSandbox: boolean
  readonly inits: ContainerRun[]
  readonly mains: ContainerRun[]
  /** Operations are under way: the next look waits for them. */
  busy: boolean
  relisting: boolean
  /** No sandbox is tried before, ms since the epoch. */
  retryAt: number
  /**
   * The first sandbox after a restart is tried again at the next relist, because the old one's end
   * is seen then.
   */
  quickRetry: boolean
  ending: { graceMs: number; write: boolean; killing: boolean } | undefined
  /** Finished for good (Succeeded or Failed), with its sandbox gone. */
  done: boolean
  /** Its containers have ended; its object is still to be removed. */
  removable: boolean
  /** Left in phase Unknown: the kubelet does not touch it until it is deleted. */
  unknown: boolean
  evicted: { reason: string; message: string } | undefined
  /** Its status could not be written: the API was away. */
  dirty: boolean
}

/** What all machines of a world share. */
export interface SharedState {
  readonly context: LabContext
  readonly apps: AppCatalogue
  readonly registry: Registry
  readonly controlPlaneTaint: boolean
  /** Whether this machine reaches a serving API. */
  apiUp(kubelet: KubeletState): boolean
}

export interface KubeletState {
  readonly shared: SharedState
  readonly machine: Machine
  readonly random: SeededRandom
  readonly address: string
  readonly facts: MachineFacts | undefined
  /** First three numbers of its pod network, e.g. `10.244.0`. */
  readonly podNet: string
  /** Counts starts; timers of an earlier start are void. */
  epoch: number
  up: boolean
  paused: boolean
  /** `starting`: the process runs and has not looked at its pods. */
  phase: 'down' | 'starting' | 'up'
  readonly pods: Map<string, PodRun>
  readonly images: Set<string>
  /** Timers that expired while the machine was paused. */
  deferred: (() => void)[]
  /** Writes queued until the API is reachable. */
  queuedWrites: (() => void)[]
  nextPid: number
  nextIp: number
  /** Where its relists, sync ticks and status loops lie within their periods, ms. */
  readonly tickOffset: number
  readonly pressure: Map<'MemoryPressure' | 'DiskPressure' | 'PIDPressure', boolean>
  lastUnschedulable: boolean
  /** Callbacks of the network components. */
  readonly hooks: {
    exited: (run: PodRun, container: ContainerRun) => void
    running: (run: PodRun, container: ContainerRun) => void
  }
}

/** Runs on the machine after `ms`: later if it was paused, never if it was stopped meanwhile. */
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
