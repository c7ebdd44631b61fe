// When a process started. A process id alone does not identify a process: the system reuses it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The start of a process in /proc; undefined: it is gone, or a zombie that does nothing more. */
function startInProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of a program may hold spaces and brackets. Field 3 follows the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z'
    ? undefined
    : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
}

function startByPs(pid: number): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || undefined
    )
  } catch {
    return undefined
  }
}

/**
 * When a process started, as the system prints it; undefined: there is no such process.
 * @source Linux, proc(5): field 22 of stat counts from the boot, so the boot id is part of it;
 * macOS and others: ps -o lstart
 */
export function startOf(pid: number): string | undefined {
  try {
    return startInProc(pid)
  } catch (error) {
    if (process.platform !== 'linux') return startByPs(pid)
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined
    throw error
  }
}
