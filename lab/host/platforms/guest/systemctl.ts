// `systemctl` in the guest: docker, ssh and transient timers.
import { guest } from '#lab/host/delays.ts'
import { detached, type Io, type Mac, type Program } from '#lab/host/mac.ts'
import { dockerDown, startDocker, stopDocker } from '#lab/host/platforms/docker/daemon.ts'
import type { Work } from '#lab/host/work.ts'
import { endTimer, waits } from './timers.ts'

const unitOf = (name: string): string => (/\.\w+$/.test(name) ? name : `${name}.service`)

function activity(mac: Mac, unit: string): 'active' | 'inactive' | undefined {
  const { vm } = mac
  if (unit === 'docker.service') return vm.docker === 'running' ? 'active' : 'inactive'
  if (unit === 'docker.socket') return vm.dockerSocketUnit ? 'active' : 'inactive'
  if (unit === 'ssh.service' || unit === 'sshd.service' || unit === 'ssh.socket')
    return vm.sshd === 'running' ? 'active' : 'inactive'
  return unit === 'containerd.service' ? 'active' : undefined
}

/** Ends the timers that `stop` names. Returns false if a unit is not a transient timer. */
function stopTimers(mac: Mac, units: readonly string[]): boolean {
  const names = units
    .filter(unit => unit.endsWith('.timer'))
    .map(unit => unit.slice(0, -'.timer'.length))
    .filter(name => waits(mac, name))
  if (names.length !== units.length) return false
  for (const name of names) endTimer(mac, name)
  return true
}

function unknownUnit(verb: string, unit: string): string {
  const why = verb === 'stop' ? 'not loaded' : 'not found'
  return `Failed to ${verb} ${unit}: Unit ${unit} ${why}.\n`
}

/**
 * start, stop, restart, is-active, mask, unmask, enable, disable of docker and ssh. Open ssh
 * sessions survive a stop of ssh.
 */
export const systemctl: Program = function* systemctl(mac, args, io) {
  const [verb = '', ...rest] = args.filter(word => !word.startsWith('--'))
  const units = rest.map(unitOf)
  yield guest.systemctl
  if (verb === 'is-active') {
    const states = units.map(unit => activity(mac, unit) ?? 'inactive')
    if (!args.includes('--quiet')) io.out(states.map(state => `${state}\n`).join(''))
    return states.includes('active') ? 0 : 3
  }
  if (verb === 'stop' && stopTimers(mac, units)) return 0
  const unknown = units.find(unit => activity(mac, unit) === undefined)
  if (unknown !== undefined) {
    io.err(unknownUnit(verb, unknown))
    return 5
  }
  if (['mask', 'unmask'].includes(verb))
    return maskDocker(mac, units, verb === 'mask', args.includes('--now'))
  if (['enable', 'disable', 'daemon-reload', 'reset-failed'].includes(verb)) return 0
  if (!['start', 'stop', 'restart'].includes(verb)) {
    io.err(`Unknown command verb '${verb}'.\n`)
    return 1
  }
  if (verb !== 'start') yield* stopUnits(mac, units, io, verb === 'stop')
  return verb === 'stop' ? 0 : yield* startUnits(mac, units, verb, io)
}

function maskDocker(mac: Mac, units: readonly string[], masked: boolean, atOnce: boolean): number {
  if (!units.includes('docker.service')) return 0
  if (!masked && mac.vm.docker === 'masked') mac.vm.docker = 'stopped'
  if (masked && (atOnce || mac.vm.docker !== 'running')) {
    dockerDown(mac, true)
    mac.vm.docker = 'masked'
    mac.vm.dockerSocketUnit = false
  }
  mac.workers.changed()
  return 0
}

function* stopUnits(mac: Mac, units: readonly string[], io: Io, warn: boolean): Work {
  if (units.includes('docker.socket')) mac.vm.dockerSocketUnit = false
  // docker.service requires docker.socket: stopping the socket stops both.
  if (units.some(unit => unit.startsWith('docker.'))) {
    yield* detached(mac, stopDocker(mac))
    if (warn && mac.vm.dockerSocketUnit)
      io.err(
        'Warning: Stopping docker.service, but it can still be activated by:\n  docker.socket\n',
      )
  }
  // While ssh.socket listens, the next connection starts ssh again.
  if (units.includes('ssh.socket') || units.includes('sshd.service')) mac.vm.sshd = 'stopped'
  mac.workers.changed()
}

function* startUnits(mac: Mac, units: readonly string[], verb: string, io: Io): Work<number> {
  if (mac.vm.docker === 'masked' && units.some(unit => unit.startsWith('docker.'))) {
    io.err(`Failed to ${verb} docker.service: Unit docker.service is masked.\n`)
    return 1
  }
  if (units.includes('docker.socket')) mac.vm.dockerSocketUnit = true
  if (units.includes('docker.service')) yield* detached(mac, startDocker(mac))
  if (units.some(unit => unit.startsWith('ssh'))) mac.vm.sshd = 'running'
  mac.workers.changed()
  return 0
}
