// Commands on another machine, by ssh: words in, quoted for the shell on the far side; nobody is
// asked for anything.
import type { Exit } from '#src/model/runtime.ts'
import { attempt, failure } from '#src/commands/command.ts'
import { quoted } from '#src/commands/shell-words.ts'
import type { Call } from '#src/commands/call.ts'

/** s. @source joelclaw history, heal script: ssh ConnectTimeout 3 */
const connectTimeout = 3

/**
 * A machine as ssh knows it. What is not told here is for the user's own ssh configuration to say.
 */
export interface SshHost {
  /** A name, an address, or an alias of the configuration. */
  host: string
  user?: string
  port?: number
  /** Path of a configuration that is used instead of the user's. */
  config?: string
  /** Path of the private key. The user's agent and keys are tried, too. */
  identity?: string
  /**
   * `false`: a connection of its own. A master's socket can outlive what it leads to, and then
   * neither answers nor heeds a time-out.
   */
  mux?: boolean
}

/**
 * A name that begins with a dash would be read as an option, and could name a command for this host
 * to run. @source ssh(1): ProxyCommand
 */
function requireName(what: string, name: string): string {
  if (/^[A-Za-z0-9_.][A-Za-z0-9_.:%-]*$/.test(name)) return name
  throw new Error(
    `“${name}” is no ${what} for ssh: letters, digits, dots, colons and dashes, the first no dash`,
  )
}

/** The whole command line. Throws for names that ssh would take for something else. */
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
    // ssh joins its words with spaces and hands them to a shell: each is quoted, so that they
    // arrive as they are.
    requireName('host', to.host),
    '--',
    ...words.map(quoted),
  ]
}

/**
 * Exit code of ssh itself, as far as a command does not use it, too. @source ssh(1), EXIT STATUS
 */
const sshFailed = 255

const description = (to: SshHost, words: readonly string[]): string =>
  `ssh ${to.host} ${words.map(quoted).join(' ')}`

/**
 * Runs one command there and resolves with how it ended, whatever its own exit code. Rejects with a
 * CommandError when nobody
 * can be reached, or it does not end in time: then nothing is known of the far side.
 */
export async function attemptThere(
  call: Call,
  to: SshHost,
  words: readonly string[],
): Promise<Extract<Exit, { kind: 'exited' }>> {
  const exit = await attempt(call, sshArgv(to, words))
  if (exit.kind === 'exited' && exit.code !== sshFailed) return exit
  throw failure(description(to, words), exit)
}

/**
 * Runs one command there and resolves with its stdout. Rejects with a CommandError for any end but
 * exit 0.
 */
export async function runThere(call: Call, to: SshHost, words: readonly string[]): Promise<string> {
  const exit = await attemptThere(call, to, words)
  if (exit.code === 0) return exit.stdout
  throw failure(description(to, words), exit)
}
