// macOS' `kill`, and what signals do to the VM's host processes and to other processes.
import { tool } from '#lab/host/delays.ts'
import { newPid, type Mac, type Program } from '#lab/host/mac.ts'
import {
  freezeHostagent,
  freezeVm,
  killHostagent,
  killMaster,
  killUsernet,
  killVm,
} from '#lab/host/platforms/lima/deaths.ts'
import { processRows } from './processes.ts'

type Signal = 'KILL' | 'TERM' | 'STOP' | 'CONT' | '0'

/** Signals by name and by macOS' number. The lab treats INT and HUP as TERM. */
const signals: Readonly<Record<string, Signal>> = {
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

/** The signal in the arguments, and the words after it. */
function signalWords(args: readonly string[]): {
  named: string | undefined
  pids: readonly string[]
} {
  const [first = '', second] = args
  if (first === '-s') return { named: second, pids: second === undefined ? args : args.slice(2) }
  if (first.startsWith('-')) return { named: first.slice(1), pids: args.slice(1) }
  return { named: undefined, pids: args }
}

/** `kill [-9|-STOP|-CONT|-TERM] PID…`, with its effects on the VM. */
export const kill: Program = function* kill(mac, args, io) {
  yield tool
  const { named, pids } = signalWords(args)
  const signal = named === undefined ? 'TERM' : signals[named.replace(/^SIG/, '')]
  if (signal === undefined) {
    io.err(`kill: illegal signal name: ${named}\n`)
    return 1
  }
  let code = 0
  for (const word of pids) {
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

/** Sends a signal. Returns false if there is no such process. */
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
    signalOther(mac, pid, signal)
  }
  return true
}

/** @source launchd.plist(5): ThrottleInterval, 10 s between two starts */
const throttleInterval = 10_000

/** An orphan, a process from the seed, or the process of a launchd job. */
function signalOther(mac: Mac, pid: number, signal: Signal): void {
  const ends = signal === 'KILL' || signal === 'TERM'
  const orphan = mac.orphans.findIndex(one => one.pid === pid)
  if (orphan >= 0 && ends) mac.orphans.splice(orphan, 1)
  const at = mac.processes.findIndex(one => one.pid === pid)
  const process = mac.processes[at]
  if (process !== undefined && !ends) process.frozen = signal === 'STOP'
  if (process !== undefined && ends) mac.processes.splice(at, 1)
  const job = mac.launchd.find(one => one.pid === pid)
  if (job === undefined || !ends) return
  delete job.pid
  job.state = 'waiting'
  job.lastExitCode = signal === 'KILL' ? 9 : 15
  if (job.keepAlive !== true) return
  mac.context.clock.after(throttleInterval, () => {
    if (job.state === 'running') return
    job.state = 'running'
    job.pid = newPid(mac)
    job.runs += 1
    if (process !== undefined) mac.processes.push({ ...process, pid: job.pid, frozen: false })
  })
}
