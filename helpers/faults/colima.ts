// Faults on the VM: a clean restart, and the half-death in which it says Running while Docker and ssh are dead.
import { colima } from '../adapters/colima.ts'
import { vm } from '../adapters/vm-ssh.ts'
import { fault, type Hands } from '../words/index.ts'

/** ms. A restart on a slow machine took 496 s. @source colima, recorded: durations of starts */
const patience = 600_000
const tools = ({ reach, signal }: Hands, deadline = patience) => ({ reach, signal, deadline })
const isRunning = async (hands: Hands, profile: string): Promise<boolean> => (await colima(tools(hands, 20_000), profile).status()).kind === 'running'

/** Restarts the VM as a person does. */
export const restartColima = fault<{ profile: string }, { profile: string; wasRunning: boolean }>({
  name: 'vm.restart',
  says: () => 'colima restart',
  blast: 'vm',
  needs: ['colima'],
  prepare: async ({ profile }, hands) => ({ profile, wasRunning: await isRunning(hands, profile) }),
  inject: ({ profile }, hands) => colima(tools(hands), profile).restart(),
  async undo({ profile, wasRunning }, hands) {
    if (wasRunning && !(await isRunning(hands, profile))) await colima(tools(hands), profile).start()
  },
  byHand: () => 'colima start',
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
  inject: async ({ profile }, hands) => void (await vm(tools(hands, 60_000), profile).run(['sudo', 'systemctl', 'stop', ...units], { mux: true })),
  async undo({ profile, wasRunning }, hands) {
    if (!wasRunning) return
    const remote = vm(tools(hands, 60_000), profile)
    if (await remote.run(['docker', 'info'], { mux: false }).then(() => true, () => false)) return
    // Through the old master where it lives; a VM that nobody can enter any more must be cycled.
    const started = await remote.run(['sudo', 'systemctl', 'start', ...units.toReversed()], { mux: true }).then(() => true, () => false)
    if (started) return
    await colima(tools(hands), profile).stop({ force: true })
    await colima(tools(hands), profile).start()
  },
  byHand: () => 'colima stop --force, then colima start',
})
