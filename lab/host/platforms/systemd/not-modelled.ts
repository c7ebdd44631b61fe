// The answer of a server to a command that the lab does not simulate.
import type { Io } from '#lab/host/mac.ts'

/** The shell found the command but could not run it. @source POSIX shells: exit status 126 */
export function notModelled(io: Io, command: string): number {
  io.err(`holdfast lab: the simulated server does not model “${command.trim()}”\n`)
  return 126
}
