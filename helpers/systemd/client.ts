// Units of systemd on a machine that ssh reaches, such as k3s on a node that is no container: their
// state, a restart, their last words.
import { z } from 'zod'
import { failure, parsed } from '#src/commands/command.ts'
import { attemptThere, runThere, type SshHost } from '#helpers/ssh/client.ts'
import type { Call } from '#src/commands/call.ts'

export interface UnitState {
  /** `active`, `reloading`, `inactive`, `failed`, `activating` or `deactivating`. */
  active: string
  /** In more detail, e.g. `running`, `dead`, `start`, `auto-restart`. */
  sub: string
  /** How it ended last: `success`, or what went wrong, e.g. `exit-code`, `oom-kill`. */
  result: string
  /** Of its main process; 0 while it has none. */
  pid: number
  /** How often systemd has started it again by itself. */
  restarts: number
  /**
   * When it became active the last time, ms since the epoch, to the second; 0 when it never was.
   */
  activeSince: number
}

export interface JournalLine {
  /** ms since the epoch. */
  at: number
  /** 0 (emergency) to 7 (debug). @source syslog(3) */
  priority: number
  description: string
}

/**
 * Lines of a journal that are fetched at most: a unit that crashes in a loop writes without end.
 * @source a choice: what fits into a report
 */
const mostLines = 1_000

const properties = [
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'NRestarts',
  'ActiveEnterTimestamp',
] as const

/**
 * Unit names are letters, digits and a few signs; a dash in front would be an option. @source
 * systemd.unit(5)
 */
function requireUnit(unit: string): string {
  if (/^[A-Za-z0-9_@][A-Za-z0-9:_.@\\-]*$/.test(unit)) return unit
  throw new Error(`“${unit}” is no name of a systemd unit`)
}

/** `Sat 2026-11-21 17:04:09 UTC`, as systemctl writes it where TZ is UTC; empty: never. */
function timeOf(text: string): number {
  if (text === '' || text === 'n/a') return 0
  const match = /^\w{3} (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/.exec(text)
  if (match === null)
    throw new Error(`systemctl wrote a time that is none in UTC: “${text.slice(0, 60)}”`)
  return Date.parse(`${match[1]}T${match[2]}Z`)
}

const count = (name: string, text: string | undefined): number => {
  if (text === undefined || !/^\d+$/.test(text))
    throw new Error(`systemctl show told no number as ${name}: “${(text ?? '').slice(0, 60)}”`)
  return Number(text)
}

/**
 * What `systemctl show` printed, a property a line in an order of its own; undefined where there is
 * no such unit. Throws for what is none of it.
 */
export function parseShow(text: string): UnitState | undefined {
  const values = new Map(
    text
      .split('\n')
      .filter(line => line !== '')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  )
  const load = values.get('LoadState')
  const [active, sub, result] = [
    values.get('ActiveState'),
    values.get('SubState'),
    values.get('Result'),
  ]
  if (load === 'not-found') return undefined
  if (load === undefined || active === undefined || sub === undefined)
    throw new Error(
      `systemctl show printed something else than expected: “${text.trim().slice(0, 80)}”`,
    )
  return {
    active,
    sub,
    result: result ?? '',
    pid: count('MainPID', values.get('MainPID')),
    restarts: count('NRestarts', values.get('NRestarts')),
    activeSince: timeOf(values.get('ActiveEnterTimestamp') ?? ''),
  }
}

const lineShape = z.looseObject({
  __REALTIME_TIMESTAMP: z.string().regex(/^\d+$/),
  PRIORITY: z.string().optional(),
  // Text, or bytes where it is no UTF-8; null where it was too long to be shown. @source systemd,
  // Journal JSON Format
  MESSAGE: z.union([z.string(), z.array(z.int().min(0).max(255)), z.null()]).optional(),
})

/** Priority of lines that have none. @source syslog(3): informational */
const informational = 6

/**
 * Lines of `journalctl --output json`, oldest first. A first line that was cut off in front is left
 * out; any other rubbish is an error.
 */
export function parseJournal(text: string): readonly JournalLine[] {
  const lines = text.split('\n').filter(line => line !== '' && line !== '-- No entries --')
  return lines.flatMap((line, index) => {
    if (index === 0 && !line.startsWith('{')) return []
    const read = lineShape.safeParse(parsed('journalctl', line))
    if (!read.success)
      throw new Error(`journalctl printed a line that is none of its own: “${line.slice(0, 80)}”`)
    const { __REALTIME_TIMESTAMP: at, PRIORITY: priority, MESSAGE: message } = read.data
    const description =
      typeof message === 'string'
        ? message
        : message === null || message === undefined
          ? ''
          : Buffer.from(message).toString('utf8')
    return [
      {
        at: Math.floor(Number(at) / 1_000),
        priority: Number(priority ?? informational),
        description,
      },
    ]
  })
}

/**
 * systemd on one machine. A user who is not root needs sudo without a password there; nobody is
 * asked for one. All methods reject with a CommandError when the machine cannot be reached.
 */
export function systemd(call: Call, to: SshHost) {
  const root = to.user === 'root' ? [] : ['sudo', '-n']

  return {
    /**
     * In one word. `inactive` is also said of a unit that is not there: `show` tells them apart.
     */
    async isActive(unit: string): Promise<boolean> {
      const words = ['systemctl', 'is-active', requireUnit(unit)]
      const exit = await attemptThere(call, to, words)
      const description = exit.stdout.trim()
      // Exit 3 and 4 are a no, with its word. Without a word it was no systemctl that answered.
      // @source systemctl(1), EXIT STATUS
      if (
        /^(active|reloading|inactive|failed|activating|deactivating|maintenance|unknown)$/.test(
          description,
        )
      )
        return description === 'active' || description === 'reloading'
      throw failure(`ssh ${to.host} ${words.join(' ')}`, exit)
    },

    /** Its state; undefined where there is no such unit. */
    async show(unit: string): Promise<UnitState | undefined> {
      // Times in a zone that everybody can read, in the language of programs.
      return parseShow(
        await runThere(call, to, [
          'env',
          'TZ=UTC',
          'LC_ALL=C',
          'systemctl',
          'show',
          requireUnit(unit),
          `--property=${properties.join(',')}`,
        ]),
      )
    },

    /**
     * Restarts it, and resolves when systemd says that it is started. k3s says so when its API
     * answers: the deadline has to allow for that.
     */
    async restart(unit: string): Promise<void> {
      await runThere(call, to, [...root, 'systemctl', 'restart', requireUnit(unit)])
    },

    async start(unit: string): Promise<void> {
      await runThere(call, to, [...root, 'systemctl', 'start', requireUnit(unit)])
    },

    async stop(unit: string): Promise<void> {
      await runThere(call, to, [...root, 'systemctl', 'stop', requireUnit(unit)])
    },

    /**
     * Its last lines, oldest first, at most `lines` (of 1,000), and none before `since` (ms since
     * the epoch).
     */
    async journal(
      unit: string,
      { lines, since }: { lines: number; since?: number },
    ): Promise<readonly JournalLine[]> {
      const words = [
        'journalctl',
        '--unit',
        requireUnit(unit),
        '--no-pager',
        '--output',
        'json',
        '--output-fields',
        'MESSAGE,PRIORITY',
        '--lines',
        String(Math.min(Math.max(1, Math.floor(lines)), mostLines)),
        ...(since === undefined ? [] : ['--since', `@${Math.floor(since / 1_000)}`]),
      ]
      const exit = await attemptThere(call, to, [...root, ...words])
      // To a user who may not read it, journalctl shows an empty journal, with a hint and exit 0.
      const hidden = /not seeing messages from other users/.test(exit.stderr)
        ? 'this user may not read the journal of the system'
        : undefined
      if (exit.code !== 0 || hidden !== undefined)
        throw failure(`ssh ${to.host} journalctl --unit ${unit}`, exit, hidden)
      return parseJournal(exit.stdout)
    },
  }
}
