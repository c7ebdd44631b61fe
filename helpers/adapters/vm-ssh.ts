// Commands in Colima's VM, by ssh: words in, quoted for the shell on the far side.
import { paths } from './colima.ts'
import { run } from './command.ts'
import { quoted } from './shell-words.ts'
import type { Tools } from './tools.ts'

/** s. @source joelclaw history, heal script: ssh ConnectTimeout 3 */
const connectTimeout = 3

/** The VM of a Colima profile. */
export function vm(tools: Tools, profile: string) {
  const { sshConfig, sshHost } = paths(tools.reach.home, profile)

  return {
    /**
     * Runs one command in the VM and resolves with its stdout. `mux: false` makes a connection of its own: the master's
     * socket can outlive what it leads to, and then neither answers nor heeds ConnectTimeout.
     */
    run(words: readonly string[], { mux }: { mux: boolean }): Promise<string> {
      const options = ['-o', `ConnectTimeout=${connectTimeout}`, '-o', 'BatchMode=yes', ...(mux ? [] : ['-o', 'ControlPath=none'])]
      // ssh joins its words with spaces and hands them to a shell: each is quoted, so that they arrive as they are.
      const argv = ['ssh', '-F', sshConfig, ...options, sshHost, '--', ...words.map(quoted)]
      return run(tools, argv, { says: `ssh ${sshHost} ${words.map(quoted).join(' ')}` })
    },
  }
}
