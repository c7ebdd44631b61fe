// The guest's kernel and services: modprobe, sysctl, lsmod, systemctl, kill.
import { crash } from '#lab/host/platforms/docker/containers.ts'
import { dockerDown, startDocker, stopDocker } from '#lab/host/platforms/docker/daemon.ts'
import { detached, type Io, type Mac, type Program } from '#lab/host/mac.ts'
import { docker, guest } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import { endTimer, waits } from './timers.ts'

/**
 * Names that exist only while br_netfilter is loaded, and are 1 when it comes. @source Linux
 * default, br_netfilter
 */
const bridge = [
  'net.bridge.bridge-nf-call-arptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.bridge.bridge-nf-call-iptables',
]

/** Value of a kernel setting; undefined where the kernel has none of that name now. */
export function readSysctl(mac: Mac, name: string): string | undefined {
  if (!name.startsWith('net.bridge.')) return mac.kernel.sysctls.get(name)
  if (!mac.kernel.modules.has('br_netfilter')) return undefined
  return mac.kernel.sysctls.get(name) ?? (bridge.includes(name) ? '1' : undefined)
}

/** Unloads a module with what hangs on it. */
export function unload(mac: Mac, module: string): boolean {
  const was = mac.kernel.modules.delete(module)
  if (module === 'br_netfilter') for (const name of bridge) mac.kernel.sysctls.delete(name)
  mac.workers.changed()
  return was
}

export const modprobe: Program = function* modprobe(mac, args, io) {
  yield guest.modprobe
  const names = args.filter(word => !word.startsWith('-'))
  for (const name of names) {
    if (args.includes('-r')) {
      unload(mac, name)
      continue
    }
    if (!/^[\w-]+$/.test(name)) {
      io.err(
        `modprobe: FATAL: Module ${name} not found in directory /lib/modules/6.8.0-64-generic\n`,
      )
      return 1
    }
    if (name === 'br_netfilter' && !mac.kernel.modules.has(name))
      for (const key of bridge) mac.kernel.sysctls.set(key, '1')
    mac.kernel.modules.add(name)
  }
  mac.workers.changed()
  return 0
}

export const lsmod: Program = function* lsmod(mac, _args, io) {
  yield 0
  io.out('Module                  Size  Used by\n')
  for (const name of mac.kernel.modules) io.out(`${name.padEnd(20)} ${'32768'.padStart(7)}  0\n`)
  return 0
}

export const sysctl: Program = function* sysctl(mac, args, io) {
  yield 0
  const bare = args.includes('-n')
  let code = 0
  for (const word of args.filter(one => !one.startsWith('-'))) {
    const [name = '', ...rest] = word.split('=')
    if (readSysctl(mac, name) === undefined) {
      io.err(
        `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory\n`,
      )
      code = 1
      continue
    }
    if (rest.length > 0) mac.kernel.sysctls.set(name, rest.join('='))
    io.out(bare ? `${readSysctl(mac, name)}\n` : `${name} = ${readSysctl(mac, name)}\n`)
  }
  mac.workers.changed()
  return code
}

const unitOf = (name: string): string => (/\.\w+$/.test(name) ? name : `${name}.service`)

function activity(mac: Mac, unit: string): 'active' | 'inactive' | undefined {
  const { vm } = mac
  if (unit === 'docker.service') return vm.docker === 'running' ? 'active' : 'inactive'
  if (unit === 'docker.socket') return vm.dockerSocketUnit ? 'active' : 'inactive'
  if (unit === 'ssh.service' || unit === 'sshd.service' || unit === 'ssh.socket')
    return vm.sshd === 'running' ? 'active' : 'inactive'
  return unit === 'containerd.service' ? 'active' : undefined
}

/**
 * start, stop, restart, is-active, mask, unmask, enable, disable of docker and ssh. Living ssh
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
  const transient = units.filter(
    unit => unit.endsWith('.timer') && waits(mac, unit.slice(0, -'.timer'.length)),
  )
  if (verb === 'stop' && transient.length === units.length) {
    for (const unit of transient) endTimer(mac, unit.slice(0, -'.timer'.length))
    return 0
  }
  const unknown = units.find(unit => activity(mac, unit) === undefined)
  if (unknown !== undefined) {
    io.err(
      verb === 'stop'
        ? `Failed to stop ${unknown}: Unit ${unknown} not loaded.\n`
        : `Failed to ${verb} ${unknown}: Unit ${unknown} not found.\n`,
    )
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
  // With ssh.socket left, the next connection would start ssh again: only both together close the
  // door.
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

function signalKind(signal: string): 'KILL' | 'STOP' | 'CONT' | 'TERM' {
  if (signal === '9' || signal === 'KILL') return 'KILL'
  if (signal === 'STOP' || signal === '19') return 'STOP'
  return signal === 'CONT' || signal === '18' ? 'CONT' : 'TERM'
}

/** `kill [-SIGNAL] pid…`: the first process of a container, or any process inside a node. */
export const kill: Program = function* kill(mac, args, io) {
  yield 0
  const flag = args.find(word => word.startsWith('-'))
  const signal = (
    flag === '-s' ? (args[args.indexOf('-s') + 1] ?? '') : (flag ?? '-TERM').slice(1)
  ).replace(/^SIG/, '')
  const kind = signalKind(signal)
  let code = 0
  for (const word of args.filter(one => /^\d+$/.test(one))) {
    const pid = Number(word)
    const host = mac.containers.find(
      container => container.machine?.state === 'running' && container.machine.processes.has(pid),
    )
    const first = mac.containers.find(container => container.pid === pid && pid !== 0)
    if (host?.machine !== undefined)
      mac.cluster.signal(host.machine, pid, kind === 'TERM' ? 'KILL' : kind)
    else if (first !== undefined) {
      // The kernel protects a namespace's first process from a TERM that it does not handle.
      if (kind === 'KILL') crash(mac, first, 137)
    } else {
      io.err(`kill: (${pid}): No such process\n`)
      code = 1
    }
  }
  yield docker.failure
  mac.workers.changed()
  return code
}
