// `systemctl` on a server, for the unit that runs its node. Texts and exit codes are those of
// systemd 252, recorded in `recorded.json`.
import { now, type Io, type Mac } from '#lab/host/mac.ts'
import type { Work } from '#lab/host/work.ts'
import { notModelled } from './not-modelled.ts'
import type { Server } from './server.ts'
import { resetFailed, startUnit, stopUnit } from './service.ts'
import { statusText, timestamp } from './status.ts'
import type { Unit } from './unit.ts'

const unitOf = (name: string): string => (/\.\w+$/.test(name) ? name : `${name}.service`)

/** The properties that the lab models, in systemd's order. */
const properties: Readonly<Record<string, (unit: Unit | undefined) => string>> = {
  MainPID: unit => String(unit?.mainPid ?? 0),
  Result: unit => unit?.result ?? 'success',
  NRestarts: unit => String(unit?.restarts ?? 0),
  LoadState: unit => (unit === undefined ? 'not-found' : 'loaded'),
  ActiveState: unit => unit?.active ?? 'inactive',
  SubState: unit => unit?.sub ?? 'dead',
  ActiveEnterTimestamp: unit => timestamp(unit?.activeSince ?? 0),
}

/** `systemctl VERB [--flag…] UNIT`. `root`: the caller may change units. */
export function* systemctl(
  mac: Mac,
  server: Server,
  args: readonly string[],
  io: Io,
  root: boolean,
): Work<number> {
  const flags = args.filter(word => word.startsWith('-'))
  const [verb = '', name, ...more] = args.filter(word => !word.startsWith('-'))
  if (name === undefined || more.length > 0)
    return notModelled(io, `systemctl ${args.join(' ')}: the lab takes one verb and one unit`)
  const full = unitOf(name)
  const unit = full === `${server.unit.seed.name}.service` ? server.unit : undefined
  switch (verb) {
    case 'show':
      return show(io, unit, flags)
    case 'is-active':
      io.out(`${unit?.active ?? 'inactive'}\n`)
      return unit?.active === 'active' ? 0 : 3
    case 'status':
      return status(mac, io, unit, full)
    case 'start':
    case 'stop':
    case 'restart':
    case 'reset-failed':
      if (!root) return denied(io, verb, full)
      if (unit === undefined) return missing(io, verb, full)
      return yield* change(mac, server, io, verb)
    default:
      return notModelled(io, `systemctl ${verb}`)
  }
}

function show(io: Io, unit: Unit | undefined, flags: readonly string[]): number {
  const names = flags.flatMap(flag => /^--property=(.+)$/.exec(flag)?.[1]?.split(',') ?? [])
  const unknown = names.find(name => properties[name] === undefined)
  if (names.length === 0 || unknown !== undefined)
    return notModelled(io, `systemctl show --property=${unknown ?? ''}`)
  for (const [name, value] of Object.entries(properties))
    if (names.includes(name)) io.out(`${name}=${value(unit)}\n`)
  return 0
}

function status(mac: Mac, io: Io, unit: Unit | undefined, full: string): number {
  if (unit === undefined) {
    io.err(`Unit ${full} could not be found.\n`)
    return 4
  }
  io.out(statusText(unit, now(mac)))
  return unit.active === 'active' ? 0 : 3
}

function denied(io: Io, verb: string, full: string): number {
  io.err(
    `Failed to ${verb} ${full}: Access denied\n` +
      `See system logs and 'systemctl status ${full}' for details.\n`,
  )
  return 4
}

function missing(io: Io, verb: string, full: string): number {
  if (verb === 'reset-failed') {
    io.err(`Failed to reset failed state of unit ${full}: Unit ${full} not loaded.\n`)
    return 1
  }
  const why = verb === 'stop' ? 'not loaded' : 'not found'
  io.err(`Failed to ${verb} ${full}: Unit ${full} ${why}.\n`)
  return 5
}

function* change(
  mac: Mac,
  server: Server,
  io: Io,
  verb: 'start' | 'stop' | 'restart' | 'reset-failed',
): Work<number> {
  if (verb === 'reset-failed') {
    resetFailed(mac, server)
    return 0
  }
  if (verb !== 'start') yield* stopUnit(mac, server)
  if (verb === 'stop' || (yield* startUnit(mac, server))) return 0
  const full = `${server.unit.seed.name}.service`
  io.err(
    `Job for ${full} failed because the control process exited with error code.\n` +
      `See "systemctl status ${full}" and "journalctl -xeu ${full}" for details.\n`,
  )
  return 1
}
