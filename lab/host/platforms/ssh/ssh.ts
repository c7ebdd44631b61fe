// `ssh` to servers and into the VM: remote commands, ControlPath=none, and the mux with its
// `-O check|exit|forward`.
import { run } from '#lab/host/platforms/guest/shell.ts'
import { enter, sshRoute } from '#lab/host/platforms/lima/instance.ts'
import {
  dockerSock,
  instanceOf,
  limaFolder,
  type Io,
  type Mac,
  type Program,
} from '#lab/host/mac.ts'
import { ssh as times } from '#lab/host/delays.ts'
import { killMaster } from '#lab/host/platforms/lima/deaths.ts'
import { loginAndRun } from '#lab/host/platforms/systemd/login.ts'
import { serverAt } from '#lab/host/platforms/systemd/route.ts'
import type { Work } from '#lab/host/work.ts'

interface Arguments {
  config: string | undefined
  options: Map<string, string>
  control: string | undefined
  forwards: string[]
  /** Undefined: the host's own user. */
  user: string | undefined
  port: string
  host: string
  words: string[]
}

const usage =
  'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] ' +
  'destination [command [argument ...]]\n'

const unknownHost = (host: string): string =>
  `ssh: Could not resolve hostname ${host}: nodename nor servname provided, or not known\r\n`

/** Options that take a value. @source ssh(1) */
const takesValue = 'FoOLpilSDRJWbceEIMmwB'

function parse(args: readonly string[]): Arguments {
  const parsed: Arguments = {
    config: undefined,
    options: new Map(),
    control: undefined,
    forwards: [],
    user: undefined,
    port: '22',
    host: '',
    words: [],
  }
  let index = 0
  for (; index < args.length; index += 1) {
    const word = args[index]!
    if (word === '--') continue
    if (parsed.host !== '') break
    if (!word.startsWith('-')) {
      parsed.host = word
      continue
    }
    const letter = word[1] ?? ''
    if (!takesValue.includes(letter)) continue
    const value = word.length > 2 ? word.slice(2) : (args[(index += 1)] ?? '')
    setOption(parsed, letter, value)
  }
  parsed.words = args.slice(index)
  return parsed
}

function setOption(parsed: Arguments, letter: string, value: string): void {
  if (letter === 'F') parsed.config = value
  else if (letter === 'O') parsed.control = value
  else if (letter === 'L') parsed.forwards.push(value)
  else if (letter === 'l') parsed.user = value
  else if (letter === 'p') parsed.port = value
  else if (letter === 'S') parsed.options.set('controlpath', value)
  else if (letter === 'o') {
    const [name = '', ...rest] = value.split(/[= ]/)
    parsed.options.set(name.toLowerCase(), rest.join('='))
  }
}

/**
 * OpenSSH with Lima's config. Through a running master it needs no sshd and ignores ConnectTimeout.
 * With ControlPath=none it opens its own connection.
 */
export const ssh: Program = function* ssh(mac, args, io) {
  const parsed = parse(args)
  const config = parsed.config ?? `${mac.seed.home}/.ssh/config`
  if (parsed.config !== undefined && mac.disk.text(config) === undefined) {
    yield times.refused
    io.err(`Can't open user config file ${config}: No such file or directory\r\n`)
    return 255
  }
  const host = parsed.host.replace(/^.*@/, '')
  const server = serverAt(mac, host)
  if (server !== undefined) {
    const named = /^(.*)@/.exec(parsed.host)?.[1]
    const user = named ?? parsed.user ?? mac.seed.user
    return yield* loginAndRun(mac, server, { host, port: parsed.port, user }, parsed.words, io)
  }
  if (![`lima-${instanceOf(mac)}`, instanceOf(mac)].includes(host)) {
    yield times.closed
    io.err(parsed.host === '' ? usage : unknownHost(parsed.host))
    return 255
  }
  const mux = parsed.options.get('controlpath') !== 'none'
  if (parsed.control !== undefined) return yield* control(mac, io, parsed.control, parsed.forwards)
  const refusal = yield* enter(mac, io, mux)
  if (refusal !== undefined) return refusal
  return parsed.words.length === 0 ? 0 : yield* run(mac, parsed.words, io)
}

function* control(mac: Mac, io: Io, command: string, forwards: readonly string[]): Work<number> {
  yield times.control
  const { vm } = mac
  if (vm.sshMaster === 'down') {
    io.err(`Control socket connect(${limaFolder(mac)}/ssh.sock): No such file or directory\r\n`)
    return 255
  }
  if (command === 'check') {
    io.err(`Master running (pid=${vm.pids.master})\r\n`)
    return 0
  }
  if (command === 'exit' || command === 'stop') {
    killMaster(mac)
    io.err(command === 'exit' ? 'Exit request sent.\r\n' : 'Stop listening request sent.\r\n')
    return 0
  }
  if (command !== 'forward') {
    io.err(`Invalid multiplex command.\r\n`)
    return 255
  }
  if (sshRoute(mac, true) === 'hangs') yield () => sshRoute(mac, true) !== 'hangs'
  for (const forward of forwards) {
    const [local = '', remote = ''] = forward.split(':')
    // ssh cannot bind a socket whose file still exists.
    if (mac.disk.get(local) !== undefined) {
      io.err(
        'mux_client_forward: forwarding request failed: Port forwarding failed\r\n' +
          'muxclient: master forward request failed\r\n',
      )
      return 255
    }
    mac.disk.socket(local)
    if (mac.disk.resolve(local) === dockerSock(mac) && remote === '/var/run/docker.sock')
      vm.dockerForward = true
  }
  mac.workers.changed()
  return 0
}
