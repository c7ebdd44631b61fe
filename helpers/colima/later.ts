// Commands that systemd in Colima's VM runs after a delay, unless holdfast cancels them.
import type { Call } from '#src/commands/call.ts'
import type { Switch } from '#src/model/fault.ts'
import { isExit } from '#helpers/docker/later.ts'
import { vm } from './vm.ts'

/**
 * Exit code of systemctl for a unit that is not loaded: it does not exist, or it has already run.
 * @source systemctl(1), LSB exit codes
 */
export const notLoaded = 5
/** By systemd in the VM of a Colima profile: it works after holdfast has died. */
export function inVm(call: Call, profile: string, name: string, words: readonly string[]): Switch {
  const remote = vm(call, profile)
  const stop = async (): Promise<void> => {
    await remote
      .run(['sudo', 'systemctl', 'stop', `${name}.timer`], { mux: true })
      .catch((error: unknown) => {
        if (error instanceof Error && 'exit' in error && isExit(error.exit, notLoaded)) return
        throw error
      })
  }
  return {
    description: `systemd in the VM: ${words.join(' ')}`,
    async set(seconds) {
      await stop()
      await remote.run(
        [
          'sudo',
          'systemd-run',
          `--unit=${name}`,
          `--on-active=${seconds}s`,
          '--timer-property=AccuracySec=1s',
          '--collect',
          ...words,
        ],
        { mux: true },
      )
    },
    remove: stop,
  }
}
