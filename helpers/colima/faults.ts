// Faults on the VM: a clean restart, and a zombie that reports Running while Docker and ssh are
// dead.
import { callOf } from '#src/commands/call.ts'
import { colima } from './client.ts'
import { vm } from './vm.ts'
import { byHost } from '#helpers/host/switches.ts'
import { byVm } from './switches.ts'
import { fault, type FaultContext, type Impact } from '#src/model/index.ts'

/** ms. A restart on a slow machine took 496 s. @source colima, recorded: durations of starts */
const patience = 600_000
const call = (context: FaultContext, deadline = patience) => callOf(context, deadline)
const isRunning = async (context: FaultContext, profile: string): Promise<boolean> =>
  (await colima(call(context, 20_000), profile).status()).kind === 'running'

/**
 * An undo ends after this many healthy checks in a row, and waits this many ms between two checks:
 * an interrupted restart continues inside the VM after its caller has died. @source measured on
 * Linux: systemd ends sshd and Docker within seconds of the start of a shutdown
 */
const healthyChecks = 2
const wellEvery = 10_000
/** The undo gives up at this many failed repairs. */
const mostMendings = 5

/** It runs, a new ssh connection works where the VM has ssh, and Docker answers. */
const isWell = async (context: FaultContext, profile: string): Promise<boolean> =>
  (await isRunning(context, profile)) &&
  (context.runtime.lacks['vm-ssh'] !== undefined ||
    (await vm(call(context, 60_000), profile)
      .run(['docker', 'info'], { mux: false })
      .then(
        () => true,
        () => false,
      )))

/**
 * Repairs the VM until it is well and stays well. Rejects with the reason of the last repair when
 * none helps.
 */
async function untilWell(
  context: FaultContext,
  profile: string,
  mend: () => Promise<void>,
): Promise<void> {
  let failed = 0
  for (let well = 0; ;) {
    if (await isWell(context, profile)) {
      well += 1
      if (well >= healthyChecks) return
    } else {
      well = 0
      try {
        await mend()
      } catch (error) {
        failed += 1
        context.signal.throwIfAborted()
        if (failed >= mostMendings) throw error
      }
    }
    await context.runtime.clock.sleep(wellEvery, context.signal)
  }
}

/** Everything in the VM stops with it. */
const down = ({ profile }: { profile: string }): readonly Impact[] => [
  { kind: 'vm', profile, how: 'down' },
]

/** Restarts the VM as a person would. */
export const restartColima = fault<{ profile: string }, { profile: string; wasRunning: boolean }>({
  name: 'vm.restart',
  describe: () => 'colima restart',
  blast: 'vm',
  needs: ['colima'],
  prepare: async ({ profile }, context) => ({
    profile,
    wasRunning: await isRunning(context, profile),
  }),
  inject: ({ profile }, context) => colima(call(context), profile).restart(),
  async undo({ profile, wasRunning }, context) {
    if (wasRunning) await untilWell(context, profile, () => colima(call(context), profile).start())
  },
  manualUndo: () => 'colima start',
  impacts: down,
  // Nothing inside the VM can start it, and on a running VM colima start does nothing. @source
  // colima, recorded: start of a running VM
  deadMan: (record, context) =>
    byHost('vm.restart', record, context, ['colima', 'start', '--profile', record.profile]),
})

/**
 * Stopping these units makes a zombie: Docker and sshd are gone, and the ssh master that `colima
 * status` uses lives on.
 */
const units = ['docker.socket', 'docker.service', 'ssh.socket', 'ssh.service'] as const

/**
 * Stops Docker and sshd inside the VM. `colima status` still reports that it runs, `colima start`
 * does nothing, and only a connection that already exists still works. @source colima, recorded:
 * fault A; k8s skill, Danger Zones 4
 */
export const zombie = fault<{ profile: string }, { profile: string; wasRunning: boolean }>({
  name: 'vm.zombie',
  describe: () => 'stop Docker and sshd inside the VM: it goes on saying Running',
  blast: 'vm',
  needs: ['colima', 'vm-ssh'],
  prepare: async ({ profile }, context) => ({
    profile,
    wasRunning: await isRunning(context, profile),
  }),
  inject: async ({ profile }, context) =>
    void (await vm(call(context, 60_000), profile).run(['sudo', 'systemctl', 'stop', ...units], {
      mux: true,
    })),
  async undo({ profile, wasRunning }, context) {
    if (!wasRunning) return
    await untilWell(context, profile, async () => {
      // Through the old ssh master where it lives. A VM that nobody can enter must be cycled.
      const started = await vm(call(context, 60_000), profile)
        .run(['sudo', 'systemctl', 'start', ...units.toReversed()], { mux: true })
        .then(
          () => true,
          () => false,
        )
      if (started) return
      await colima(call(context), profile).stop({ force: true })
      await colima(call(context), profile).start()
    })
  },
  manualUndo: () => 'colima stop --force, then colima start',
  impacts: down,
  deadMan: (record, context) =>
    byVm('vm.zombie', record, context, ['systemctl', 'start', ...units.toReversed()]),
})
export const remote = (context: FaultContext) =>
  vm(call(context), context.policy.host?.profile ?? 'default')
/** Unloads a kernel module in the VM. Programs that need it fail at their next start. */

export const unloadModule = fault<{ module: string }, { module: string; wasLoaded: boolean }>({
  name: 'network.unload-module',
  describe: ({ module }) => `unload ${module} in the VM`,
  blast: 'vm',
  needs: ['vm-ssh'],
  async prepare({ module }, context) {
    const listed = await remote(context).run(['cat', '/proc/modules'], { mux: true })
    return { module, wasLoaded: listed.split('\n').some(line => line.startsWith(`${module} `)) }
  },
  inject: async ({ module }, context) =>
    void (await remote(context).run(['sudo', 'modprobe', '-r', module], { mux: true })),
  async undo({ module, wasLoaded }, context) {
    if (wasLoaded) await remote(context).run(['sudo', 'modprobe', module], { mux: true })
  },
  manualUndo: ({ module }) => `ssh into the VM: sudo modprobe ${module}`,
  impacts: (): readonly Impact[] => [{ kind: 'vm', profile: 'default', how: 'changed' }],
  deadMan: (record, context) =>
    record.wasLoaded
      ? byVm('network.unload-module', record, context, ['modprobe', record.module])
      : 'it was not loaded before: nothing is to be ended',
})
