// Faults that no command can cause, or that must take effect at once. Tests, worlds and drills of
// the lab use them.
import type { Machine } from '#lab/kernel/world.ts'
import { endContainer, find, isAlive } from './platforms/docker/containers.ts'
import { dockerDown, dockerUp } from './platforms/docker/daemon.ts'
import { isTaken, portsChanged } from './platforms/lima/forwards.ts'
import { unload } from './platforms/guest/system.ts'
import { addBackup, newPid, now, type Container, type Mac, type Vm } from './mac.ts'
import { formatPlist, parsePlist, type PlistValue } from './platforms/launchd/plist.ts'
import { sendSignal } from './platforms/macos/processes.ts'
import type { BindingSeed, ProcessSeed } from './seed.ts'
import {
  freezeHostagent,
  freezeVm,
  killHostagent,
  killMaster,
  killUsernet,
  killVm,
} from './platforms/lima/vm.ts'

export type ForwardMode = 'alive' | 'hanging' | 'refusing'

/** A port-forward to start. `target`: the NodePort whose answers it gives. */
interface NewForward {
  service: string
  namespace: string
  port: number
  target?: number
  node?: string
  mode?: ForwardMode
}

export interface FaultControls {
  /** A copy of the VM's present state. */
  vm(): Vm
  /** Stops docker and its socket unit in the VM. `masked`: it cannot be started again. */
  stopDocker(masked?: boolean): void
  startDocker(): void
  /** Starts or stops the VM's sshd. Open ssh masters survive a stop. */
  sshd(running: boolean): void
  /** The zombie VM of the incident: docker and sshd are stopped, everything else runs. */
  zombie(): void
  /** Kills the ssh master. */
  killMaster(): void
  /** Stops (SIGSTOP) or continues the VM's process. */
  freezeVm(frozen: boolean): void
  /** Kills the VM's user-mode network. */
  killUsernet(): void
  /** Kills Lima's hostagent. */
  killHostagent(): void
  /** Kills the VM's process. */
  killVm(): void
  /** Stops (SIGSTOP) or continues Lima's hostagent. */
  freezeHostagent(frozen: boolean): void
  /** Fills the file system mounted there to a share of 0 to 1. Returns the share before. */
  fillDisk(mount: string, share: number): number
  /** Changes a container's settings behind Docker's back. */
  container(
    name: string,
    change: Partial<
      Pick<
        Container,
        'memory' | 'memorySwap' | 'nanoCpus' | 'restartPolicy' | 'stopsWithin' | 'stuckTask'
      >
    >,
  ): void
  /** Publishes one more port at once, as an edit of Docker's files would. */
  bind(name: string, binding: BindingSeed): void
  /** Removes a published port at once. */
  unbind(name: string, containerPort: number): void
  /** Ends a container behind Docker's back; its restart policy does not act. */
  dropContainer(name: string, code?: number): void
  /** Unloads a kernel module of the VM; its sysctls go with it. */
  unloadModule(name: string): void
  /**
   * Starts `kubectl port-forward`; returns its pid. `alive` answers like NodePort `target` of the
   * node.
   */
  portForward(forward: NewForward): number
  /** Breaks a port-forward whose process keeps running: clients hang or are refused. */
  breakForward(pid: number, mode: ForwardMode): void
  addProcess(process: Omit<ProcessSeed, 'pid'> & { pid?: number }): number
  endProcess(pid: number): void
  /**
   * Sets the PATH of a launchd job, in launchd and in its plist file; undefined removes it. Returns
   * the PATH before.
   */
  plistPath(label: string, path: string | undefined): string | undefined
  removeJob(label: string): void
  removeBackup(folder: string, name: string): void
  emptyBackup(folder: string, name: string): void
  /** Sets the age of a backup, in ms. */
  ageBackup(folder: string, name: string, ageMs: number): void
  addBackup(
    folder: string,
    file: { name: string; bytes: number; ageMs: number; head?: string },
  ): void
  writeFile(path: string, text: string): void
  removeFile(path: string): void
}

type Controls<K extends keyof FaultControls> = Pick<FaultControls, K>
type ContainerControl = 'container' | 'bind' | 'unbind' | 'dropContainer'
type ProcessControl =
  | 'portForward'
  | 'breakForward'
  | 'addProcess'
  | 'endProcess'
  | 'plistPath'
  | 'removeJob'
type FileControl =
  | 'removeBackup'
  | 'emptyBackup'
  | 'ageBackup'
  | 'addBackup'
  | 'writeFile'
  | 'removeFile'
type VmControl = Exclude<keyof FaultControls, ContainerControl | ProcessControl | FileControl>

/** Controls of the VM and of the processes that carry it. */
const vmControls = (mac: Mac): Controls<VmControl> => ({
  vm: () => structuredClone(mac.vm),
  stopDocker: (masked = false) => stopDocker(mac, masked),
  startDocker: () => {
    if (mac.vm.docker === 'masked') mac.vm.docker = 'stopped'
    dockerUp(mac)
  },
  sshd: running => setSshd(mac, running),
  zombie: () => {
    stopDocker(mac, false)
    setSshd(mac, false)
  },
  killMaster: () => killMaster(mac),
  freezeVm: frozen => freezeVm(mac, frozen),
  killUsernet: () => killUsernet(mac),
  killHostagent: () => killHostagent(mac),
  killVm: () => killVm(mac),
  freezeHostagent: frozen => freezeHostagent(mac, frozen),
  fillDisk: (mount, share) => {
    const disk = mac.disks.find(one => one.mount === mount)
    if (disk === undefined)
      throw new Error(
        `The simulated VM has no file system at ${mount}. It has ${listed(mac.disks, 'mount')}.`,
      )
    const before = disk.usedKiB / disk.sizeKiB
    disk.usedKiB = Math.floor(disk.sizeKiB * share)
    mac.workers.changed()
    return before
  },
  unloadModule: name => void unload(mac, name),
})

function stopDocker(mac: Mac, masked: boolean): void {
  dockerDown(mac, true)
  mac.vm.docker = masked ? 'masked' : 'stopped'
  mac.vm.dockerSocketUnit = false
  portsChanged(mac)
}

function setSshd(mac: Mac, running: boolean): void {
  mac.vm.sshd = running ? 'running' : 'stopped'
  mac.workers.changed()
}

/** Names of a list, for an error message. */
const listed = <K extends string>(list: readonly Record<K, string>[], key: K): string =>
  list.map(one => one[key]).join(', ')

function containerOf(mac: Mac, name: string): Container {
  const container = find(mac, name)
  if (container === undefined)
    throw new Error(
      `The simulated Docker has no container ${name}. It has ${listed(mac.containers, 'name')}.`,
    )
  return container
}

/** Controls of Docker's containers. */
const containerControls = (mac: Mac): Controls<ContainerControl> => ({
  container: (name, change) => void Object.assign(containerOf(mac, name), change),
  bind: (name, binding) => {
    const container = containerOf(mac, name)
    container.bindings.push({ ...binding })
    if (isAlive(container))
      container.ports.push({
        container: binding.container,
        host: binding.host === 'random' ? mac.nextPort++ : binding.host,
        hostIp: binding.hostIp,
      })
    portsChanged(mac)
  },
  unbind: (name, containerPort) => {
    const container = containerOf(mac, name)
    container.bindings = container.bindings.filter(binding => binding.container !== containerPort)
    container.ports = container.ports.filter(port => port.container !== containerPort)
    portsChanged(mac)
  },
  dropContainer: (name, code = 255) =>
    endContainer(mac, containerOf(mac, name), { code, graceful: false, unclean: true }),
})

/** Controls of the host's processes and launchd jobs. */
const processControls = (mac: Mac): Controls<ProcessControl> => ({
  portForward: forward => startForward(mac, forward),
  breakForward: (pid, mode) => {
    const process = mac.processes.find(one => one.pid === pid)
    if (process?.forward === undefined) throw new Error(`Process ${pid} is not a port-forward.`)
    process.forward.mode = mode
  },
  addProcess: process => {
    const pid = process.pid ?? newPid(mac)
    mac.processes.push({ ...process, pid, frozen: false })
    return pid
  },
  endProcess: pid => void sendSignal(mac, pid, 'KILL'),
  plistPath: (label, path) => setPath(mac, label, path),
  removeJob: label => {
    const at = mac.launchd.findIndex(job => job.label === label)
    if (at >= 0) mac.disk.remove(mac.launchd.splice(at, 1)[0]!.plist)
  },
})

/** Controls of the host's files. */
const fileControls = (mac: Mac): Controls<FileControl> => ({
  removeBackup: (folder, name) => void mac.disk.remove(`${folder}/${name}`),
  emptyBackup: (folder, name) => {
    const entry = mac.disk.get(`${folder}/${name}`)
    if (entry !== undefined) Object.assign(entry, { text: '', bytes: 0 })
  },
  ageBackup: (folder, name, ageMs) => {
    const entry = mac.disk.get(`${folder}/${name}`)
    if (entry !== undefined) entry.modifiedAt = now(mac) - ageMs
  },
  addBackup: (folder, file) => addBackup(mac, folder, file),
  writeFile: (path, text) => mac.disk.write(path, text),
  removeFile: path => void mac.disk.remove(path),
})

/** Fault controls of this host. */
export const createFaultControls = (mac: Mac): FaultControls => ({
  ...vmControls(mac),
  ...containerControls(mac),
  ...processControls(mac),
  ...fileControls(mac),
})

function startForward(mac: Mac, forward: NewForward): number {
  const { service, namespace, port } = forward
  if (isTaken(mac, port))
    throw new Error(
      `Unable to listen on port ${port}: another process of the simulated host has 127.0.0.1:${port}.`,
    )
  const machine: Machine | undefined = mac.machines.find(
    one => forward.node === undefined || one.node === forward.node,
  )
  const pid = newPid(mac)
  mac.processes.push({
    pid,
    ppid: 1,
    user: mac.seed.user,
    frozen: false,
    args: `kubectl port-forward svc/${service} ${port}:${port} -n ${namespace}`,
    listens: [{ port }],
    forward: { mode: forward.mode ?? 'alive', machine, target: forward.target ?? port },
  })
  return pid
}

const isDict = (value: PlistValue | undefined): value is { readonly [key: string]: PlistValue } =>
  typeof value === 'object' && !Array.isArray(value)

function setPath(mac: Mac, label: string, path: string | undefined): string | undefined {
  const job = mac.launchd.find(one => one.label === label)
  if (job === undefined)
    throw new Error(
      `The simulated launchd has no job ${label}. It has ${listed(mac.launchd, 'label')}.`,
    )
  const before = job.path
  if (path === undefined) delete job.path
  else job.path = path
  const text = mac.disk.text(job.plist)
  if (text === undefined) return before
  const held = parsePlist(text)
  if (!isDict(held)) return before
  const { PATH: _before, ...others } = isDict(held['EnvironmentVariables'])
    ? held['EnvironmentVariables']
    : {}
  const variables: Record<string, PlistValue> =
    path === undefined ? others : { ...others, PATH: path }
  const { EnvironmentVariables: _old, ...rest } = held
  mac.disk.write(
    job.plist,
    formatPlist(
      Object.keys(variables).length === 0 ? rest : { ...rest, EnvironmentVariables: variables },
    ),
  )
  return before
}
