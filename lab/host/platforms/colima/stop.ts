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
  const runtime = yield* guestRuntime(mac)
  if (runtime === undefined) {
    say(
      mac,
      io,
      'warning',
      'error retrieving runtimes: error retrieving current runtime: empty value',
    )
  } else {
    say(mac, io, 'info', 'stopping ...', 'docker')
    const warned = mac.vm.docker === 'running' && mac.vm.dockerSocketUnit
    yield* detached(mac, stopDocker(mac))
    if (warned)
      io.out(
        'Warning: Stopping docker.service, but it can still be activated by:\n  docker.socket\n',
      )
    io.out('colima\n')
  }
  say(mac, io, 'info', 'stopping ...', 'vm')
  limactlSays(mac, io, 'info', `Sending SIGINT to hostagent process ${mac.vm.pids.hostagent}`)
  limactlSays(mac, io, 'info', 'Waiting for the host agent and the driver processes to shut down')
  limactlSays(mac, io, 'info', '[hostagent] Received SIGINT, shutting down the host agent')
  limactlSays(
    mac,
    io,
    'info',
    `[hostagent] Stopping forwarding "/var/run/docker.sock" (guest) to "${dockerSock(mac)}" (host)`,
  )
  limactlSays(
    mac,
    io,
    'info',
    `[hostagent] Shutting down ${driverOf(mac).toUpperCase()} with the power button`,
  )
  yield* detached(mac, powerOff(mac, powerOffTime))
  limactlSays(mac, io, 'info', `[hostagent] ${driverOf(mac).toUpperCase()} has exited`)
  say(mac, io, 'info', 'done')
  return 0
}

/**
 * Works in every tested state. If the hostagent is dead, the ssh master and usernet stay behind as
 * orphans.
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
  // Every look at a frozen hostagent waits for it; `stop --force` takes three. @source measured
  // with Colima v0.8.1, 10.7 s
  if (vm.hostagent === 'frozen') yield 2 * inspectMs(mac)
  say(mac, io, 'info', 'stopping ...', 'vm')
  if (vm.hostagent === 'frozen') yield inspectMs(mac) - colima.hostagentSilence / 6
  const driver = driverOf(mac)
  limactlSays(
    mac,
    io,
    'info',
    vm.process === 'gone'
      ? `The ${driver} driver process seems already stopped`
      : `Sending SIGKILL to the ${driver} driver process ${vm.pids.process}`,
  )
  limactlSays(
    mac,
    io,
    'info',
    vm.hostagent === 'gone'
      ? 'The host agent process seems already stopped'
      : `Sending SIGKILL to the host agent process ${vm.pids.hostagent}`,
  )
  limactlSays(mac, io, 'info', `Removing *.pid *.sock *.tmp under "${limaFolder(mac)}"`)
  for (const file of mac.disk.list(limaFolder(mac))) {
    if (/\.(pid|sock|tmp)$/.test(file.name))
      limactlSays(mac, io, 'info', `Removing "${limaFolder(mac)}/${file.name}"`)
  }
  const quick = vm.hostagent === 'gone' || vm.usernet === 'gone'
  if (vm.hostagent === 'gone' && vm.process !== 'gone') orphan(mac)
  allGone(mac, false)
  yield quick ? colima.forceQuick : colima.forceHealthy
  say(mac, io, 'info', 'done')
  return 0
}

/** Without a hostagent they survive: the master holds its forwarded ports and never answers. */
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
