// ssh to a server: the login, and the remote command.
import { ssh as sshTimes, systemd as times } from '#lab/host/delays.ts'
import type { Io, Mac } from '#lab/host/mac.ts'
import { runLine } from '#lab/host/platforms/guest/run-line.ts'
import type { Work } from '#lab/host/work.ts'
import { journalctl } from './journal.ts'
import type { Server } from './server.ts'
import { systemctl } from './systemctl.ts'

/** Logs in and runs the command. Exits 255 with OpenSSH's message if the login fails. */
export function* loginAndRun(
  mac: Mac,
  server: Server,
  { host, port, user }: { host: string; port: string; user: string },
  words: readonly string[],
  io: Io,
): Work<number> {
  if (server.sshd === 'stopped' || port !== '22') {
    yield sshTimes.refused
    io.err(`ssh: connect to host ${host} port ${port}: Connection refused\r\n`)
    return 255
  }
  yield times.login
  if (user !== server.seed.user && user !== 'root') {
    io.err(`${user}@${host}: Permission denied (publickey,password).\r\n`)
    return 255
  }
  const isRoot = user === 'root'
  return yield* runLine(words, io, (command, own) => simple(mac, server, command, own, isRoot))
}

function* simple(
  mac: Mac,
  server: Server,
  words: readonly string[],
  io: Io,
  isRoot: boolean,
): Work<number> {
  let rest = words
  const viaSudo = rest[0] === 'sudo'
  if (viaSudo) rest = rest.slice(rest[1] === '-n' ? 2 : 1)
  // The lab always prints in UTC and in English.
  if (rest[0] === 'env') rest = rest.slice(1).filter(word => !/^(TZ=UTC|LC_ALL=C)$/.test(word))
  const [name = '', ...args] = rest
  const root = isRoot || viaSudo
  if (name === 'true') return 0
  if (name === 'systemctl') return yield* systemctl(mac, server, args, io, root)
  if (name === 'journalctl') return journalctl(server, args, io, root)
  io.err(`holdfast lab: the simulated server does not model “${name}”\n`)
  return 127
}
