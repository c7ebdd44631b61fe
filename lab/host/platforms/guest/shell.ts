// The guest's shell: runs a command line from ssh while the VM runs and is not frozen.
import type { Io, Mac, Program } from '#lab/host/mac.ts'
import { guestDocker } from '#lab/host/platforms/docker/cli.ts'
import type { Work } from '#lab/host/work.ts'
import { df } from './df.ts'
import { awk, cat, mv, rm, test } from './file-programs.ts'
import { pgrepOf, psOf } from './processes.ts'
import { runLine } from './run-line.ts'
import { kill, lsmod, modprobe, sysctl } from './system.ts'
import { systemctl } from './systemctl.ts'
import { systemdRun } from './timers.ts'
import { echo, exits, uname } from './tools.ts'

const programs: Record<string, Program> = {
  true: exits(0),
  false: exits(1),
  docker: guestDocker,
  df,
  test,
  '[': test,
  cat,
  awk,
  rm,
  mv,
  uname,
  lsmod,
  modprobe,
  sysctl,
  systemctl,
  kill,
  'systemd-run': systemdRun((mac, words, io) => simple(mac, words, io)),
  pgrep: pgrepOf,
  ps: psOf,
  echo,
}

/**
 * Runs the words of an ssh command: joins them with spaces and parses them as a shell does. Returns
 * the exit code: 127 for an unknown program, 255 if the connection broke.
 */
export function* run(mac: Mac, words: readonly string[], io: Io): Work<number> {
  const { bootedAt } = mac.vm
  function* after(): Work<number | undefined> {
    yield () => mac.vm.process !== 'frozen'
    if (mac.vm.process !== 'gone' && mac.vm.bootedAt === bootedAt) return undefined
    io.err('Connection to 127.0.0.1 closed by remote host.\r\n')
    return 255
  }
  return yield* runLine(words, io, (command, own) => simple(mac, command, own), after)
}

function* simple(mac: Mac, words: readonly string[], io: Io): Work<number> {
  let rest = words
  while (rest[0] === 'sudo') rest = rest.slice(rest[1] === '-n' ? 2 : 1)
  // `timeout 3 command`: the lab runs the command without the limit, because among the guest's
  // programs only docker can take that long.
  if (rest[0] === 'timeout') rest = rest.slice(2)
  if ((rest[0] === 'bash' || rest[0] === 'sh') && /^-l?c$/.test(rest[1] ?? ''))
    return yield* run(mac, [rest[2] ?? ''], io)
  const [name = '', ...args] = rest
  const program = programs[name.replace(/^\/(usr\/)?s?bin\//, '')]
  if (program !== undefined) return yield* program(mac, args, io)
  yield 0
  const viaSudo = words[0] === 'sudo'
  io.err(
    viaSudo ? `sudo: ${name}: command not found\n` : `bash: line 1: ${name}: command not found\n`,
  )
  return viaSudo ? 1 : 127
}
