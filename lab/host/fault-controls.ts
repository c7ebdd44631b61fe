// Turns of the world that no command can make, or that a builder of worlds wants at once: for
// tests, worlds and faults.
import type { Machine } from '#lab/kernel/world.ts'
import { endContainer, find, isAlive } from './platforms/docker/containers.ts'
import { dockerDown, dockerUp } from './platforms/docker/daemon.ts'
import { isTaken, portsChanged } from './platforms/lima/forwards.ts'
import { unload } from './platforms/guest/system.ts'
import { newPid, type Container, type Mac, type Vm } from './mac.ts'
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

export interface FaultControls {
  /** The VM's facts as they are now; a copy. */
  vm(): Vm
  /** A: docker is stopped in the VM, its socket too. `masked`: and cannot be started. */
  stopDocker(masked?: boolean): void
  startDocker(): void
  /** sshd of the VM; living masters survive its end. */
  sshd(running: boolean): void
  /** The documented zombie: docker and sshd stopped, everything else as if nothing had happened. */
  zombie(): void
  /** B */
  killMaster(): void
  /** C */
  freezeVm(frozen: boolean): void
  /** D */
  killUsernet(): void
  /** E */
  killHostagent(): void
  /** F */
  killVm(): void
  /** G */
  freezeHostagent(frozen: boolean): void
  /** Sets how full the file system mounted there is, 0 to 1. Returns the share before. */
  fillDisk(mount: string, share: number): number
  /** Changes what Docker holds of a container without asking Docker. */
  container(
    name: string,
    change: Partial<
      Pick<
        Container,
        'memory' | 'memorySwap' | 'nanoCpus' | 'restartPolicy' | 'stopsWithin' | 'stuckTask'
      >
    >,
  ): void
  /** A published port more, at once, as after an edit of Docker's files. */
  bind(name: string, binding: BindingSeed): void
  /** A published port less. */
  unbind(name: string, containerPort: number): void
  /** The container ends without docker having been asked, and no policy acts. */
  dropContainer(name: string, code?: number): void
  /** Removes a kernel module with its settings. */
  unloadModule(name: string): void
  /**
   * Starts `kubectl port-forward`; returns its pid. `alive` answers like NodePort `target` of the
   * node.
   */
  portForward(forward: {
    service: string
    namespace: string
    port: number
    target?: number
    node?: string
    mode?: ForwardMode
  }): number
  /** It dies silently: the process stays, its clients hang or are refused. */
  breakForward(pid: number, mode: ForwardMode): void
  addProcess(process: Omit<ProcessSeed, 'pid'> & { pid?: number }): number
  endProcess(pid: number): void
  /**
   * PATH of a launchd job, in launchd and in its plist file; undefined takes it out. Returns the
   * PATH before.
   */
  plistPath(label: string, path: string | undefined): string | undefined
  removeJob(label: string): void
  removeBackup(folder: string, name: string): void
  emptyBackup(folder: string, name: string): void
  /** Sets how old it is, in ms. */
  ageBackup(folder: string, name: string, ageMs: number): void
  addBackup(
    folder: string,
    file: { name: string; bytes: number; ageMs: number; head?: string },
  ): void
  writeFile(path: string, text: string): void
  removeFile(path: string): void
}

export function createFaultControls(mac: Mac): FaultControls {
  const { vm, context } = mac
  const holding = (name: string): Container => {
    const container = find(mac, name)
    if (container === undefined)
      throw new Error(
        `the simulated Docker holds no container ${name}: it has ${mac.containers.map(one => one.name).join(', ')}`,
      )
    return container
  }
  const stopDocker = (masked = false): void => {
    dockerDown(mac, true)
    vm.docker = masked ? 'masked' : 'stopped'
    vm.dockerSocketUnit = false
    portsChanged(mac)
  }
  const sshd = (running: boolean): void => {
    vm.sshd = running ? 'running' : 'stopped'
    mac.workers.changed()
  }
  return {
    vm: () => structuredClone(vm),
    stopDocker,
    startDocker: () => {
      if (vm.docker === 'masked') vm.docker = 'stopped'
      dockerUp(mac)
    },
    sshd,
    zombie: () => {
      stopDocker()
      sshd(false)
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
          `the simulated VM has no file system at ${mount}: it has ${mac.disks.map(one => one.mount).join(', ')}`,
        )
      const before = disk.usedKiB / disk.sizeKiB
      disk.usedKiB = Math.floor(disk.sizeKiB * share)
      mac.workers.changed()
      return before
    },
    container: (name, change) => void Object.assign(holding(name), change),
    bind: (name, binding) => {
      const container = holding(name)
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
      const container = holding(name)
      container.bindings = container.bindings.filter(binding => binding.container !== containerPort)
      container.ports = container.ports.filter(port => port.container !== containerPort)
      portsChanged(mac)
    },
    dropContainer: (name, code = 255) =>
      endContainer(mac, holding(name), { code, graceful: false, unclean: true }),
    unloadModule: name => void unload(mac, name),
    portForward: forward => startForward(mac, forward),
    breakForward: (pid, mode) => {
      const process = mac.processes.find(one => one.pid === pid)
      if (process?.forward === undefined) throw new Error(`process ${pid} is no port-forward`)
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
    removeBackup: (folder, name) => void mac.disk.remove(`${folder}/${name}`),
    emptyBackup: (folder, name) => {
      const entry = mac.disk.get(`${folder}/${name}`)
      if (entry !== undefined) Object.assign(entry, { text: '', bytes: 0 })
    },
    ageBackup: (folder, name, ageMs) => {
      const entry = mac.disk.get(`${folder}/${name}`)
      if (entry !== undefined) entry.modifiedAt = context.clock.now() - ageMs
    },
    addBackup: (folder, file) =>
      mac.disk.put(`${folder}/${file.name}`, {
        kind: 'text',
        text: file.head ?? '',
        bytes: file.bytes,
        modifiedAt: context.clock.now() - file.ageMs,
      }),
    writeFile: (path, text) => mac.disk.write(path, text),
    removeFile: path => void mac.disk.remove(path),
  }
}

function startForward(
  mac: Mac,
  forward: {
    service: string
    namespace: string
    port: number
    target?: number
    node?: string
    mode?: ForwardMode
  },
): number {
  const { service, namespace, port } = forward
  if (isTaken(mac, port))
    throw new Error(
      `unable to listen on port ${port}: another process of the simulated host has 127.0.0.1:${port}`,
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
      `launchd of the simulated host has no job ${label}: it has ${mac.launchd.map(one => one.label).join(', ')}`,
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
