// The state of the simulated Mac as one record. All programs compute their answers from it.
import type { NodeApi, LabContext, Kernel, Machine } from '#lab/kernel/world.ts'
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { Disk } from './disk.ts'
import type { HostSeed, LaunchdSeed, ProcessSeed, RestartPolicyName } from './seed.ts'
import type { Server } from './platforms/systemd/server.ts'
import type { Work, Workers } from './work.ts'

/** The state of the VM and of the host processes that it depends on. */
export interface Vm {
  created: boolean
  process: 'running' | 'frozen' | 'gone'
  hostagent: 'running' | 'frozen' | 'gone'
  usernet: 'running' | 'gone'
  sshMaster: 'up' | 'down'
  sshd: 'running' | 'stopped'
  docker: 'running' | 'stopped' | 'masked'
  /** docker.socket listens in the guest: the next connection starts a stopped Docker. */
  dockerSocketUnit: boolean
  /** Whether the host's docker.sock is forwarded. The ssh master of a start does this once. */
  dockerForward: boolean
  /**
   * Whether the hostagent is connected to the guest agent. The ssh master of the start connects it.
   */
  agent: 'connected' | 'lost'
  /** Host ports on which Lima listens for containers. */
  readonly forwards: Set<number>
  /**
   * Ports that Lima failed to forward because another process had them. Lima retries only after the
   * container has closed and reopened the port.
   */
  readonly conflicts: Set<number>
  /** Whether the guest has the file that names its runtime. The first complete start writes it. */
  runtimeFile: boolean
  /** The boot is in progress: the VM's process runs and READY has not been reported. */
  booting: boolean
  /** ms since the epoch. */
  bootedAt: number
  sshPort: number
  readonly pids: { process: number; hostagent: number; usernet: number; master: number }
}

/** A process that outlived its VM. It may still hold ports, on which it never answers. */
export interface Orphan {
  pid: number
  kind: 'usernet' | 'master'
  ports: readonly number[]
}

export interface LivePort {
  container: number
  host: number
  hostIp: string
}

export interface Container {
  id: string
  name: string
  image: string
  ip: string
  machine: Machine | undefined
  createdAt: number
  status: 'created' | 'running' | 'paused' | 'restarting' | 'exited'
  pid: number
  exitCode: number
  error: string
  startedAt: number
  finishedAt: number
  restartCount: number
  /** A person stopped it, so `unless-stopped` does not start it again. */
  manuallyStopped: boolean
  restartPolicy: RestartPolicyName
  memory: number
  memorySwap: number
  nanoCpus: number
  bindings: { container: number; host: number | 'random'; hostIp: string }[]
  ports: LivePort[]
  stopsWithin: number | undefined
  /** A forced end of Docker left its task behind, so it cannot start before the VM's next boot. */
  stuckTask: boolean
  /** Cancels the restart that the restart policy has scheduled. */
  cancelRestart: (() => void) | undefined
}

export interface HostProcess extends ProcessSeed {
  frozen: boolean
  /** A `kubectl port-forward`: its destination, or how it fails. */
  forward?: { mode: 'alive' | 'hanging' | 'refusing'; machine: Machine | undefined; target: number }
}

export interface LaunchdJob extends LaunchdSeed {
  runs: number
}

export interface Mac {
  readonly context: LabContext
  readonly seed: HostSeed
  readonly cluster: NodeApi
  readonly random: SeededRandom
  readonly workers: Workers
  readonly disk: Disk
  readonly vm: Vm
  readonly kernel: Kernel
  readonly machines: readonly Machine[]
  readonly containers: Container[]
  /** Linux machines that this host reaches by ssh. */
  readonly servers: readonly Server[]
  readonly orphans: Orphan[]
  readonly processes: HostProcess[]
  readonly launchd: LaunchdJob[]
  readonly disks: { filesystem: string; mount: string; sizeKiB: number; usedKiB: number }[]
  /** The next random port that dockerd assigns. */
  nextPort: number
  nextPid: number
  /** Boots and shutdowns of Docker or the VM in progress. A crash cancels them. */
  readonly underway: Set<() => void>
}

/** The streams of a program. */
export interface Io {
  out(text: string): void
  err(text: string): void
  readonly stdin: string
}

/** A program: takes its arguments without its own name, and returns the exit code. */
export type Program = (mac: Mac, args: readonly string[], io: Io) => Work<number>

export const now = (mac: Mac): number => mac.context.clock.now()

/** Seconds since the VM's kernel started. */
export const uptime = (mac: Mac): number => (now(mac) - mac.vm.bootedAt) / 1000

export function newPid(mac: Mac): number {
  mac.nextPid += mac.random.integer(1, 40)
  return mac.nextPid
}

/**
 * Starts background work that ends with the VM. Returns a function that tells whether it still
 * runs.
 */
export function background(mac: Mac, work: Work): () => boolean {
  let over = false
  let kill = (): void => {}
  const cancel = (): void => kill()
  mac.underway.add(cancel)
  kill = mac.workers.start(work, () => {
    over = true
    mac.underway.delete(cancel)
    mac.workers.changed()
  })
  return () => !over && mac.underway.has(cancel)
}

/**
 * Runs work in a daemon and waits for it. The work continues even if the waiting program is killed.
 */
export function* detached(mac: Mac, work: Work): Work {
  const busy = background(mac, work)
  yield () => !busy()
}

/** Cancels all background work, because the VM died. */
export function abandonAll(mac: Mac): void {
  const works = [...mac.underway]
  mac.underway.clear()
  for (const cancel of works) cancel()
  mac.workers.changed()
}

/** Adds a backup to a folder. The lab stores only its first bytes, its size and its age. */
export const addBackup = (
  { disk, context }: Pick<Mac, 'disk' | 'context'>,
  folder: string,
  file: { name: string; bytes: number; ageMs: number; head?: string },
): void =>
  disk.put(`${folder}/${file.name}`, {
    kind: 'text',
    text: file.head ?? '',
    bytes: file.bytes,
    modifiedAt: context.clock.now() - file.ageMs,
  })

/** The name of Lima's instance. */
export const instanceOf = (mac: Mac): string =>
  mac.seed.vm.profile === 'default' ? 'colima' : `colima-${mac.seed.vm.profile}`
export const limaFolder = (mac: Mac): string => `${mac.seed.home}/.colima/_lima/${instanceOf(mac)}`
export const networkFolder = (mac: Mac): string =>
  `${mac.seed.home}/.colima/_lima/_networks/user-v2`
export const dockerSock = (mac: Mac): string =>
  `${mac.seed.home}/.colima/${mac.seed.vm.profile}/docker.sock`
/** Lima's short name of the driver, as used in file names and messages. */
export const driverOf = (mac: Mac): string => (mac.seed.vm.driver === 'QEMU' ? 'qemu' : 'vz')
