// The `colima` program: parses its arguments and runs the command.
import { run } from '#lab/host/platforms/guest/shell.ts'
import { enter, instanceStatus, inspectMs } from '#lab/host/platforms/lima/instance.ts'
import type { Io, Mac, Program } from '#lab/host/mac.ts'
import { colima as times, restartPause, ssh as sshTimes } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import { say } from './log.ts'
import { start } from './start.ts'
import { list, sshConfigOf, status, version } from './status.ts'
import { stop } from './stop.ts'

interface Arguments {
  command: string
  flags: Set<string>
  profile: string
  /** Words after `--`, or after the subcommand `ssh`. */
  rest: string[]
}

const known: Record<string, readonly string[]> = {
  status: ['--json', '-j', '--extended', '-e'],
  list: ['--json', '-j'],
  ls: ['--json', '-j'],
  version: [],
  start: [],
  stop: ['--force', '-f'],
  restart: ['--force', '-f'],
  'ssh-config': [],
  ssh: [],
}

const unknownFlag = (word: string): string =>
  word.startsWith('--')
    ? `unknown flag: ${word}`
    : `unknown shorthand flag: '${word[1]}' in ${word}`

/** The parsed arguments, or Colima's error text. */
function parse(args: readonly string[]): Arguments | string {
  const parsed: Arguments = { command: '', flags: new Set(), profile: 'default', rest: [] }
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    if (word === '--') {
      parsed.rest.push(...args.slice(index + 1))
      break
    }
    if (word === '-p' || word === '--profile') parsed.profile = args[(index += 1)] ?? ''
    else if (word.startsWith('--profile=')) parsed.profile = word.slice('--profile='.length)
    else if (parsed.command === '') parsed.command = word
    else if (word.startsWith('-')) {
      if (known[parsed.command]?.includes(word) !== true) return unknownFlag(word)
      parsed.flags.add(word)
    } else if (parsed.command === 'ssh') {
      parsed.rest.push(...args.slice(index))
      break
    } else parsed.profile = word
  }
  if (known[parsed.command] === undefined) return `unknown command "${parsed.command}" for "colima"`
  return parsed
}

interface Asked {
  command: string
  /** The profile's name in Colima's messages. */
  name: string
  profile: string
  /** Whether the profile has an instance. */
  exists: boolean
  has(...flags: string[]): boolean
  rest: readonly string[]
}

/** `colima` of v0.10.0. Errors are `level=fatal` lines on stderr with exit code 1. */
export const colima: Program = function* colima(mac, args, io) {
  const parsed = parse(args)
  if (typeof parsed === 'string') {
    yield times.list
    say(mac, io, 'fatal', parsed)
    return 1
  }
  const { command, profile, flags, rest } = parsed
  const asked: Asked = {
    command,
    profile,
    rest,
    name: profile === 'default' ? 'colima' : `colima [profile=${profile}]`,
    exists: mac.vm.created && profile === mac.seed.vm.profile,
    has: (...names) => names.some(name => flags.has(name)),
  }
  return yield* read(mac, io, asked) ?? change(mac, io, asked)
}

/** The read-only commands. Undefined for all others. */
function read(mac: Mac, io: Io, asked: Asked): Work<number> | undefined {
  const { command, name, exists, has } = asked
  switch (command) {
    case 'status':
      return status(mac, io, name, exists, {
        json: has('--json', '-j'),
        extended: has('--extended', '-e'),
      })
    case 'list':
    case 'ls':
      return list(mac, io, has('--json', '-j'))
    case 'version':
      return version(mac, io)
    case 'ssh-config':
      return sshConfigOf(mac, io, exists)
    case 'ssh':
      return ssh(mac, io, asked)
    default:
      return undefined
  }
}

/** Runs start, stop and restart. The simulated host has one profile. */
function* change(mac: Mac, io: Io, { command, name, profile, exists, has }: Asked): Work<number> {
  if (profile !== mac.seed.vm.profile && command !== 'stop') {
    yield times.list
    const only = `the simulated host has only the profile '${mac.seed.vm.profile}'`
    say(mac, io, 'fatal', `${only}: '${profile}' cannot be started`)
    return 1
  }
  if (command === 'start') return yield* start(mac, io, name)
  const force = has('--force', '-f')
  if (command === 'stop') return yield* stop(mac, io, name, exists, force)
  return yield* restart(mac, io, name, exists, force)
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

function* restart(mac: Mac, io: Io, name: string, exists: boolean, force: boolean): Work<number> {
  if (!exists) {
    yield times.list
    say(mac, io, 'fatal', `instance '${name}' does not exist`)
    return 1
  }
  const code = yield* stop(mac, io, name, exists, force)
  if (code !== 0) return code
  yield restartPause
  return yield* start(mac, io, name)
}

/** `colima ssh -- words…` runs Lima's ssh, which uses or starts the master as every ssh does. */
function* ssh(mac: Mac, io: Io, { name, exists, rest }: Asked): Work<number> {
  yield inspectMs(mac)
  if (!exists || instanceStatus(mac) !== 'Running') {
    say(mac, io, 'fatal', `${name} not running`)
    return 1
  }
  const refusal = yield* enter(mac, io, true)
  yield times.ssh - sshTimes.command
  // Lima quotes each word for the guest's shell, so the words arrive unchanged. Plain ssh does not.
  const code = refusal ?? (yield* run(mac, rest.map(quoted), io))
  if (code !== 0) say(mac, io, 'fatal', `exit status ${code}`)
  return code === 0 ? 0 : 1
}
