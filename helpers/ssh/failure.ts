// ssh's own failures: the client prints one or many lines, and people get one with the reason and
// the remedy.
import type { Exit } from '#src/model/runtime.ts'
import { CommandError } from '#src/commands/command.ts'

interface Reason {
  /** What ssh prints. @source OpenSSH 9, its client */
  readonly printed: RegExp
  readonly reason: string
  readonly remedy: string
}

/** In this order: a changed host key also prints that its verification failed. */
const reasons: readonly Reason[] = [
  {
    printed: /^Can't open user config file .*: No such file or directory/m,
    reason: 'no configuration file',
    remedy: 'start the machine',
  },
  {
    printed: /^ssh: Could not resolve hostname /m,
    reason: 'its name does not resolve',
    remedy: 'check the name and DNS',
  },
  {
    printed: /^ssh: connect to host .*: Connection refused/m,
    reason: 'connection refused',
    remedy: 'start it or its sshd',
  },
  {
    printed: /^(ssh: connect to host .*timed out|Connection timed out)/m,
    reason: 'no answer',
    remedy: 'start it or check the network',
  },
  {
    printed: /^ssh: connect to host .*: (No route to host|Network is unreachable)/m,
    reason: 'no route',
    remedy: 'check its address',
  },
  {
    printed: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    reason: 'its host key has changed',
    remedy: 'compare it, then ssh-keygen -R',
  },
  {
    printed: /^Host key verification failed/m,
    reason: 'its host key is unknown',
    remedy: 'connect once by hand',
  },
  {
    printed: /^\S+: Permission denied \(/m,
    reason: 'our key is rejected',
    remedy: 'authorize it there',
  },
  {
    printed: /^(kex_exchange_identification:|Connection (reset|closed) by )/m,
    reason: 'it hangs up before the login',
    remedy: 'restart it or its sshd',
  },
]

const lastLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map(line => line.trim())
    .findLast(line => line !== '')

/** The port of a refused or unanswered connection, where ssh names it. */
const portIn = (text: string): string => {
  const port = /^ssh: connect to host \S+ port (\d+):/m.exec(text)?.[1]
  return port === undefined ? '' : ` on port ${port}`
}

/**
 * The error for a connection that ssh could not make: the host, the reason and the remedy in one
 * line. `exit` keeps everything that ssh printed.
 */
export function sshFailure(
  host: string,
  command: string,
  exit: Extract<Exit, { kind: 'exited' }>,
): CommandError {
  const found = reasons.find(({ printed }) => printed.test(exit.stderr))
  const reason = found?.reason ?? lastLine(exit.stderr) ?? 'it printed no reason'
  const remedy = found?.remedy ?? `run “ssh ${host} true” to see more`
  const message = `ssh to ${host} failed: ${reason}${portIn(exit.stderr)}; ${remedy}`
  return new CommandError(command, exit, message)
}
