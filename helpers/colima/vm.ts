// Commands in Colima's VM, by the ssh that Lima has set up for it.
import { paths } from './client.ts'
import { runThere } from '#helpers/ssh/client.ts'
import type { Tools } from '#src/commands/tools.ts'

/** The VM of a Colima profile. */
export function vm(tools: Tools, profile: string) {
  const { sshConfig, sshHost } = paths(tools.reach.home, profile)

  return {
    /**
     * Runs one command in the VM and resolves with its stdout. `mux: false` makes a connection of its own: the master's
     * socket can outlive what it leads to, and then neither answers nor heeds ConnectTimeout.
     */
    run: (words: readonly string[], { mux }: { mux: boolean }): Promise<string> =>
      runThere(tools, { host: sshHost, config: sshConfig, mux }, words),
  }
}
