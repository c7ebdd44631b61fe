// The `docker` program, on the host and in the guest: the daemon that it connects to, and its
// commands.
import { docker as times } from '#lab/host/delays.ts'
import { dockerSock, type Io, type Mac, type Program } from '#lab/host/mac.ts'
import type { Work } from '#lab/host/work.ts'
import { isCommand, parse, updateOf, type Parsed } from './arguments.ts'
import { dialOr, guestDial, type Dial } from './connect.ts'
import {
  each,
  killing,
  pausing,
  restarting,
  starting,
  stopping,
  updating,
} from './container-commands.ts'
import { TemplateError } from './format.ts'
import { info, version } from './info.ts'
import { ps, type PsOptions } from './ps.ts'
import { exec, inspect, port } from './read-commands.ts'

/**
 * `docker` on the host. It connects to the socket of -H or --host, otherwise to that of the
 * context. The lab has no DOCKER_HOST.
 */
export const docker: Program = (mac, args, io) =>
  client(mac, args, io, { from: 'host', path: dockerSock(mac) })
/** `docker` in the guest. */
export const guestDocker: Program = (mac, args, io) => client(mac, args, io, guestDial)

/** Parses the options before the command: the socket, and the words from the command on. */
function globalOptions(
  args: readonly string[],
  at: Dial,
): { to: Dial; command: string; rest: readonly string[] } {
  let to = at
  let index = 0
  for (; index < args.length && args[index]!.startsWith('-'); index += 1) {
    const [name = '', ...rest] = args[index]!.split('=')
    if (!['-H', '--host', '--context', '-c'].includes(name)) break
    const value = rest.length > 0 ? rest.join('=') : (args[(index += 1)] ?? '')
    if (name === '-H' || name === '--host')
      to = { from: at.from, path: value.replace(/^unix:\/\//, '') }
  }
  if (args[index] === 'container') index += 1
  return { to, command: args[index] ?? '', rest: args.slice(index + 1) }
}

function* client(mac: Mac, args: readonly string[], io: Io, at: Dial): Work<number> {
  const { to, command, rest } = globalOptions(args, at)
  if (!isCommand(command))
    return yield* fail(io, 1, `docker: unknown command: docker ${command}`, 'docker --help')
  const parsed = parse(command, rest)
  const usage = `Usage:  docker ${command} [OPTIONS]`
  const help = `docker ${command} --help`
  if (typeof parsed === 'string') return yield* fail(io, 125, `${parsed}\n\n${usage}`, help)
  if (!['ps', 'info', 'version'].includes(command) && parsed.words.length === 0) {
    yield times.failure
    io.err(
      `docker: 'docker ${command}' requires at least 1 argument\n\n` +
        `${usage} CONTAINER [CONTAINER...]\n\nSee '${help}' for more information\n`,
    )
    return 1
  }
  try {
    return yield* perform(mac, command, parsed, to, io)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    io.err(`${error.message}\n`)
    return 1
  }
}

function* fail(io: Io, code: number, text: string, help: string): Work<number> {
  yield times.failure
  io.err(`${text}\n\nRun '${help}' for more information\n`)
  return code
}

function* perform(
  mac: Mac,
  command: string,
  { flag, words }: Parsed,
  to: Dial,
  io: Io,
): Work<number> {
  if (command === 'info') return yield* info(mac, io, to, flag('--format', '-f'))
  if (command === 'version') return yield* version(mac, io, to, flag('--format', '-f'))
  if (command === 'inspect') return yield* inspect(mac, io, to, words, flag('--format', '-f'))
  const endpoint = command === 'ps' ? '/containers/json' : `/containers/${words[0]}/${command}`
  if (!(yield* dialOr(mac, to, endpoint, io))) return 1
  if (command === 'ps') {
    yield times.ps - times.failure
    io.out(ps(mac, psOptions(flag)))
    return 0
  }
  if (command === 'port') return yield* port(mac, io, words)
  if (command === 'exec') return yield* exec(mac, io, words)
  const failed = yield* each(mac, io, words, actOf(mac, command, flag))
  if (command === 'start' && failed.length > 0)
    io.err(`Error: failed to start containers: ${failed.join(', ')}\n`)
  return failed.length > 0 ? 1 : 0
}

function psOptions(flag: Parsed['flag']): PsOptions {
  const filter = flag('--filter', '-f')
  return {
    all: flag('-a', '--all', '-aq', '-qa') !== undefined,
    quiet: flag('-q', '--quiet', '-aq', '-qa') !== undefined,
    whole: flag('--no-trunc') !== undefined,
    filters: filter === undefined ? [] : [filter],
    format: flag('--format'),
  }
}

/** What a command does to one container. */
function actOf(mac: Mac, command: string, flag: Parsed['flag']): ReturnType<typeof stopping> {
  const grace = flag('-t', '--time', '--timeout')
  const graceMs = grace === undefined ? times.grace : Number(grace) * 1000
  if (command === 'start') return starting(mac)
  if (command === 'stop') return stopping(mac, graceMs)
  if (command === 'restart') return restarting(mac, graceMs)
  if (command === 'kill')
    return killing(mac, (flag('-s', '--signal') ?? 'KILL').replace(/^SIG/, ''))
  if (command === 'update') return updating(mac, updateOf(flag))
  return pausing(mac, command === 'pause')
}
