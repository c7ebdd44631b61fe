// The guest's kernel: modprobe, sysctl, lsmod, kill.
import { docker, guest } from '#lab/host/delays.ts'
import type { Mac, Program } from '#lab/host/mac.ts'
import { crash } from '#lab/host/platforms/docker/containers.ts'

/**
 * Settings that exist only while br_netfilter is loaded. Each is 1 after the module was loaded.
 * @source Linux default, br_netfilter
 */
const bridge = [
  'net.bridge.bridge-nf-call-arptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.bridge.bridge-nf-call-iptables',
]

/** The value of a kernel setting. Undefined if the kernel does not have it now. */
export function readSysctl(mac: Mac, name: string): string | undefined {
  if (!name.startsWith('net.bridge.')) return mac.kernel.sysctls.get(name)
  if (!mac.kernel.modules.has('br_netfilter')) return undefined
  return mac.kernel.sysctls.get(name) ?? (bridge.includes(name) ? '1' : undefined)
}

/** Unloads a module and its settings. Returns false if it was not loaded. */
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

function signalKind(signal: string): 'KILL' | 'STOP' | 'CONT' | 'TERM' {
  if (signal === '9' || signal === 'KILL') return 'KILL'
  if (signal === 'STOP' || signal === '19') return 'STOP'
  return signal === 'CONT' || signal === '18' ? 'CONT' : 'TERM'
}

/** `kill [-SIGNAL] pid…` for the first process of a container or any process in a node. */
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
      // The first process of a pid namespace ignores a TERM for which it has no handler.
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
