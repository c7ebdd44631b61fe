// Runs commands on another machine by ssh. Each word is quoted for the remote shell; ssh never
// prompts.
import type { Exit } from '#src/model/runtime.ts'
import { attempt, failure } from '#src/commands/command.ts'
import { quoted } from '#src/commands/shell-words.ts'
import { sshFailure } from './failure.ts'
import type { Call } from '#src/commands/call.ts'

/**
 * How long ssh may take to connect, s. @source joelclaw history, heal script: ssh ConnectTimeout 3
 */
const connectTimeout = 3

/** A machine that ssh reaches. The user's own ssh configuration supplies what is not set here. */
export interface SshHost {
  /** A name, an address, or an alias of the configuration. */
  host: string
  user?: string | undefined
  port?: number | undefined
  /** Path of a configuration file that replaces the user's. */
  config?: string | undefined
  /** Path of a private key. ssh also tries the user's agent and keys. */
  identity?: string | undefined
  /**
   * `false` opens a new connection. The socket of a shared one can outlive its machine; it then
   * neither answers nor times out.
   */
  mux?: boolean
}

/**
 * ssh reads a name with a leading dash as an option, which could run a command on this host.
 * @source ssh(1): ProxyCommand
 */
function requireName(what: string, name: string): string {
  if (/^[A-Za-z0-9_.][A-Za-z0-9_.:%-]*$/.test(name)) return name
  throw new Error(
    `“${name}” is not a valid ssh ${what}: ` +
      'use letters, digits, dots, colons and dashes, and no leading dash',
  )
}

/** The full command line. Throws for a host or user name that ssh would read as an option. */
export function sshArgv(to: SshHost, words: readonly string[]): readonly string[] {
  return [
    'ssh',
    ...(to.config === undefined ? [] : ['-F', to.config]),
    '-o',
    `ConnectTimeout=${connectTimeout}`,
    '-o',
    'BatchMode=yes',
    ...(to.mux === false ? ['-o', 'ControlPath=none'] : []),
    ...(to.port === undefined ? [] : ['-p', String(to.port)]),
    ...(to.identity === undefined ? [] : ['-i', to.identity]),
    ...(to.user === undefined ? [] : ['-l', requireName('user', to.user)]),
    // ssh joins its words with spaces for the remote shell: quoting keeps each one intact.
    requireName('host', to.host),
    '--',
    ...words.map(quoted),
  ]
}

/** ssh's own exit code for a failed connection. @source ssh(1), EXIT STATUS */
const sshFailed = 255

const description = (to: SshHost, words: readonly string[]): string =>
  `ssh ${to.host} ${words.map(quoted).join(' ')}`

/**
 * Runs one command there and resolves with its exit, whatever the code. Rejects with a CommandError
 * when the machine is unreachable or the command misses its deadline: its outcome is then unknown.
 */
export async function attemptThere(
  call: Call,
  to: SshHost,
  words: readonly string[],
): Promise<Extract<Exit, { kind: 'exited' }>> {
  const exit = await attempt(call, sshArgv(to, words))
  if (exit.kind !== 'exited') throw failure(description(to, words), exit)
  if (exit.code === sshFailed) throw sshFailure(to.host, description(to, words), exit)
  return exit
}

/**
 * Runs one command there and resolves with its stdout. Rejects with a CommandError unless it exits
 * 0.
 */
export async function runThere(call: Call, to: SshHost, words: readonly string[]): Promise<string> {
  const exit = await attemptThere(call, to, words)
  if (exit.code === 0) return exit.stdout
  throw failure(description(to, words), exit)
}
