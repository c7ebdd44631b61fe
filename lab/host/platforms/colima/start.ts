// `colima start`: boots the VM, then restarts docker, which starts every container a second time.
import { reachDocker, startDocker, stopDocker } from '#lab/host/platforms/docker/daemon.ts'
import { instanceErrors, instanceStatus, inspectMs } from '#lab/host/platforms/lima/instance.ts'
import {
  detached,
  dockerSock,
  driverOf,
  instanceOf,
  limaFolder,
  networkFolder,
  type Io,
  type Mac,
} from '#lab/host/mac.ts'
import { boot, colima, ssh } from '#lab/host/delays.ts'
import { powerOn } from '#lab/host/platforms/lima/boot.ts'
import type { Work } from '#lab/host/work.ts'
import { limactlSays, say } from './log.ts'

export function* start(mac: Mac, io: Io, name: string): Work<number> {
  yield inspectMs(mac) + colima.noop - colima.list
  const state = instanceStatus(mac)
  if (state === 'Running') {
    say(mac, io, 'warning', 'already running, ignoring')
    return 0
  }
  say(mac, io, 'info', `starting ${name}`)
  say(mac, io, 'info', 'runtime: docker')
  const doing = state === 'none' ? 'creating and starting' : 'starting'
  say(mac, io, 'info', `${doing} ...`, 'vm')
  const up = yield* startVm(mac, io, state)
  if (!up) {
    say(mac, io, 'fatal', `error starting vm: error at '${doing}': exit status 1`)
    return 1
  }
  return yield* provision(mac, io)
}

/** Runs limactl. Returns true if it saw READY. */
function* startVm(mac: Mac, io: Io, state: 'none' | 'Stopped' | 'Broken'): Work<boolean> {
  const instance = instanceOf(mac)
  if (state !== 'none') limactlSays(mac, io, 'info', `Using the existing instance "${instance}"`)
  if (state === 'Broken') return yield* refuseBroken(mac, io)
  const owner = mac.disk.text(`${mac.seed.home}/.colima/_lima/_disks/${instance}/in_use_by`)?.trim()
  if (owner !== undefined && owner !== limaFolder(mac)) {
    const user = owner.split('/').at(-1)
    const inUse = `could not attach disk "${instance}", in use by instance "${user}"`
    limactlSays(mac, io, 'fatal', inUse)
    return false
  }
  yield boot.process
  if (instanceStatus(mac) === 'Running') return true
  powerOn(mac)
  return yield* watchBoot(mac, io)
}

function* refuseBroken(mac: Mac, io: Io): Work<false> {
  yield colima.brokenStart - colima.noop
  const errors = instanceErrors(mac, driverOf(mac), limaFolder(mac))
  limactlSays(mac, io, 'fatal', `errors inspecting instance: ${errors}`)
  // Lima removes these files although both processes still run.
  mac.disk.remove(`${networkFolder(mac)}/usernet_user-v2.pid`)
  mac.disk.remove(`${limaFolder(mac)}/ha.pid`)
  return false
}

/**
 * Prints each stage of the boot as it happens. Returns false if the boot failed or another one
 * began.
 */
function* watchBoot(mac: Mac, io: Io): Work<boolean> {
  const { vm } = mac
  const { bootedAt } = vm
  const dead = (): boolean =>
    vm.process === 'gone' || vm.hostagent === 'gone' || vm.bootedAt !== bootedAt
  const lima = (message: string): void => limactlSays(mac, io, 'info', message)
  reportPowerOn(mac, lima)
  yield () => dead() || vm.sshMaster === 'up'
  if (!dead()) {
    lima('[hostagent] The essential requirement 1 of 2 is satisfied')
    lima(
      '[hostagent] Waiting for the essential requirement 2 of 2: ' +
        '"user session is ready for ssh"',
    )
    lima('[hostagent] The essential requirement 2 of 2 is satisfied')
    yield () => dead() || vm.agent === 'connected' || !vm.booting
  }
  if (!dead()) forwardLines(mac, io)
  yield () => dead() || !vm.booting
  if (dead()) {
    limactlSays(mac, io, 'fatal', 'host agent process has exited: signal: killed')
    return false
  }
  lima('[hostagent] The final requirement 1 of 1 is satisfied')
  lima(`READY. Run \`limactl shell ${instanceOf(mac)}\` to open the shell.`)
  return true
}

function reportPowerOn(mac: Mac, lima: (message: string) => void): void {
  const driver = driverOf(mac)
  lima(`Starting the instance "${instanceOf(mac)}" with VM driver "${driver}"`)
  lima(`[hostagent] hostagent socket created at ${limaFolder(mac)}/ha.sock`)
  lima(
    `[hostagent] Starting ${driver.toUpperCase()} ` +
      `(hint: to watch the boot progress, see "${limaFolder(mac)}/serial*.log")`,
  )
  lima(`SSH Local Port: ${mac.vm.sshPort}`)
  lima('[hostagent] Waiting for the essential requirement 1 of 2: "ssh"')
}

/**
 * One line for each forward. The warning is harmless for the second of an IPv4 and IPv6 pair. For
 * any other port it is the only sign of a real conflict.
 */
function forwardLines(mac: Mac, io: Io): void {
  const lima = (message: string): void => limactlSays(mac, io, 'info', message)
  const warn = (port: number): void => {
    const failed = `[hostagent] failed to set up forwarding tcp port ${port}`
    limactlSays(mac, io, 'warning', `${failed} (negligible if already forwarded)`)
  }
  lima(`[hostagent] Forwarding "/var/run/docker.sock" (guest) to "${dockerSock(mac)}" (host)`)
  lima('[hostagent] Guest agent is running')
  for (const live of mac.containers.flatMap(container => container.ports)) {
    const to = `${live.hostIp === '' ? '0.0.0.0' : live.hostIp}:${live.host}`
    lima(`[hostagent] Forwarding TCP from ${to} to ${to}`)
    if (mac.vm.conflicts.has(live.host)) warn(live.host)
    if (live.hostIp !== '') continue
    lima(`[hostagent] Forwarding TCP from [::]:${live.host} to ${to}`)
    if (mac.seed.vm.portForwarder === 'ssh') warn(live.host)
  }
}

/** After READY: rewrites daemon.json, restarts Docker, and tries up to 120 times to reach it. */
function* provision(mac: Mac, io: Io): Work<number> {
  const { vm } = mac
  const lost = (): boolean => vm.process === 'gone'
  say(mac, io, 'info', 'provisioning ...', 'docker')
  yield boot.provision
  yield () => vm.process !== 'frozen'
  if (lost()) return gone(mac, io, 'provisioning')
  if (vm.docker === 'masked') {
    io.out('Failed to restart docker.service: Unit docker.service is masked.\n')
    say(mac, io, 'warning', 'error restarting docker: exit status 1', 'docker')
  } else {
    yield* detached(mac, restartDocker(mac))
  }
  io.out('colima\nSuccessfully created context "colima"\ncolima\nCurrent context is now "colima"\n')
  say(mac, io, 'info', 'starting ...', 'docker')
  for (let tries = 0; ; tries += 1) {
    yield () => vm.process !== 'frozen'
    if (lost() || tries === 120) return gone(mac, io, 'starting')
    if (yield* reachDocker(mac)) break
    // @source Colima v0.10.0: 120 tries; measured: still trying after 560 s
    yield 5000 - ssh.command
  }
  yield boot.finish
  vm.runtimeFile = true
  say(mac, io, 'info', 'done')
  return 0
}

function* restartDocker(mac: Mac): Work {
  yield* stopDocker(mac)
  yield* startDocker(mac)
}

function gone(mac: Mac, io: Io, at: string): number {
  say(mac, io, 'fatal', `error ${at} docker: error at '${at}': exit status 255`)
  return 1
}
