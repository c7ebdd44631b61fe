// Processes of the guest, and the `pgrep` and `ps` that list them.
import type { Mac, Program } from '#lab/host/mac.ts'

interface GuestProcess {
  pid: number
  comm: string
  stat: string
}

/** systemd, sshd, containerd, dockerd, and the processes of containers and of their nodes. */
export function guestProcesses(mac: Mac): GuestProcess[] {
  const { vm } = mac
  const own: GuestProcess[] = [{ pid: 1, comm: 'systemd', stat: 'Ss' }]
  if (vm.sshd === 'running') own.push({ pid: 612, comm: 'sshd', stat: 'Ss' })
  own.push({ pid: 701, comm: 'containerd', stat: 'Ssl' })
  if (vm.docker === 'running') own.push({ pid: 844, comm: 'dockerd', stat: 'Ssl' })
  for (const { pid, machine } of mac.containers) {
    if (pid !== 0) own.push({ pid, comm: 'init', stat: 'Ss' })
    const inside = machine?.state === 'running' ? machine.processes.values() : []
    for (const process of inside)
      own.push({ pid: process.pid, comm: process.comm, stat: process.frozen ? 'Tl' : 'Sl' })
  }
  return own
}

/** The kernel cuts names to 15 characters. @source Linux, TASK_COMM_LEN */
const commLength = 15

/** `pgrep [-x|-f] NAME`: prints one pid per line. Exits 1 if nothing matches. */
export const pgrepOf: Program = function* pgrep(mac, args, io) {
  yield 0
  const exact = args.some(word => /^-\w*x/.test(word))
  const whole = args.some(word => /^-\w*f/.test(word))
  const named = args.some(word => /^-\w*[la]/.test(word))
  const pattern = args.filter(word => !word.startsWith('-'))[0] ?? ''
  const matches = guestProcesses(mac).filter(process => {
    const name = whole ? process.comm : process.comm.slice(0, commLength)
    // The real `-x` never matches a name longer than 15 characters. The lab compares the whole
    // name.
    return exact ? process.comm === pattern || name === pattern : new RegExp(pattern).test(name)
  })
  io.out(matches.map(process => `${process.pid}${named ? ` ${process.comm}` : ''}\n`).join(''))
  return matches.length === 0 ? 1 : 0
}

function psField(process: GuestProcess, name: string): string {
  if (name === 'pid') return String(process.pid).padStart(7)
  if (name === 'stat' || name === 's' || name === 'state') return process.stat
  if (name === 'user') return 'root'
  return name === 'ppid' ? '1' : process.comm
}

/** `ps [-o COLUMNS] [-p PID]`: a heading unless each column ends with `=`. */
export const psOf: Program = function* ps(mac, args, io) {
  yield 0
  const at = args.findIndex(word => /^-\w*o$/.test(word))
  const fields = (at >= 0 ? (args[at + 1] ?? '') : 'pid,stat,comm').split(',')
  const one = args.includes('-p') ? Number(args[args.indexOf('-p') + 1]) : undefined
  const rows = guestProcesses(mac).filter(process => one === undefined || process.pid === one)
  if (fields.some(name => !name.endsWith('=')))
    io.out(`${fields.map(name => name.replace('=', '').toUpperCase()).join(' ')}\n`)
  for (const process of rows)
    io.out(`${fields.map(name => psField(process, name.replace('=', ''))).join(' ')}\n`)
  return rows.length === 0 ? 1 : 0
}
