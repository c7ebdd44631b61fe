// Files of the guest: those of the kernel, and those of nodes, through their containers.
import { uptime, type Mac } from '#lab/host/mac.ts'
import type { Machine } from '#lab/kernel/world.ts'
import { guestProcesses } from './processes.ts'
import { readSysctl } from './system.ts'

/** A file of a node through its container's first process: `/proc/<pid>/root/…`. */
export function inContainer(
  mac: Mac,
  path: string,
): { machine: Machine; path: string } | undefined {
  const match = /^\/proc\/(\d+)\/root(\/.*)$/.exec(path)
  if (match === null) return undefined
  const container = mac.containers.find(one => one.pid !== 0 && one.pid === Number(match[1]))
  return container?.machine === undefined
    ? undefined
    : { machine: container.machine, path: match[2]! }
}

/** The text of a guest's file. Undefined if there is none. */
export function guestFile(mac: Mac, path: string): string | undefined {
  const inside = inContainer(mac, path)
  if (inside !== undefined) return inside.machine.files.get(inside.path)
  if (path.startsWith('/proc/')) return procFile(mac, path)
  if (path === '/etc/os-release')
    return 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nID=ubuntu\nVERSION_ID="24.04"\n'
  return undefined
}

function procFile(mac: Mac, path: string): string | undefined {
  const stat = /^\/proc\/(\d+)\/stat$/.exec(path)?.[1]
  if (stat !== undefined) return processStat(mac, Number(stat))
  if (path === '/proc/uptime')
    return `${uptime(mac).toFixed(2)} ${(uptime(mac) * mac.seed.vm.cpus * 0.9).toFixed(2)}\n`
  // Name, size, users, dependents, state, address. @source Linux, proc(5)
  if (path === '/proc/modules')
    return [...mac.kernel.modules]
      .map(name => `${name} 32768 0 - Live 0x0000000000000000\n`)
      .join('')
  if (!path.startsWith('/proc/sys/')) return undefined
  const value = readSysctl(mac, path.slice('/proc/sys/'.length).replaceAll('/', '.'))
  return value === undefined ? undefined : `${value}\n`
}

/** The first fields of `/proc/<pid>/stat`. @source Linux, proc(5) */
function processStat(mac: Mac, wanted: number): string | undefined {
  const process = guestProcesses(mac).find(({ pid }) => pid === wanted)
  if (process === undefined) return undefined
  const { pid, comm, stat } = process
  return `${pid} (${comm.slice(0, 15)}) ${stat[0]} 1 ${pid} ${pid} 0 -1 4194560\n`
}

/** Whether the guest has a file, a folder or a socket at this path. */
export function guestPathExists(mac: Mac, path: string): boolean {
  if (guestFile(mac, path) !== undefined) return true
  if (path === '/var/run/docker.sock' || path === '/run/docker.sock')
    return mac.vm.dockerSocketUnit || mac.vm.docker === 'running'
  if (path === '/proc/sys/net/bridge') return mac.kernel.modules.has('br_netfilter')
  if (/^\/proc\/\d+$/.test(path))
    return mac.containers.some(container => `/proc/${container.pid}` === path)
  return (
    ['/', '/var/lib/docker', '/proc', '/run', '/etc'].includes(path) ||
    mac.disks.some(disk => disk.mount === path)
  )
}
