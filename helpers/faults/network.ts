// Faults on the pod network: flannel's file and the kernel module below it.
import { CommandError } from '../adapters/command.ts'
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

/** The file goes aside, to be put back: its text is not known before flannel has written it. */
const asideOf = (path: string): string => `${path}.taken-by-a-drill`

/** Whether a file is there, seen from the VM. Rejects when the VM cannot be asked. */
async function isThere(hands: Hands, path: string): Promise<boolean> {
  try {
    await remote(hands).run(['sudo', 'test', '-e', path], { mux: true })
    return true
  } catch (error) {
    // test's own “no”; ssh that cannot get there exits 255.
    if (error instanceof CommandError && error.exit.kind === 'exited' && error.exit.code === 1) return false
    throw error
  }
}

/** Takes a node's subnet.env away, waiting for it to be written first. flannel does not write it again while it runs. */
export const loseSubnetEnv = fault<{ container: string; path: string; appearsWithin: Duration }, { container: string; path: string; appearsWithin: Duration; aside: string }>({
  name: 'network.lose-subnet-env',
  says: ({ container, path }) => `remove ${path} in ${container} while flannel runs`,
  blast: 'node',
  needs: ['docker', 'vm-ssh'],
  async prepare({ container, path, appearsWithin }, hands) {
    await insideNode(hands, container, path)
    return { container, path, appearsWithin, aside: asideOf(path) }
  },
  async inject({ container, path, appearsWithin, aside }, hands) {
    const { clock } = hands.reach
    const until = clock.now() + ms(appearsWithin)
    for (;;) {
      const inside = await insideNode(hands, container, path)
      if (await isThere(hands, inside)) return void (await remote(hands).run(['sudo', 'mv', '-f', inside, await insideNode(hands, container, aside)], { mux: true }))
      if (clock.now() > until) throw new Error(`${path} did not appear in ${container} within ${appearsWithin}: nothing to remove`)
      await clock.sleep(pollEvery, hands.signal)
    }
  },
  // Where a restarted flannel has written its file anew, that one stays: putting the old one over it would be a fault of its own.
  async undo({ container, path, aside }, hands) {
    const [inside, kept] = [await insideNode(hands, container, path), await insideNode(hands, container, aside)]
    if (!(await isThere(hands, kept))) return
    await remote(hands).run(await isThere(hands, inside) ? ['sudo', 'rm', '-f', kept] : ['sudo', 'mv', '-f', kept, inside], { mux: true })
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
