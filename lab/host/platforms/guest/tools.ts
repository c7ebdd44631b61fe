// Programs of the guest without effects: true, false, echo, uname.
import type { Program } from '#lab/host/mac.ts'

/** A program that only exits with this code. */
export const exits = (code: number): Program =>
  function* exiting() {
    yield 0
    return code
  }

export const echo: Program = function* echo(_mac, args, io) {
  yield 0
  io.out(`${args.join(' ')}\n`)
  return 0
}

export const uname: Program = function* uname(mac, args, io) {
  yield 0
  if (args.includes('-m')) io.out(`${mac.seed.vm.arch}\n`)
  else io.out(args.includes('-r') ? '6.8.0-64-generic\n' : 'Linux\n')
  return 0
}
