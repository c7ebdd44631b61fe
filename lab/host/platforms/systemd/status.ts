// What `systemctl status` prints about a unit. The lab has no cgroups, so it omits tasks, memory
// and processes. It also omits the last lines of the journal.
import type { Unit } from './unit.ts'

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `Sat 2026-11-21 17:04:09 UTC`; empty for 0. */
export function timestamp(at: number): string {
  if (at === 0) return ''
  const date = new Date(at)
  const [day, time] = date.toISOString().split('T')
  return `${weekdays[date.getUTCDay()]} ${day} ${time?.slice(0, 8)} UTC`
}

/** The two largest units of a duration, e.g. `1min 34s`. @source systemd, format_timespan */
function span(ms: number): string {
  if (ms < 1000) return `${ms}ms`
  const seconds = Math.floor(ms / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const from = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(from, from + 2)
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count}${name}`)
    .join(' ')
}

const dots = { active: '●', activating: '●', deactivating: '●', inactive: '○', failed: '×' }

/** The text in parentheses after the state: the unit sub-state, or the result of a failure. */
function detailOf({ active, sub, result }: Unit): string {
  if (active === 'failed') return `(Result: ${result})`
  return result === 'success' ? `(${sub})` : `(${sub}) (Result: ${result})`
}

export function statusText(unit: Unit, now: number): string {
  const { seed, active, mainPid, lastExit, changedAt } = unit
  const since = `since ${timestamp(changedAt)}; ${span(now - changedAt)} ago`
  const path = `/etc/systemd/system/${seed.name}.service`
  const lines = [
    `${dots[active]} ${seed.name}.service - ${seed.description}`,
    `     Loaded: loaded (${path}; enabled; preset: enabled)`,
    `     Active: ${active} ${detailOf(unit)} ${since}`,
    `       Docs: ${seed.documentation}`,
  ]
  if (mainPid !== 0) lines.push(`   Main PID: ${mainPid} (${seed.comm})`)
  else if (lastExit !== undefined)
    lines.push(
      `    Process: ${lastExit.pid} ExecStart=${seed.execStart} (${lastExit.how})`,
      `   Main PID: ${lastExit.pid} (${lastExit.how})`,
    )
  return `${lines.join('\n')}\n`
}
