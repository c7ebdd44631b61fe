// `colima stop` and `stop --force`: the first shuts down docker and the VM, the second kills them.
import { stopDocker } from '#lab/host/platforms/docker/daemon.ts'
import { leaveUsernet, allGone, powerOff } from '#lab/host/platforms/lima/deaths.ts'
import { instanceStatus, inspectMs } from '#lab/host/platforms/lima/instance.ts'
import { detached, dockerSock, driverOf, limaFolder, type Io, type Mac } from '#lab/host/mac.ts'
import { colima, powerOff as powerOffTime } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import { limactlSays, say } from './log.ts'
import { guestRuntime } from './status.ts'

export function* stop(
  mac: Mac,
  io: Io,
  name: string,
  exists: boolean,
  force: boolean,
): Work<number> {
  say(mac, io, 'info', `stopping ${name}`)
  if (force) return yield* forceStop(mac, io, exists)
  yield inspectMs(mac) + colima.stop - colima.list
  if (!exists || instanceStatus(mac) !== 'Running') {
    say(mac, io, 'info', 'not running', 'vm')
    say(mac, io, 'info', 'done')
    return 0
  }
  yield* stopRuntime(mac, io)
  yield* stopVm(mac, io)
  say(mac, io, 'info', 'done')
  return 0
}

/** Stops Docker in the guest, if Colima can read there that Docker is its runtime. */
function* stopRuntime(mac: Mac, io: Io): Work {
  const runtime = yield* guestRuntime(mac)
  if (runtime === undefined) {
    const unknown = 'error retrieving runtimes: error retrieving current runtime: empty value'
    say(mac, io, 'warning', unknown)
    return
  }
  say(mac, io, 'info', 'stopping ...', 'docker')
  const warned = mac.vm.docker === 'running' && mac.vm.dockerSocketUnit
  yield* detached(mac, stopDocker(mac))
  if (warned)
    io.out('Warning: Stopping docker.service, but it can still be activated by:\n  docker.socket\n')
  io.out('colima\n')
}

/** Presses the VM's power button through the hostagent and waits until the VM is off. */
function* stopVm(mac: Mac, io: Io): Work {
  const driver = driverOf(mac).toUpperCase()
  const lima = (message: string): void => limactlSays(mac, io, 'info', message)
  say(mac, io, 'info', 'stopping ...', 'vm')
  lima(`Sending SIGINT to hostagent process ${mac.vm.pids.hostagent}`)
  lima('Waiting for the host agent and the driver processes to shut down')
  lima('[hostagent] Received SIGINT, shutting down the host agent')
  lima(
    '[hostagent] Stopping forwarding "/var/run/docker.sock" (guest) to ' +
      `"${dockerSock(mac)}" (host)`,
  )
  lima(`[hostagent] Shutting down ${driver} with the power button`)
  yield* detached(mac, powerOff(mac, powerOffTime))
  lima(`[hostagent] ${driver} has exited`)
}

/**
 * Forces a stop. Works in every tested state. If the hostagent is dead, the ssh master and usernet
 * stay behind as orphans.
 */
function* forceStop(mac: Mac, io: Io, exists: boolean): Work<number> {
  const { vm } = mac
  yield 0
  if (!exists) {
    yield colima.noop
    limactlSays(mac, io, 'fatal', `open ${limaFolder(mac)}/lima.yaml: no such file or directory`)
    say(mac, io, 'info', 'stopping ...', 'vm')
    say(mac, io, 'fatal', "error stopping vm: error at 'stopping': exit status 1")
    return 1
  }
  // Each query of a frozen hostagent waits for its timeout, and `stop --force` makes three.
  // @source measured with Colima v0.8.1, 10.7 s
  if (vm.hostagent === 'frozen') yield 2 * inspectMs(mac)
  say(mac, io, 'info', 'stopping ...', 'vm')
  if (vm.hostagent === 'frozen') yield inspectMs(mac) - colima.hostagentSilence / 6
  reportKills(mac, io)
  const quick = vm.hostagent === 'gone' || vm.usernet === 'gone'
  if (vm.hostagent === 'gone' && vm.process !== 'gone') orphan(mac)
  allGone(mac, false)
  yield quick ? colima.forceQuick : colima.forceHealthy
  say(mac, io, 'info', 'done')
  return 0
}

/** What limactl prints about the processes that it kills and the files that it removes. */
function reportKills(mac: Mac, io: Io): void {
  const { vm } = mac
  const driver = driverOf(mac)
  const lima = (message: string): void => limactlSays(mac, io, 'info', message)
  lima(
    vm.process === 'gone'
      ? `The ${driver} driver process seems already stopped`
      : `Sending SIGKILL to the ${driver} driver process ${vm.pids.process}`,
  )
  lima(
    vm.hostagent === 'gone'
      ? 'The host agent process seems already stopped'
      : `Sending SIGKILL to the host agent process ${vm.pids.hostagent}`,
  )
  lima(`Removing *.pid *.sock *.tmp under "${limaFolder(mac)}"`)
  for (const file of mac.disk.list(limaFolder(mac)))
    if (/\.(pid|sock|tmp)$/.test(file.name)) lima(`Removing "${limaFolder(mac)}/${file.name}"`)
}

/**
 * Leaves the ssh master and usernet behind. The master keeps its forwarded ports and never answers.
 */
function orphan(mac: Mac): void {
  const { vm } = mac
  if (vm.sshMaster === 'up')
    mac.orphans.push({
      pid: vm.pids.master,
      kind: 'master',
      ports: mac.seed.vm.portForwarder === 'ssh' ? [...vm.forwards] : [],
    })
  leaveUsernet(mac)
}
