// Small programs of macOS: `id`, `uname`, `sw_vers` and `rm`.
import { tool } from '#lab/host/delays.ts'
import type { Program } from '#lab/host/mac.ts'

function machineOrSystem(args: readonly string[]): string {
  if (args.includes('-m')) return 'arm64\n'
  return args.includes('-r') ? '25.1.0\n' : 'Darwin\n'
}

/** `uname`, with `-m` or `-r`. */
export const uname: Program = function* uname(_mac, args, io) {
  yield tool
  io.out(machineOrSystem(args))
  return 0
}

/** The uid of the first user of a Mac. @source macOS: 501 */
const uid = 501

/** `id -u` and `id -un`. */
export const id: Program = function* id(mac, args, io) {
  yield tool
  io.out(args.includes('-un') ? `${mac.seed.user}\n` : `${uid}\n`)
  return 0
}

/** `sw_vers`, with or without `-productVersion`. */
export const swVers: Program = function* swVers(_mac, args, io) {
  yield tool
  io.out(
    args.includes('-productVersion')
      ? '26.1\n'
      : 'ProductName:\t\tmacOS\nProductVersion:\t\t26.1\nBuildVersion:\t\t25B78\n',
  )
  return 0
}

/** `rm [-f] FILE…`, for files only. */
export const rm: Program = function* rm(mac, args, io) {
  yield tool
  const force = args.some(word => /^-\w*f/.test(word))
  let code = 0
  for (const path of args.filter(word => !word.startsWith('-'))) {
    if (mac.disk.remove(path) || force) continue
    io.err(`rm: ${path}: No such file or directory\n`)
    code = 1
  }
  mac.workers.changed()
  return code
}
