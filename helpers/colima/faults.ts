// Faults on the VM: a clean restart, and the half-death in which it says Running while Docker and ssh are dead.
import { colima } from './client.ts'
import { vm } from './vm.ts'
import { byHost, byVm } from '#helpers/host/switches.ts'
import { fault, type Hands, type Hit } from '#src/model/index.ts'

/** ms. A restart on a slow machine took 496 s. @source colima, recorded: durations of starts */
const patience = 600_000
const tools = ({ reach, signal }: Hands, deadline = patience) => ({ reach, signal, deadline })
const isRunning = async (hands: Hands, profile: string): Promise<boolean> =>
  (await colima(tools(hands, 20_000), profile).status()).kind === 'running'

/**
 * How often, and how far apart in ms, a VM must be well before an undo believes it: a restart or a stop of services that was
 * cut off in the middle goes on inside the VM after whoever asked for it is gone. @source measured on Linux: systemd ends sshd and Docker within seconds of a shutdown's begin
 */
const wellLooks = 2
const wellEvery = 10_000
/** How often in a row it may be mended in vain. */
const mostMendings = 5

/** It runs, and where it can be entered at all, a new connection gets in and Docker answers. */
const isWell = async (hands: Hands, profile: string): Promise<boolean> =>
  (await isRunning(hands, profile)) &&
  (hands.reach.lacks['vm-ssh'] !== undefined ||
    (await vm(tools(hands, 60_000), profile)
      .run(['docker', 'info'], { mux: false })
      .then(
        () => true,
        () => false,
      )))

/** Mends until the VM is well, and is so again a while later. Rejects with the reason of the last mending when none helps. */
async function untilWell(hands: Hands, profile: string, mend: () => Promise<void>): Promise<void> {
  let failed = 0
  for (let well = 0; ;) {
    if (await isWell(hands, profile)) {
      well += 1
      if (well >= wellLooks) return
    } else {
      well = 0
      try {
        await mend()
      } catch (error) {
        failed += 1
        hands.signal.throwIfAborted()
        if (failed >= mostMendings) throw error
      }
    }
    await hands.reach.clock.sleep(wellEvery, hands.signal)
  }
}

/** Everything in the VM goes with it. */
const down = ({ profile }: { profile: string }): readonly Hit[] => [
  { kind: 'vm', profile, how: 'down' },
]

/** Restarts the VM as a person does. */
export const restartColima = fault<{ profile: string }, { profile: string; wasRunning: boolean }>({
  name: 'vm.restart',
  says: () => 'colima restart',
  blast: 'vm',
  needs: ['colima'],
  prepare: async ({ profile }, hands) => ({ profile, wasRunning: await isRunning(hands, profile) }),
  inject: ({ profile }, hands) => colima(tools(hands), profile).restart(),
  async undo({ profile, wasRunning }, hands) {
    if (wasRunning) await untilWell(hands, profile, () => colima(tools(hands), profile).start())
  },
  byHand: () => 'colima start',
  hits: down,
  // Nothing inside the VM can start it; where it runs already, colima start does nothing. @source colima, recorded: start of a running VM
  deadMan: (record, hands) =>
    byHost('vm.restart', record, hands, ['colima', 'start', '--profile', record.profile]),
})

/** Units whose end makes a zombie: Docker and sshd are gone, the ssh master that `colima status` uses lives on. */
const units = ['docker.socket', 'docker.service', 'ssh.socket', 'ssh.service'] as const

/**
 * Stops Docker and sshd inside the VM. `colima status` keeps saying that it runs, `colima start` does nothing, and only
 * a connection that already exists still gets in. @source colima, recorded: fault A; k8s skill, Danger Zones 4
 */
export const zombie = fault<{ profile: string }, { profile: string; wasRunning: boolean }>({
  name: 'vm.zombie',
  says: () => 'stop Docker and sshd inside the VM: it goes on saying Running',
  blast: 'vm',
  needs: ['colima', 'vm-ssh'],
  prepare: async ({ profile }, hands) => ({ profile, wasRunning: await isRunning(hands, profile) }),
  inject: async ({ profile }, hands) =>
    void (await vm(tools(hands, 60_000), profile).run(['sudo', 'systemctl', 'stop', ...units], {
      mux: true,
    })),
  async undo({ profile, wasRunning }, hands) {
    if (!wasRunning) return
    await untilWell(hands, profile, async () => {
      // Through the old master where it lives; a VM that nobody can enter any more must be cycled.
      const started = await vm(tools(hands, 60_000), profile)
        .run(['sudo', 'systemctl', 'start', ...units.toReversed()], { mux: true })
        .then(
          () => true,
          () => false,
        )
      if (started) return
      await colima(tools(hands), profile).stop({ force: true })
      await colima(tools(hands), profile).start()
    })
  },
  byHand: () => 'colima stop --force, then colima start',
  hits: down,
  deadMan: (record, hands) =>
    byVm('vm.zombie', record, hands, ['systemctl', 'start', ...units.toReversed()]),
})
