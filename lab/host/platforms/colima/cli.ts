// The `colima` program: its arguments, and which part of it they ask for.
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
  /** Words after `--`, or after the command of `ssh`. */
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
      if (known[parsed.command]?.includes(word) !== true)
        return `unknown ${word.startsWith('--') ? `flag: ${word}` : `shorthand flag: '${word[1]}' in ${word}`}`
      parsed.flags.add(word)
    } else if (parsed.command === 'ssh') {
      parsed.rest.push(...args.slice(index))
      break
    } else parsed.profile = word
  }
  if (known[parsed.command] === undefined) return `unknown command "${parsed.command}" for "colima"`
  return parsed
}

/** `colima` of v0.10.0. Errors are `level=fatal` lines on stderr with exit code 1. */
export const colima: Program = function* colima(mac, args, io) {
  const parsed = parse(args)
  if (typeof parsed === 'string') {
    yield times.list
    say(mac, io, 'fatal', parsed)
    return 1
  }
  const name = parsed.profile === 'default' ? 'colima' : `colima [profile=${parsed.profile}]`
  const exists = mac.vm.created && parsed.profile === mac.seed.vm.profile
  const has = (...flags: string[]): boolean => flags.some(flag => parsed.flags.has(flag))
  if (parsed.command === 'status')
    return yield* status(mac, io, name, exists, {
      json: has('--json', '-j'),
      extended: has('--extended', '-e'),
    })
  if (parsed.command === 'list' || parsed.command === 'ls')
    return yield* list(mac, io, has('--json', '-j'))
  if (parsed.command === 'version') return yield* version(mac, io)
  if (parsed.command === 'ssh-config') return yield* sshConfigOf(mac, io, exists)
  if (parsed.command === 'ssh') return yield* ssh(mac, io, name, exists, parsed.rest)
  if (parsed.profile !== mac.seed.vm.profile && parsed.command !== 'stop') {
    yield times.list
    say(
      mac,
      io,
      'fatal',
      `the simulated host holds profile '${mac.seed.vm.profile}' only: '${parsed.profile}' cannot be started`,
    )
    return 1
  }
  if (parsed.command === 'start') return yield* start(mac, io, name)
  if (parsed.command === 'stop') return yield* stop(mac, io, name, exists, has('--force', '-f'))
  return yield* restart(mac, io, name, exists, has('--force', '-f'))
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

/**
 * `colima ssh -- words…`: through Lima's own ssh, which uses and makes the master like any other.
 */
function* ssh(
  mac: Mac,
  io: Io,
  name: string,
  exists: boolean,
  words: readonly string[],
): Work<number> {
  yield inspectMs(mac)
  if (!exists || instanceStatus(mac) !== 'Running') {
    say(mac, io, 'fatal', `${name} not running`)
    return 1
  }
  const refusal = yield* enter(mac, io, true)
  yield times.ssh - sshTimes.command
  // Lima quotes each word for the guest's shell: unlike ssh's words they arrive as they are.
  const code = refusal ?? (yield* run(mac, words.map(quoted), io))
  if (code !== 0) say(mac, io, 'fatal', `exit status ${code}`)
  return code === 0 ? 0 : 1
}
