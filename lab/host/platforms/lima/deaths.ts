// How the VM and the host processes that it depends on end or freeze.
import { hostagentExit, usernetLoss } from '#lab/host/delays.ts'
import { abandonAll, type Mac } from '#lab/host/mac.ts'
import { isAlive, syncMachine } from '#lab/host/platforms/docker/containers.ts'
import { dockerDown } from '#lab/host/platforms/docker/daemon.ts'
import type { Work } from '#lab/host/work.ts'
import { stopFiles } from './files.ts'
import { masterLost, syncForwards } from './forwards.ts'

/** Ends the guest, by a shutdown or by force. The host processes stay as they are. */
export function guestEnds(mac: Mac, graceful: boolean): void {
  const { vm } = mac
  abandonAll(mac)
  vm.process = 'gone'
  vm.booting = false
  vm.sshd = 'stopped'
  dockerDown(mac, graceful)
  mac.workers.changed()
}

/** The hostagent presses the power button: the guest shuts down, then the host processes end. */
export function* powerOff(mac: Mac, takes: number): Work {
  yield takes
  yield () => mac.vm.process !== 'frozen'
  allGone(mac, true)
}

/** Ends the guest, the hostagent, usernet and the ssh master at once, and removes Lima's files. */
export function allGone(mac: Mac, graceful: boolean): void {
  guestEnds(mac, graceful)
  masterLost(mac)
  mac.vm.hostagent = 'gone'
  mac.vm.usernet = 'gone'
  mac.vm.forwards.clear()
  mac.vm.conflicts.clear()
  stopFiles(mac, graceful ? 'graceful' : 'force')
}

/** SIGKILL of the VM's process: the hostagent cleans up and exits within seconds. usernet stays. */
export function killVm(mac: Mac): void {
  const { vm } = mac
  if (vm.process === 'gone') return
  guestEnds(mac, false)
  masterLost(mac)
  const hostagent = vm.pids.hostagent
  mac.context.clock.after(hostagentExit, () => {
    if (vm.process !== 'gone' || vm.pids.hostagent !== hostagent || vm.hostagent !== 'running')
      return
    vm.hostagent = 'gone'
    leaveUsernet(mac)
    vm.forwards.clear()
    stopFiles(mac, 'crash')
    mac.workers.changed()
  })
}

/** Leaves a running usernet as an orphan. */
export function leaveUsernet(mac: Mac): void {
  if (mac.vm.usernet === 'running')
    mac.orphans.push({ pid: mac.vm.pids.usernet, kind: 'usernet', ports: [] })
  mac.vm.usernet = 'gone'
}

export function freezeVm(mac: Mac, frozen: boolean): void {
  const { vm } = mac
  if (vm.process === 'gone') return
  vm.process = frozen ? 'frozen' : 'running'
  for (const container of mac.containers.filter(isAlive)) syncMachine(mac, container, true)
  mac.workers.changed()
}

/** SIGKILL of usernet: the ssh master, the forwards and docker.sock end within 2 s. */
export function killUsernet(mac: Mac): void {
  const { vm } = mac
  if (vm.usernet === 'gone') return
  vm.usernet = 'gone'
  mac.context.clock.after(usernetLoss, () => {
    if (vm.usernet === 'gone') masterLost(mac)
  })
  mac.workers.changed()
}

/** SIGKILL of the hostagent: the VM continues without it. With grpc its port forwards close. */
export function killHostagent(mac: Mac): void {
  const { vm } = mac
  if (vm.hostagent === 'gone') return
  vm.hostagent = 'gone'
  vm.agent = 'lost'
  if (mac.seed.vm.portForwarder === 'grpc') vm.forwards.clear()
  mac.workers.changed()
}

export function freezeHostagent(mac: Mac, frozen: boolean): void {
  if (mac.vm.hostagent === 'gone') return
  mac.vm.hostagent = frozen ? 'frozen' : 'running'
  if (!frozen) syncForwards(mac)
  mac.workers.changed()
}

/** SIGKILL of the ssh master, or `ssh -O exit`. */
export function killMaster(mac: Mac): void {
  if (mac.vm.sshMaster === 'up') masterLost(mac)
}
