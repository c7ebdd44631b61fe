// Faults of the VM and of the processes on the host that it depends on.
import type { Mac, Vm } from '#lab/host/mac.ts'
import { dockerDown, dockerUp } from '#lab/host/platforms/docker/daemon.ts'
import { unload } from '#lab/host/platforms/guest/system.ts'
import {
  freezeHostagent,
  freezeVm,
  killHostagent,
  killMaster,
  killUsernet,
  killVm,
} from '#lab/host/platforms/lima/deaths.ts'
import { portsChanged } from '#lab/host/platforms/lima/forwards.ts'
import { namesIn } from './known-names.ts'

export interface VmControls {
  /** Returns a copy of the VM's present state. */
  vm(): Vm
  /** Stops docker and its socket unit in the VM. `masked`: it cannot be started again. */
  stopDocker(masked?: boolean): void
  startDocker(): void
  /** Starts or stops the VM's sshd. Open ssh masters survive a stop. */
  sshd(running: boolean): void
  /** Causes the zombie VM of the incident: Docker and sshd are stopped, everything else runs. */
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
  /** Fills a file system to a share from 0 to 1. Returns the previous share. */
  fillDisk(mount: string, share: number): number
  /** Unloads a kernel module of the VM, and with it the module's sysctls. */
  unloadModule(name: string): void
}

export const vmControls = (mac: Mac): VmControls => ({
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
  fillDisk: (mount, share) => fillDisk(mac, mount, share),
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

function fillDisk(mac: Mac, mount: string, share: number): number {
  const disk = mac.disks.find(one => one.mount === mount)
  if (disk === undefined)
    throw new Error(
      `The simulated VM has no file system at ${mount}. It has ${namesIn(mac.disks, 'mount')}.`,
    )
  const before = disk.usedKiB / disk.sizeKiB
  disk.usedKiB = Math.floor(disk.sizeKiB * share)
  mac.workers.changed()
  return before
}
