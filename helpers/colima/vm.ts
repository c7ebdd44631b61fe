// Commands in Colima's VM, by the ssh configuration that Lima writes for it.
import { paths } from './client.ts'
import { runThere } from '#helpers/ssh/client.ts'
import type { Call } from '#src/commands/call.ts'

/** The VM of a Colima profile. */
export function vm(call: Call, profile: string) {
  const { sshConfig, sshHost } = paths(call.runtime.home, profile)

  return {
    /**
     * Runs one command in the VM and resolves with its stdout. `mux: false` makes a new connection:
     * the master's socket can outlive the VM, and then neither answers nor obeys ConnectTimeout.
     */
    run: (words: readonly string[], { mux }: { mux: boolean }): Promise<string> =>
      runThere(call, { host: sshHost, config: sshConfig, mux }, words),
  }
}
