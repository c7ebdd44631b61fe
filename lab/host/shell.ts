// Commands of the host: which program it is, how it ends, and the deadline that kills it.
import type { Exit, Shell } from '#src/model/runtime.ts'
import { colima } from './colima/cli.ts'
import { docker } from './docker/cli.ts'
import { now, type Mac, type Program } from './mac.ts'
import { kubectl } from './programs/kubectl.ts'
import { launchctl, plutil } from './programs/launchctl.ts'
import { kill, pgrep, ps } from './programs/processes.ts'
import { shWith } from './programs/sh.ts'
import { ssh } from './programs/ssh.ts'
import { talosctl } from './programs/talosctl.ts'
import { tool } from './text/times.ts'

const programs: Readonly<Record<string, Program>> = {
  colima,
  docker,
  kubectl,
  launchctl,
  plutil,
  ps,
  pgrep,
  kill,
  sh: shWith(name => programs[name]),
  ssh,
  talosctl,
  uname: function* uname(_mac, args, io) {
    yield tool
    io.out(args.includes('-m') ? 'arm64\n' : args.includes('-r') ? '25.1.0\n' : 'Darwin\n')
    return 0
  },
  sw_vers: function* swVers(_mac, args, io) {
    yield tool
    io.out(
      args.includes('-productVersion')
        ? '26.1\n'
        : 'ProductName:\t\tmacOS\nProductVersion:\t\t26.1\nBuildVersion:\t\t25B78\n',
    )
    return 0
  },
  rm: function* rm(mac, args, io) {
    yield tool
    let code = 0
    for (const path of args.filter(word => !word.startsWith('-'))) {
      if (mac.disk.remove(path) || args.some(word => /^-\w*f/.test(word))) continue
      io.err(`rm: ${path}: No such file or directory\n`)
      code = 1
    }
    mac.workers.changed()
    return code
  },
}

/** @source Reach: output is bounded to 4 MiB a stream */
const outputLimit = 4 * 2 ** 20

/**
 * Shell of the simulated host. A program that hangs ends as `timed-out` at its deadline; daemons
 * that it asked go on.
 */
export function shellOf(mac: Mac): Shell {
  return {
    async run(argv, options) {
      const [path = '', ...args] = argv
      const name = path.split('/').at(-1) ?? ''
      const program = programs[name]
      if (program === undefined) return { kind: 'missing', program: path, tookMs: 0 }
      const { clock } = mac.ground
      const startedAt = now(mac)
      let stdout = ''
      let stderr = ''
      return clock.wait<Exit>((done, fail) => {
        options.signal?.throwIfAborted()
        let over = false
        const io = {
          stdin: options.stdin ?? '',
          out: (text: string) => (stdout = `${stdout}${text}`.slice(0, outputLimit)),
          err: (text: string) => (stderr = `${stderr}${text}`.slice(0, outputLimit)),
        }
        const finish = (end: () => void): void => {
          if (over) return
          over = true
          kill()
          cancel()
          end()
        }
        let kill = (): void => {}
        const cancel = clock.after(options.deadline, () =>
          finish(() => done({ kind: 'timed-out', stdout, stderr, tookMs: now(mac) - startedAt })),
        )
        kill = mac.workers.start(program(mac, args, io), code =>
          finish(() =>
            done({ kind: 'exited', code, stdout, stderr, tookMs: now(mac) - startedAt }),
          ),
        )
        options.signal?.addEventListener(
          'abort',
          () => finish(() => fail(options.signal?.reason)),
          { once: true },
        )
      })
    },
  }
}
