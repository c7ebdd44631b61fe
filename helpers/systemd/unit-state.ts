// The state of a systemd unit, as `systemctl show` prints it.

export interface UnitState {
  /** `active`, `reloading`, `inactive`, `failed`, `activating` or `deactivating`. */
  active: string
  /** The finer state, e.g. `running`, `dead`, `start`, `auto-restart`. */
  sub: string
  /** How the last run ended: `success`, or the failure, e.g. `exit-code`, `oom-kill`. */
  result: string
  /** Of the main process; 0 without one. */
  pid: number
  /** How often systemd restarted the unit on its own. */
  restarts: number
  /** When the unit last became active, ms since the epoch, to the second; 0 if it never did. */
  activeSince: number
}

/** The properties that {@link parseShow} reads. */
export const shownProperties = [
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'NRestarts',
  'ActiveEnterTimestamp',
] as const

/** `Sat 2026-11-21 17:04:09 UTC`, as systemctl prints it with TZ=UTC, in ms; 0: never. */
export function timeOf(text: string): number {
  if (text === '' || text === 'n/a') return 0
  const match = /^\w{3} (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/.exec(text)
  if (match === null)
    throw new Error(`systemctl show printed a time outside UTC: “${text.slice(0, 60)}”`)
  return Date.parse(`${match[1]}T${match[2]}Z`)
}

function count(name: string, text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text)
  throw new Error(`systemctl show printed ${name} without a number: “${(text ?? '').slice(0, 60)}”`)
}

/** The properties that `systemctl show` printed, one a line. */
export const propertiesIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  )

/**
 * Reads the output of `systemctl show`, one property a line in any order. Undefined where the unit
 * does not exist. Throws for any other output.
 */
export function parseShow(text: string): UnitState | undefined {
  const values = propertiesIn(text)
  const load = values.get('LoadState')
  const active = values.get('ActiveState')
  const sub = values.get('SubState')
  if (load === 'not-found') return undefined
  if (load === undefined || active === undefined || sub === undefined)
    throw new Error(
      `systemctl show printed something else than expected: “${text.trim().slice(0, 80)}”`,
    )
  return {
    active,
    sub,
    result: values.get('Result') ?? '',
    pid: count('MainPID', values.get('MainPID')),
    restarts: count('NRestarts', values.get('NRestarts')),
    activeSince: timeOf(values.get('ActiveEnterTimestamp') ?? ''),
  }
}
