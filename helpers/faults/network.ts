// Faults on the pod network: flannel's file and the kernel module below it.
import { docker } from '../adapters/docker.ts'
import { vm } from '../adapters/vm-ssh.ts'
import { socketOf } from '../probes/host.ts'
import { fault, ms, type Duration, type Hands } from '../words/index.ts'

/** ms for one ssh command. */
const patience = 20_000
const tools = ({ reach, signal }: Hands) => ({ reach, signal, deadline: patience })
const remote = (hands: Hands) => vm(tools(hands), hands.policy.host?.profile ?? 'default')

/** A path inside a node without a shell, as the VM sees it through the container's first process. @source Linux, proc(5): /proc/<pid>/root */
async function insideNode(hands: Hands, container: string, path: string): Promise<string> {
  const { pid } = await docker(tools(hands), { socket: socketOf(hands.reach.home, hands.policy) }).inspect(container)
  return `/proc/${pid}/root${path}`
}

/** Between looks for a file that is about to be written, ms. */
const pollEvery = 250

/** Removes a node's subnet.env, waiting for it to be written first when `appearsWithin` is given. flannel does not write it again while it runs. */
export const loseSubnetEnv = fault<{ container: string; path: string; appearsWithin: Duration }, { container: string; path: string; appearsWithin: Duration; text: string | null }>({
  name: 'network.lose-subnet-env',
  says: ({ container, path }) => `remove ${path} in ${container} while flannel runs`,
  blast: 'node',
  needs: ['docker', 'vm-ssh'],
  async prepare({ container, path, appearsWithin }, hands) {
    const inside = await insideNode(hands, container, path)
    const text = await remote(hands).run(['sudo', 'cat', inside], { mux: true }).catch(() => null)
    return { container, path, appearsWithin, text }
  },
  async inject({ container, path, appearsWithin }, hands) {
    const { clock } = hands.reach
    const until = clock.now() + ms(appearsWithin)
    for (;;) {
      const inside = await insideNode(hands, container, path)
      const there = await remote(hands).run(['sudo', 'test', '-e', inside], { mux: true }).then(() => true, () => false)
      if (there) return void (await remote(hands).run(['sudo', 'rm', '-f', inside], { mux: true }))
      if (clock.now() > until) throw new Error(`${path} did not appear in ${container} within ${appearsWithin}: nothing to remove`)
      await clock.sleep(pollEvery, hands.signal)
    }
  },
  // A file written by hand would hide that flannel has not: a restarted flannel writes it, and that is the fix's business.
  // When no fix came, flannel's own text is put back.
  async undo({ container, path, text }, hands) {
    const inside = await insideNode(hands, container, path)
    const there = await remote(hands).run(['sudo', 'test', '-e', inside], { mux: true }).then(() => true, () => false)
    if (!there && text !== null) await remote(hands).run(['sudo', 'sh', '-c', `mkdir -p $(dirname ${inside}); printf %s "$1" > ${inside}`, 'sh', text], { mux: true })
  },
  byHand: ({ container }) => `delete the flannel pod of the node in ${container}: its successor writes the file`,
})

/** Unloads a kernel module in the VM. What needs it fails at its next start. */
export const unloadModule = fault<{ module: string }, { module: string; wasLoaded: boolean }>({
  name: 'network.unload-module',
  says: ({ module }) => `unload ${module} in the VM`,
  blast: 'vm',
  needs: ['vm-ssh'],
  async prepare({ module }, hands) {
    const listed = await remote(hands).run(['cat', '/proc/modules'], { mux: true })
    return { module, wasLoaded: listed.split('\n').some(line => line.startsWith(`${module} `)) }
  },
  inject: async ({ module }, hands) => void (await remote(hands).run(['sudo', 'modprobe', '-r', module], { mux: true })),
  async undo({ module, wasLoaded }, hands) {
    if (wasLoaded) await remote(hands).run(['sudo', 'modprobe', module], { mux: true })
  },
  byHand: ({ module }) => `ssh into the VM: sudo modprobe ${module}`,
})
