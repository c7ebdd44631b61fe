// Processes of the host: those that were seeded, those that carry the VM, and what outlived one;
// ps, pgrep, kill.
import {
  killHostagent,
  killMaster,
  killUsernet,
  killVm,
  freezeHostagent,
  freezeVm,
} from '#lab/host/platforms/lima/vm.ts'
import {
  driverOf,
  limaFolder,
  networkFolder,
  newPid,
  instanceOf,
  type Mac,
  type Program,
} from '#lab/host/mac.ts'
import { tool } from '#lab/host/delays.ts'

export interface ProcessRow {
  pid: number
  ppid: number
  user: string
  args: string
}

const usernetArgs = (mac: Mac): string =>
  `/opt/homebrew/bin/limactl usernet -p ${networkFolder(mac)}/usernet_user-v2.pid -e ${networkFolder(mac)}/user-v2_ep.sock --listen-qemu ${networkFolder(mac)}/user-v2_qemu.sock --listen ${networkFolder(mac)}/user-v2_fd.sock --subnet 192.168.5.0/24`
const masterArgs = (mac: Mac): string => `ssh: ${limaFolder(mac)}/ssh.sock [mux]`
const vmArgs = (mac: Mac): string =>
  driverOf(mac) === 'qemu'
    ? `/opt/homebrew/bin/qemu-system-${mac.seed.vm.arch} -m ${mac.seed.vm.memory / 2 ** 20} -name lima-${instanceOf(mac)}`
    : '/System/Library/Frameworks/Virtualization.framework/Versions/A/XPCServices/com.apple.Virtualization.VirtualMachine.xpc/Contents/MacOS/com.apple.Virtualization.VirtualMachine'

/** Every process of the host by pid; the VM's carriers follow from its state. */
export function processRows(mac: Mac): ProcessRow[] {
  const { vm, seed } = mac
  const rows: ProcessRow[] = mac.processes.map(({ pid, ppid, user, args }) => ({
    pid,
    ppid,
    user,
    args,
  }))
  const add = (pid: number, ppid: number, args: string): number =>
    rows.push({ pid, ppid, user: seed.user, args })
  if (vm.usernet === 'running') add(vm.pids.usernet, 1, usernetArgs(mac))
  if (vm.hostagent !== 'gone') {
    add(
      vm.pids.hostagent,
      1,
      `/opt/homebrew/bin/limactl hostagent --pidfile ${limaFolder(mac)}/ha.pid --socket ${limaFolder(mac)}/ha.sock --guestagent /opt/homebrew/share/lima/lima-guestagent.Linux-${seed.vm.arch}.gz ${instanceOf(mac)}`,
    )
  }
  if (vm.process !== 'gone')
    add(vm.pids.process, vm.hostagent === 'gone' ? 1 : vm.pids.hostagent, vmArgs(mac))
  if (vm.sshMaster === 'up') add(vm.pids.master, 1, masterArgs(mac))
  for (const orphan of mac.orphans)
    add(orphan.pid, 1, orphan.kind === 'usernet' ? usernetArgs(mac) : masterArgs(mac))
  for (const job of mac.launchd) {
    if (job.pid !== undefined && !rows.some(row => row.pid === job.pid))
      rows.push({
        pid: job.pid,
        ppid: 1,
        user: job.domain === 'system' ? 'root' : seed.user,
        args: job.arguments.join(' '),
      })
  }
  return rows.toSorted((a, b) => a.pid - b.pid)
}

/**
 * `ps -axo pid=,ppid=,user=,args=` and the like: columns by name, a heading where a name lacks its
 * `=`.
 */
export const ps: Program = function* ps(mac, args, io) {
  yield tool
  const at = args.findIndex(word => /^-\w*o$/.test(word))
  const fields = (at >= 0 ? (args[at + 1] ?? '') : 'pid,ppid,user,args').split(',')
  const only = args.includes('-p')
    ? (args[args.indexOf('-p') + 1] ?? '').split(',').map(Number)
    : undefined
  const cell = (row: ProcessRow, name: string): string => {
    if (name === 'pid' || name === 'ppid') return String(row[name]).padStart(5)
    if (name === 'user') return row.user.padEnd(16)
    return name === 'comm' ? (row.args.split(' ')[0] ?? '') : row.args
  }
  const rows = processRows(mac).filter(row => only === undefined || only.includes(row.pid))
  if (fields.some(name => !name.endsWith('=')))
    io.out(`${fields.map(name => name.replace('=', '').toUpperCase().padStart(5)).join(' ')}\n`)
  io.out(
    rows.map(row => `${fields.map(name => cell(row, name.replace('=', ''))).join(' ')}\n`).join(''),
  )
  return rows.length === 0 ? 1 : 0
}

/**
 * macOS' pgrep: `-f` looks at the whole command line, `-l` prints it, `-x` wants the whole name.
 * Exit code 1: none.
 */
export const pgrep: Program = function* pgrep(mac, args, io) {
  yield tool
  const has = (letter: string): boolean =>
    args.some(word => new RegExp(`^-\\w*${letter}`).test(word))
  const pattern = args.filter(word => !word.startsWith('-')).at(-1) ?? ''
  if (pattern === '') {
    io.err(
      'usage: pgrep [-Lafilnoqvx] [-F pidfile] [-G gid] [-P ppid] [-U uid] [-d delim] [-g pgrp] [-t tty] [-u euid] pattern ...\n',
    )
    return 2
  }
  const found = processRows(mac).filter(row => {
    const name = has('f') ? row.args : (row.args.split(' ')[0]?.split('/').at(-1) ?? '')
    return has('x') ? name === pattern : new RegExp(pattern).test(name)
  })
  io.out(
    found
      .map(
        row =>
          `${row.pid}${has('l') ? ` ${has('f') ? row.args : (row.args.split(' ')[0]?.split('/').at(-1) ?? '')}` : ''}\n`,
      )
      .join(''),
  )
  return found.length === 0 ? 1 : 0
}

type Signal = 'KILL' | 'TERM' | 'STOP' | 'CONT' | '0'

function signalOf(text: string): Signal | undefined {
  const name = text.replace(/^SIG/, '')
  const byName: Record<string, Signal> = {
    9: 'KILL',
    KILL: 'KILL',
    15: 'TERM',
    TERM: 'TERM',
    2: 'TERM',
    INT: 'TERM',
    1: 'TERM',
    HUP: 'TERM',
    17: 'STOP',
    STOP: 'STOP',
    19: 'CONT',
    CONT: 'CONT',
    0: '0',
  }
  return byName[name]
}

/**
 * `kill [-9|-STOP|-CONT|-TERM] PID…`, with the effects on the VM. Signal numbers are macOS' own.
 */
export const kill: Program = function* kill(mac, args, io) {
  yield tool
  const named =
    args[0] === '-s' ? args[1] : args[0]?.startsWith('-') === true ? args[0].slice(1) : undefined
  const signal = named === undefined ? 'TERM' : signalOf(named)
  if (signal === undefined) {
    io.err(`kill: illegal signal name: ${named}\n`)
    return 1
  }
  let code = 0
  for (const word of args.slice(named === undefined ? 0 : args[0] === '-s' ? 2 : 1)) {
    if (word === '--') continue
    if (!/^\d+$/.test(word)) {
      io.err(`kill: illegal process id: ${word}\n`)
      code = 2
    } else if (!sendSignal(mac, Number(word), signal)) {
      io.err(`kill: ${word}: No such process\n`)
      code = 1
    }
  }
  mac.workers.changed()
  return code
}

/** False when there is no such process. */
export function sendSignal(mac: Mac, pid: number, signal: Signal): boolean {
  const { vm } = mac
  const ends = signal === 'KILL' || signal === 'TERM'
  if (!processRows(mac).some(row => row.pid === pid)) return false
  if (signal === '0') return true
  if (vm.process !== 'gone' && pid === vm.pids.process) {
    if (ends) killVm(mac)
    else freezeVm(mac, signal === 'STOP')
  } else if (vm.hostagent !== 'gone' && pid === vm.pids.hostagent) {
    if (ends) killHostagent(mac)
    else freezeHostagent(mac, signal === 'STOP')
  } else if (vm.usernet === 'running' && pid === vm.pids.usernet) {
    if (ends) killUsernet(mac)
  } else if (vm.sshMaster === 'up' && pid === vm.pids.master) {
    if (ends) killMaster(mac)
  } else {
    other(mac, pid, signal)
  }
  return true
}

function other(mac: Mac, pid: number, signal: Signal): void {
  const ends = signal === 'KILL' || signal === 'TERM'
  const orphan = mac.orphans.findIndex(one => one.pid === pid)
  if (orphan >= 0 && ends) mac.orphans.splice(orphan, 1)
  const at = mac.processes.findIndex(one => one.pid === pid)
  const held = mac.processes[at]
  if (held !== undefined && !ends) held.frozen = signal === 'STOP'
  if (held !== undefined && ends) mac.processes.splice(at, 1)
  const job = mac.launchd.find(one => one.pid === pid)
  if (job === undefined || !ends) return
  delete job.pid
  job.state = 'waiting'
  job.lastExitCode = signal === 'KILL' ? 9 : 15
  if (job.keepAlive !== true) return
  // launchd starts it again, not more often than every 10 s. @source launchd default,
  // ThrottleInterval
  mac.context.clock.after(10_000, () => {
    if (job.state === 'running') return
    job.state = 'running'
    job.pid = newPid(mac)
    job.runs += 1
    if (held !== undefined) mac.processes.push({ ...held, pid: job.pid, frozen: false })
  })
}
