// Controls systemd units on a machine that ssh reaches, such as k3s on a node outside a container.
import { failure } from '#src/commands/command.ts'
import { attemptThere, runThere, type SshHost } from '#helpers/ssh/client.ts'
import type { Call } from '#src/commands/call.ts'
import { parseJournal, type JournalLine } from './journal.ts'
import { parseShow, shownProperties, type UnitState } from './unit-state.ts'

/**
 * Most journal lines of one call: a unit in a crash loop writes without end.
 * @source a choice: what fits into a report
 */
const mostLines = 1_000

/**
 * Accepts letters, digits and a few signs; systemctl reads a leading dash as an option.
 * @source systemd.unit(5)
 */
function requireUnit(unit: string): string {
  if (/^[A-Za-z0-9_@][A-Za-z0-9:_.@\\-]*$/.test(unit)) return unit
  throw new Error(`“${unit}” is not a valid name of a systemd unit`)
}

/** The words that `systemctl is-active` prints. @source systemctl(1) */
const activeStates =
  /^(active|reloading|inactive|failed|activating|deactivating|maintenance|unknown)$/

async function isActive(call: Call, to: SshHost, unit: string): Promise<boolean> {
  const words = ['systemctl', 'is-active', requireUnit(unit)]
  const exit = await attemptThere(call, to, words)
  const state = exit.stdout.trim()
  // systemctl exits 3 or 4 for a unit that is not active, and prints its state. Without a state,
  // systemctl itself did not run. @source systemctl(1), EXIT STATUS
  if (activeStates.test(state)) return state === 'active' || state === 'reloading'
  throw failure(`ssh ${to.host} ${words.join(' ')}`, exit)
}

async function show(call: Call, to: SshHost, unit: string): Promise<UnitState | undefined> {
  const properties = `--property=${shownProperties.join(',')}`
  // UTC and the C locale: the same output on every machine.
  const environment = ['env', 'TZ=UTC', 'LC_ALL=C']
  return parseShow(
    await runThere(call, to, [...environment, 'systemctl', 'show', requireUnit(unit), properties]),
  )
}

/**
 * Which lines of a journal: at most `lines` (up to 1,000), from `since` on (ms since the epoch).
 */
export interface JournalRange {
  lines: number
  since?: number
}

function journalWords(unit: string, { lines, since }: JournalRange): readonly string[] {
  const most = String(Math.min(Math.max(1, Math.floor(lines)), mostLines))
  const from = since === undefined ? [] : ['--since', `@${Math.floor(since / 1_000)}`]
  const format = ['--no-pager', '--output', 'json', '--output-fields', 'MESSAGE,PRIORITY']
  return ['journalctl', '--unit', requireUnit(unit), ...format, '--lines', most, ...from]
}

async function journal(
  call: Call,
  to: SshHost,
  unit: string,
  words: readonly string[],
): Promise<readonly JournalLine[]> {
  const exit = await attemptThere(call, to, words)
  // journalctl shows an empty journal to a user who may not read it: a hint on stderr, and exit 0.
  const hidden = /not seeing messages from other users/.test(exit.stderr)
    ? 'this user may not read the system journal'
    : undefined
  if (exit.code !== 0 || hidden !== undefined)
    throw failure(`ssh ${to.host} journalctl --unit ${unit}`, exit, hidden)
  return parseJournal(exit.stdout)
}

/**
 * systemd on one machine. A user other than root needs sudo without a password. All methods reject
 * with a CommandError when the machine is unreachable, and with an Error for an invalid unit name.
 */
export function systemd(call: Call, to: SshHost) {
  const root = to.user === 'root' ? [] : ['sudo', '-n']
  const control = async (
    verb: 'restart' | 'start' | 'stop' | 'reset-failed',
    unit: string,
  ): Promise<void> => {
    await runThere(call, to, [...root, 'systemctl', verb, requireUnit(unit)])
  }

  return {
    /** Also `false` for a unit that does not exist; `show` distinguishes the two. */
    isActive: (unit: string): Promise<boolean> => isActive(call, to, unit),
    /** The state of a unit; undefined where it does not exist. */
    show: (unit: string): Promise<UnitState | undefined> => show(call, to, unit),
    /**
     * Restarts a unit and resolves when systemd reports it as started. k3s reports that once its
     * API answers: the deadline has to cover it.
     */
    restart: (unit: string): Promise<void> => control('restart', unit),
    start: (unit: string): Promise<void> => control('start', unit),
    /**
     * Forgets that a unit failed. Until then systemd refuses to start a unit that reached its start
     * limit. @source systemd.unit(5): StartLimitBurst
     */
    resetFailed: (unit: string): Promise<void> => control('reset-failed', unit),
    stop: (unit: string): Promise<void> => control('stop', unit),
    /** The last lines of a unit's journal, oldest first. */
    async journal(unit: string, range: JournalRange): Promise<readonly JournalLine[]> {
      return journal(call, to, unit, [...root, ...journalWords(unit, range)])
    },
  }
}
