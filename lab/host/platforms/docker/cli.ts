// The `docker` program, on the host and in the guest: arguments, the line to dockerd, the commands.
import { dockerSock, type Io, type Mac, type Program } from '#lab/host/mac.ts'
import { docker as times } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import {
  each,
  killing,
  pausing,
  restarting,
  starting,
  stopping,
  updating,
  type Update,
} from './container-commands.ts'
import { dial, dialOr, guestDial, type Dial } from './connect.ts'
import { find, isAlive } from './containers.ts'
import { render, TemplateError } from './format.ts'
import { info, version } from './info.ts'
import { inspection } from './inspect.ts'
import { ps } from './ps.ts'

/** Options that take a value, by command; all others given here are switches. */
const options: Record<string, { values: readonly string[]; switches: readonly string[] }> = {
  ps: {
    values: ['--format', '--filter', '-f'],
    switches: ['-a', '--all', '-q', '--quiet', '--no-trunc', '-aq', '-qa'],
  },
  info: { values: ['--format', '-f'], switches: [] },
  version: { values: ['--format', '-f'], switches: [] },
  inspect: { values: ['--format', '-f', '--type'], switches: ['-s', '--size'] },
  start: { values: [], switches: [] },
  stop: { values: ['-t', '--time', '--timeout', '-s', '--signal'], switches: [] },
  restart: { values: ['-t', '--time', '--timeout', '-s', '--signal'], switches: [] },
  kill: { values: ['-s', '--signal'], switches: [] },
  pause: { values: [], switches: [] },
  unpause: { values: [], switches: [] },
  update: { values: ['--restart', '--memory', '-m', '--memory-swap', '--cpus'], switches: [] },
  port: { values: [], switches: [] },
  exec: {
    values: ['-e', '--env', '-u', '--user', '-w', '--workdir'],
    switches: ['-i', '-t', '-it', '-ti', '-d', '--interactive', '--tty'],
  },
}

interface Parsed {
  flags: Map<string, string>
  words: string[]
}

function parse(command: string, args: readonly string[]): Parsed | string {
  const shape = options[command]!
  const parsed: Parsed = { flags: new Map(), words: [] }
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    // The command of exec has options of its own.
    if (!word.startsWith('-') || word === '-' || (command === 'exec' && parsed.words.length > 0)) {
      parsed.words.push(word)
      continue
    }
    const [name = '', ...rest] = word.split('=')
    if (shape.values.includes(name))
      parsed.flags.set(name, rest.length > 0 ? rest.join('=') : (args[(index += 1)] ?? ''))
    else if (shape.switches.includes(word)) parsed.flags.set(word, 'true')
    else
      return word.startsWith('--')
        ? `unknown flag: ${name}`
        : `unknown shorthand flag: '${word[1]}' in ${word}`
  }
  return parsed
}

/**
 * `docker` on the host. DOCKER_HOST does not exist here: the socket is named by -H/--host, else it
 * is the context's.
 */
export const docker: Program = (mac, args, io) =>
  client(mac, args, io, { from: 'host', path: dockerSock(mac) })
/** `docker` in the guest. */
export const guestDocker: Program = (mac, args, io) => client(mac, args, io, guestDial)

function* client(mac: Mac, args: readonly string[], io: Io, at: Dial): Work<number> {
  let to = at
  let index = 0
  for (; index < args.length && args[index]!.startsWith('-'); index += 1) {
    const word = args[index]!
    const [name = '', ...rest] = word.split('=')
    if (['-H', '--host', '--context', '-c'].includes(name)) {
      const value = rest.length > 0 ? rest.join('=') : (args[(index += 1)] ?? '')
      if (name === '-H' || name === '--host')
        to = { from: at.from, path: value.replace(/^unix:\/\//, '') }
    } else break
  }
  let command = args[index] ?? ''
  if (command === 'container') command = args[(index += 1)] ?? ''
  if (options[command] === undefined) {
    yield times.failure
    io.err(
      `docker: unknown command: docker ${command}\n\nRun 'docker --help' for more information\n`,
    )
    return 1
  }
  const parsed = parse(command, args.slice(index + 1))
  if (typeof parsed === 'string') {
    yield times.failure
    io.err(
      `${parsed}\n\nUsage:  docker ${command} [OPTIONS]\n\nRun 'docker ${command} --help' for more information\n`,
    )
    return 125
  }
  if (!['ps', 'info', 'version'].includes(command) && parsed.words.length === 0) {
    yield times.failure
    io.err(
      `docker: 'docker ${command}' requires at least 1 argument\n\nUsage:  docker ${command} [OPTIONS] CONTAINER [CONTAINER...]\n\nSee 'docker ${command} --help' for more information\n`,
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

function* perform(
  mac: Mac,
  command: string,
  { flags, words }: Parsed,
  to: Dial,
  io: Io,
): Work<number> {
  const flag = (...names: string[]): string | undefined =>
    names.map(name => flags.get(name)).find(value => value !== undefined)
  if (command === 'info') return yield* info(mac, io, to, flag('--format', '-f'))
  if (command === 'version') return yield* version(mac, io, to, flag('--format', '-f'))
  if (command === 'inspect') return yield* inspect(mac, io, to, words, flag('--format', '-f'))
  const endpoint = command === 'ps' ? '/containers/json' : `/containers/${words[0]}/${command}`
  if (!(yield* dialOr(mac, to, endpoint, io))) return 1
  if (command === 'ps') {
    yield times.ps - times.failure
    const format = flag('--format')
    const filter = flag('--filter', '-f')
    io.out(
      ps(mac, {
        all: flag('-a', '--all', '-aq', '-qa') !== undefined,
        quiet: flag('-q', '--quiet', '-aq', '-qa') !== undefined,
        whole: flag('--no-trunc') !== undefined,
        filters: filter === undefined ? [] : [filter],
        ...(format === undefined ? {} : { format }),
      }),
    )
    return 0
  }
  if (command === 'port') return yield* port(mac, io, words)
  if (command === 'exec') return yield* exec(mac, io, words)
  const grace = flag('-t', '--time', '--timeout')
  const graceMs = grace === undefined ? times.grace : Number(grace) * 1000
  if (command === 'start') {
    const failed = yield* each(mac, io, words, starting(mac))
    if (failed.length > 0) io.err(`Error: failed to start containers: ${failed.join(', ')}\n`)
    return failed.length > 0 ? 1 : 0
  }
  const signal = (flag('-s', '--signal') ?? 'KILL').replace(/^SIG/, '')
  const act = actOf(mac, command, flags, graceMs, signal)
  return (yield* each(mac, io, words, act)).length > 0 ? 1 : 0
}

/** What a command does to one container. */
function actOf(
  mac: Mac,
  command: string,
  flags: ReadonlyMap<string, string>,
  graceMs: number,
  signal: string,
): ReturnType<typeof stopping> {
  if (command === 'stop') return stopping(mac, graceMs)
  if (command === 'restart') return restarting(mac, graceMs)
  if (command === 'kill') return killing(mac, signal)
  if (command === 'update') return updating(mac, updateOf(flags))
  return pausing(mac, command === 'pause')
}

/** A size as docker reads it: `18g`, `512m`, bytes. */
function size(text: string): number {
  const match = /^(-?\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text)
  if (match === null)
    throw new TemplateError(
      `invalid argument "${text}" for "--memory" flag: invalid size: '${text}'`,
    )
  return Math.floor(Number(match[1]) * 1024 ** 'bkmgt'.indexOf((match[2] || 'b').toLowerCase()))
}

function updateOf(flags: ReadonlyMap<string, string>): Update {
  const restart = flags.get('--restart')
  const memory = flags.get('--memory') ?? flags.get('-m')
  const swap = flags.get('--memory-swap')
  const cpus = flags.get('--cpus')
  return {
    ...(restart === undefined ? {} : { restart }),
    ...(memory === undefined ? {} : { memory: size(memory) }),
    ...(swap === undefined ? {} : { memorySwap: swap === '-1' ? -1 : size(swap) }),
    ...(cpus === undefined ? {} : { nanoCpus: Number(cpus) * 1e9 }),
  }
}

function* inspect(
  mac: Mac,
  io: Io,
  to: Dial,
  names: readonly string[],
  format: string | undefined,
): Work<number> {
  const error = yield* dial(mac, to, `/containers/${names[0]}/json`)
  const found =
    error === undefined
      ? names.map(name => find(mac, name)).filter(container => container !== undefined)
      : []
  if (error === undefined) yield times.other - times.failure
  const texts = found.map(inspection)
  if (format === undefined)
    io.out(texts.length === 0 ? '[]\n' : `${JSON.stringify(texts, null, 4)}\n`)
  else if (format === 'json') io.out(texts.map(one => `${JSON.stringify(one)}\n`).join(''))
  else {
    try {
      io.out(texts.map(one => `${render(format, one)}\n`).join('') || '\n')
    } catch (failure) {
      io.out('\n')
      if (failure instanceof TemplateError)
        throw new TemplateError(`template parsing error: ${failure.message}`)
      throw failure
    }
  }
  if (error !== undefined) io.err(`${error}\n`)
  else
    for (const name of names)
      if (find(mac, name) === undefined) io.err(`Error: No such object: ${name}\n`)
  return found.length === names.length ? 0 : 1
}

function* port(mac: Mac, io: Io, [name = '', wanted]: readonly string[]): Work<number> {
  yield times.other - times.failure
  const container = find(mac, name)
  if (container === undefined) {
    io.err(`Error response from daemon: No such container: ${name}\n`)
    return 1
  }
  const lines = container.ports
    .toSorted((a, b) => a.container - b.container)
    .flatMap(live =>
      (live.hostIp === '' ? ['0.0.0.0', '[::]'] : [live.hostIp]).map(ip => ({
        key: live.container,
        text: `${ip}:${live.host}`,
      })),
    )
  const asked = wanted?.replace('/tcp', '')
  const shown = lines.filter(line => asked === undefined || String(line.key) === asked)
  if (asked !== undefined && shown.length === 0) {
    io.err(`Error: No public port '${wanted}' published for ${name}\n`)
    return 1
  }
  io.out(
    shown
      .map(line => (asked === undefined ? `${line.key}/tcp -> ${line.text}\n` : `${line.text}\n`))
      .join(''),
  )
  return 0
}

/** Talos has no shell and no program of its own that a person could run. */
function* exec(mac: Mac, io: Io, [name = '', program = '']: readonly string[]): Work<number> {
  yield times.other
  const container = find(mac, name)
  if (container === undefined || !isAlive(container)) {
    io.err(
      `Error response from daemon: ${container === undefined ? `No such container: ${name}` : `container ${container.id} is not running`}\n`,
    )
    return 1
  }
  io.err(
    `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH\n`,
  )
  return 127
}
