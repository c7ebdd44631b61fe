// Files and processes of the guest as small programs read and move them: df, test, cat, awk, rm,
// mv, pgrep, ps.
import type { Machine } from '#lab/kernel/world.ts'
import { uptime, type Mac, type Program } from '#lab/host/mac.ts'
import { guest } from '#lab/host/delays.ts'
import { readSysctl } from './system.ts'

/** A file of a node through its container's first process: `/proc/<pid>/root/…`. */
function inContainer(mac: Mac, path: string): { machine: Machine; path: string } | undefined {
  const match = /^\/proc\/(\d+)\/root(\/.*)$/.exec(path)
  if (match === null) return undefined
  const container = mac.containers.find(one => one.pid !== 0 && one.pid === Number(match[1]))
  return container?.machine === undefined
    ? undefined
    : { machine: container.machine, path: match[2]! }
}

/** Text of a guest's file; undefined where there is none. */
export function guestFile(mac: Mac, path: string): string | undefined {
  const inside = inContainer(mac, path)
  if (inside !== undefined) return inside.machine.files.get(inside.path)
  const stat = /^\/proc\/(\d+)\/stat$/.exec(path)?.[1]
  if (stat !== undefined) {
    const process = processes(mac).find(({ pid }) => pid === Number(stat))
    return process === undefined
      ? undefined
      : `${process.pid} (${process.comm.slice(0, 15)}) ${process.stat[0]} 1 ${process.pid} ${process.pid} 0 -1 4194560\n`
  }
  if (path === '/proc/uptime')
    return `${uptime(mac).toFixed(2)} ${(uptime(mac) * mac.seed.vm.cpus * 0.9).toFixed(2)}\n`
  // Name, size, users, dependents, state, address. @source Linux, proc(5)
  if (path === '/proc/modules')
    return [...mac.kernel.modules]
      .map(name => `${name} 32768 0 - Live 0x0000000000000000\n`)
      .join('')
  if (path.startsWith('/proc/sys/')) {
    const value = readSysctl(mac, path.slice('/proc/sys/'.length).replaceAll('/', '.'))
    return value === undefined ? undefined : `${value}\n`
  }
  if (path === '/etc/os-release')
    return 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nID=ubuntu\nVERSION_ID="24.04"\n'
  return undefined
}

function exists(mac: Mac, path: string): boolean {
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

export const test: Program = function* test(mac, args) {
  yield 0
  const words = args.at(-1) === ']' ? args.slice(0, -1) : [...args]
  const not = words[0] === '!'
  const [flag, path = ''] = not ? words.slice(1) : words
  if (flag === undefined || !['-e', '-f', '-r', '-d', '-S', '-s'].includes(flag)) return 2
  const there =
    flag === '-S'
      ? path.endsWith('docker.sock') && exists(mac, path)
      : flag === '-f'
        ? guestFile(mac, path) !== undefined
        : exists(mac, path)
  return there === !not ? 0 : 1
}

export const cat: Program = function* cat(mac, args, io) {
  yield 0
  let code = 0
  for (const path of args) {
    const text = guestFile(mac, path)
    if (text === undefined) {
      io.err(`cat: ${path}: No such file or directory\n`)
      code = 1
    } else io.out(text)
  }
  return code
}

/** One program only: `{print $n}` and `{print int($n)}` of a file. */
export const awk: Program = function* awk(mac, [program = '', path = ''], io) {
  yield 0
  const match = /^\s*\{\s*print\s+(int\()?\s*\$(\d+)\s*\)?\s*\}\s*$/.exec(program)
  const text = guestFile(mac, path)
  if (match === null || text === undefined) {
    io.err(
      match === null
        ? 'awk: line 1: syntax error\n'
        : `awk: cannot open "${path}" (No such file or directory)\n`,
    )
    return 2
  }
  for (const line of text.trimEnd().split('\n')) {
    const column = Number(match[2])
    const field = column === 0 ? line : (line.split(/\s+/)[column - 1] ?? '')
    io.out(`${match[1] === undefined ? field : Math.trunc(Number(field) || 0)}\n`)
  }
  return 0
}

export const rm: Program = function* rm(mac, args, io) {
  yield 0
  const force = args.some(word => /^-\w*f/.test(word))
  let code = 0
  for (const path of args.filter(word => !word.startsWith('-'))) {
    const inside = inContainer(mac, path)
    if (inside?.machine.files.delete(inside.path) === true || force) continue
    io.err(`rm: cannot remove '${path}': No such file or directory\n`)
    code = 1
  }
  mac.workers.changed()
  return code
}

/** Within one node only; moving files between machines is not simulated. */
export const mv: Program = function* mv(mac, args, io) {
  yield 0
  const [from = '', to = ''] = args.filter(word => !word.startsWith('-'))
  const [source, target] = [inContainer(mac, from), inContainer(mac, to)]
  const text = source?.machine.files.get(source.path)
  if (
    source === undefined ||
    text === undefined ||
    target === undefined ||
    target.machine !== source.machine
  ) {
    io.err(`mv: cannot stat '${from}': No such file or directory\n`)
    return 1
  }
  source.machine.files.delete(source.path)
  target.machine.files.set(target.path, text)
  mac.workers.changed()
  return 0
}

export const uname: Program = function* uname(mac, args, io) {
  yield 0
  io.out(
    args.includes('-m')
      ? `${mac.seed.vm.arch}\n`
      : args.includes('-r')
        ? '6.8.0-64-generic\n'
        : 'Linux\n',
  )
  return 0
}

/** GNU df's rounding: up, one digit after the point below ten. */
function human(kib: number): string {
  if (kib === 0) return '0'
  const units = ['K', 'M', 'G', 'T']
  let value = kib
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const shown = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value)
  return `${value < 10 && shown < 10 ? shown.toFixed(1) : Math.ceil(shown)}${units[unit]}`
}

export const df: Program = function* df(mac, args, io) {
  yield guest.df
  const forHumans = args.some(word => /^-\w*h/.test(word))
  const posix = args.some(word => /^-\w*P/.test(word))
  const paths = args.filter(word => !word.startsWith('-'))
  const rows: string[][] = []
  let code = 0
  for (const path of paths.length === 0 ? mac.disks.map(disk => disk.mount) : paths) {
    const disk = mac.disks
      .filter(
        one => path === one.mount || path.startsWith(one.mount === '/' ? '/' : `${one.mount}/`),
      )
      .toSorted((a, b) => b.mount.length - a.mount.length)[0]
    if (disk === undefined || (!exists(mac, path) && disk.mount === '/' && path !== '/')) {
      io.err(`df: ${path}: No such file or directory\n`)
      code = 1
      continue
    }
    const free = Math.max(0, disk.sizeKiB - disk.usedKiB)
    const show = (kib: number): string => (forHumans ? human(kib) : String(kib))
    rows.push([
      disk.filesystem,
      show(disk.sizeKiB),
      show(disk.usedKiB),
      show(free),
      `${disk.sizeKiB === 0 ? 0 : Math.ceil((disk.usedKiB / disk.sizeKiB) * 100)}%`,
      disk.mount,
    ])
  }
  if (rows.length === 0) return code
  const head = [
    'Filesystem',
    forHumans ? 'Size' : posix ? '1024-blocks' : '1K-blocks',
    'Used',
    forHumans ? 'Avail' : 'Available',
    posix ? 'Capacity' : 'Use%',
    'Mounted on',
  ]
  const least = [14, 5, 5, 5, 4, 0]
  const widths = head.map((title, column) =>
    Math.max(least[column]!, title.length, ...rows.map(row => row[column]!.length)),
  )
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0
        ? cell.padEnd(widths[0]!)
        : column === row.length - 1
          ? cell
          : cell.padStart(widths[column]!),
    )
    io.out(`${cells.join(' ')}\n`)
  }
  return code
}

interface GuestProcess {
  pid: number
  comm: string
  stat: string
}

function processes(mac: Mac): GuestProcess[] {
  const { vm } = mac
  const own: GuestProcess[] = [{ pid: 1, comm: 'systemd', stat: 'Ss' }]
  if (vm.sshd === 'running') own.push({ pid: 612, comm: 'sshd', stat: 'Ss' })
  own.push({ pid: 701, comm: 'containerd', stat: 'Ssl' })
  if (vm.docker === 'running') own.push({ pid: 844, comm: 'dockerd', stat: 'Ssl' })
  for (const container of mac.containers) {
    if (container.pid !== 0) own.push({ pid: container.pid, comm: 'init', stat: 'Ss' })
    for (const process of container.machine?.state === 'running'
      ? container.machine.processes.values()
      : [])
      own.push({ pid: process.pid, comm: process.comm, stat: process.frozen ? 'Tl' : 'Sl' })
  }
  return own
}

/**
 * `pgrep [-x|-f] NAME`: pids, one a line; exit code 1 when there is none. Names are cut to 15
 * characters, as the kernel keeps them.
 */
export const pgrepOf: Program = function* pgrep(mac, args, io) {
  yield 0
  const exact = args.some(word => /^-\w*x/.test(word))
  const whole = args.some(word => /^-\w*f/.test(word))
  const named = args.some(word => /^-\w*[la]/.test(word))
  const pattern = args.filter(word => !word.startsWith('-'))[0] ?? ''
  const matches = processes(mac).filter(process => {
    const name = whole ? process.comm : process.comm.slice(0, 15)
    // `-x` with a name over 15 characters finds nothing in reality; the lab is kinder and compares
    // the whole name.
    return exact ? process.comm === pattern || name === pattern : new RegExp(pattern).test(name)
  })
  io.out(matches.map(process => `${process.pid}${named ? ` ${process.comm}` : ''}\n`).join(''))
  return matches.length === 0 ? 1 : 0
}

export const psOf: Program = function* ps(mac, args, io) {
  yield 0
  const at = args.findIndex(word => /^-\w*o$/.test(word))
  const asked = at >= 0 ? (args[at + 1] ?? '') : 'pid,stat,comm'
  const one = args.includes('-p') ? Number(args[args.indexOf('-p') + 1]) : undefined
  const fields = asked.split(',')
  const field = (process: GuestProcess, name: string): string => {
    if (name === 'pid') return String(process.pid).padStart(7)
    if (name === 'stat' || name === 's' || name === 'state') return process.stat
    return name === 'user' ? 'root' : name === 'ppid' ? '1' : process.comm
  }
  const rows = processes(mac).filter(process => one === undefined || process.pid === one)
  if (fields.some(name => !name.endsWith('=')))
    io.out(`${fields.map(name => name.replace('=', '').toUpperCase()).join(' ')}\n`)
  io.out(
    rows
      .map(process => `${fields.map(name => field(process, name.replace('=', ''))).join(' ')}\n`)
      .join(''),
  )
  return rows.length === 0 ? 1 : 0
}
