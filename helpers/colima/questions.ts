// Questions to Colima and its VM: its state, ssh, Docker inside, disks and kernel.
import { CommandError } from '#src/commands/command.ts'
import { type Works, works } from '#src/commands/works.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import type { Question } from '#src/model/question.ts'
import { type ColimaStatus, colima } from './client.ts'
import { type DiskUse, diskUse } from './disks.ts'
import { vm } from './vm.ts'

export function profileOf({ cluster, host }: Policy): string {
  if (host !== undefined) return host.profile
  throw new Error(`the policy of ${cluster} has no host section, so there is no VM to ask`)
}
/** Colima's own report. It proves nothing alone: three other questions check it. */
export const colimaSays = (policy: Policy): Question<ColimaStatus> => ({
  key: 'colima.status',
  description: 'ask Colima for its status',
  origin: 'colima',
  needs: ['colima'],
  // Shorter than the question's own deadline, so that a hang is reported as an answer.
  ask: asking => colima({ ...asking, deadline: asking.deadline * 0.8 }, profileOf(policy)).status(),
})
/**
 * ssh reaches the VM itself, with a new connection: the socket of the ssh master can outlive the
 * VM. @source colima, recorded: frozen VM
 */
export const vmSsh = (policy: Policy): Question<Works> => ({
  key: 'vm.ssh',
  description: 'connect to the VM by ssh',
  origin: 'ssh',
  needs: ['vm-ssh'],
  ask: asking =>
    works(
      vm({ ...asking, deadline: asking.deadline * 0.8 }, profileOf(policy)).run(['true'], {
        mux: false,
      }),
    ),
})
/** Docker answers inside the VM, whatever state its socket on the host is in. */
export const vmDocker = (policy: Policy): Question<Works> => ({
  key: 'vm.docker',
  description: 'ask Docker inside the VM',
  origin: 'ssh',
  needs: ['vm-ssh'],
  ask: asking =>
    works(
      vm({ ...asking, deadline: asking.deadline * 0.8 }, profileOf(policy)).run(
        ['docker', 'info'],
        { mux: false },
      ),
    ),
})
/**
 * Usage of the policy's file systems, seen in the VM. One that does not exist is left out and does
 * not hide the others.
 */
export const disks = (policy: Policy): Question<readonly DiskUse[]> => ({
  key: 'vm.disks',
  description: 'read the disks of the VM',
  origin: 'df in the VM',
  needs: ['vm-ssh'],
  async ask(asking) {
    const found = await Promise.all(
      policy.storage.disks.map(({ path }) =>
        diskUse(asking, profileOf(policy), [path]).catch((error: unknown) => {
          if (isAbsent(error)) return []
          throw error
        }),
      ),
    )
    return found.flat()
  },
})
/** Name, size and users. @source Linux, proc(5): /proc/modules */
export const isModule = (line: string): boolean => /^\S+ \d+ -?\d+ /.test(line)
/**
 * A program in the VM exited 1 because a file does not exist: that is an answer. A failure of ssh
 * itself (255) is not, even when it names a missing file.
 */
export const isAbsent = (error: unknown): boolean =>
  error instanceof CommandError &&
  error.exit.kind === 'exited' &&
  error.exit.code === 1 &&
  /No such file/.test(error.exit.stderr)
/**
 * Modules of the VM's kernel, and the values of the policy's sysctls (undefined: the sysctl does
 * not exist).
 */
export const kernel = (
  policy: Policy,
): Question<{ modules: readonly string[]; sysctls: Readonly<Record<string, string | null>> }> => ({
  key: 'vm.kernel',
  description: 'read modules and sysctls of the VM',
  origin: 'ssh',
  needs: ['vm-ssh'],
  async ask(asking) {
    const remote = vm(asking, profileOf(policy))
    const listed = await remote.run(['cat', '/proc/modules'], { mux: true })
    const lines = listed.split('\n').filter(Boolean)
    const strange = lines.find(line => !isModule(line))
    if (strange !== undefined)
      throw new Error(
        `/proc/modules of the VM holds a line that is none of a module: “${strange.slice(0, 80)}”`,
      )
    const modules = lines.map(line => line.split(' ')[0] ?? '')
    const values = await Promise.all(
      Object.keys(policy.network.sysctls).map(async key => {
        const path = `/proc/sys/${key.replaceAll('.', '/')}`
        const value = await remote.run(['cat', path], { mux: true }).then(
          text => text.trim(),
          (error: unknown) => {
            if (isAbsent(error)) return null
            throw error
          },
        )
        return [key, value] as const
      }),
    )
    return { modules, sysctls: Object.fromEntries(values) }
  },
})
