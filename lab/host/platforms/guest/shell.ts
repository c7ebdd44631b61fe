// The guest's shell: runs a command line that came in over ssh, as long as the VM lives and is not
// frozen.
import type { Io, Mac, Program } from '#lab/host/mac.ts'
import { guestDocker } from '#lab/host/platforms/docker/cli.ts'
import type { Work } from '#lab/host/work.ts'
import { awk, cat, df, mv, pgrepOf, psOf, rm, test, uname } from './files.ts'
import { kill, lsmod, modprobe, sysctl, systemctl } from './system.ts'
import { systemdRun } from './timers.ts'
import { parseLine, ShellError } from './parse-line.ts'

const programs: Record<string, Program> = {
  true: ends(0),
  false: ends(1),
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
  echo: function* echo(_mac, args, io) {
    yield 0
    io.out(`${args.join(' ')}\n`)
    return 0
  },
}

function ends(code: number): Program {
  return function* ending() {
    yield 0
    return code
  }
}

/**
 * Runs the words that ssh sends: joined by spaces and read by a shell. Returns the exit code; 127
 * for an unknown program.
 */
export function* run(mac: Mac, words: readonly string[], io: Io): Work<number> {
  const bootedAt = mac.vm.bootedAt
  let commands
  try {
    commands = parseLine(words.join(' '))
  } catch (error) {
    if (!(error instanceof ShellError)) throw error
    io.err(`bash: -c: line 1: ${error.message}\n`)
    return 2
  }
  let code = 0
  for (const command of commands) {
    if ((command.join === '&&' && code !== 0) || (command.join === '||' && code === 0)) continue
    code = yield* simple(mac, command.words, {
      stdin: io.stdin,
      out: text => (command.muteOut ? undefined : io.out(text)),
      err: text => (command.muteErr ? undefined : command.merge ? io.out(text) : io.err(text)),
    })
    yield () => mac.vm.process !== 'frozen'
    if (mac.vm.process === 'gone' || mac.vm.bootedAt !== bootedAt) {
      io.err('Connection to 127.0.0.1 closed by remote host.\r\n')
      return 255
    }
  }
  return code
}

function* simple(mac: Mac, words: readonly string[], io: Io): Work<number> {
  let rest = words
  while (rest[0] === 'sudo') rest = rest.slice(rest[1] === '-n' ? 2 : 1)
  // `timeout 3 command`: nothing in the guest is slow enough for it to matter but docker, whose
  // client it would end.
  if (rest[0] === 'timeout') rest = rest.slice(2)
  if ((rest[0] === 'bash' || rest[0] === 'sh') && /^-l?c$/.test(rest[1] ?? ''))
    return yield* run(mac, [rest[2] ?? ''], io)
  const [name = '', ...args] = rest
  const program = programs[name.replace(/^\/(usr\/)?s?bin\//, '')]
  if (program === undefined) {
    yield 0
    io.err(
      words[0] === 'sudo'
        ? `sudo: ${name}: command not found\n`
        : `bash: line 1: ${name}: command not found\n`,
    )
    return words[0] === 'sudo' ? 1 : 127
  }
  return yield* program(mac, args, io)
}
