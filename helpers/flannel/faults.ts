// Faults on the pod network: flannel's file and the kernel module below it.
import { callOf } from '#src/commands/call.ts'
import { nodeShell, nodeAccess, type NodeShell } from '#helpers/docker/node-shell.ts'
import { byShellIn } from '#helpers/docker/switches.ts'
import { fault, ms, type Duration, type FaultContext, type Impact } from '#src/model/index.ts'

/** ms for one command in a node or the VM. */
const patience = 20_000
const call = (context: FaultContext) => callOf(context, patience)
const inside = (context: FaultContext, container: string): NodeShell =>
  nodeShell(call(context), nodeAccess(context), container)

/** Between looks for a file that is about to be written, ms. */
const pollEvery = 250

/**
 * The fault moves flannel's file here, and the undo moves it back. The record of the fault cannot
 * contain the file's text, because flannel may not have written it yet.
 */
const asideOf = (path: string): string => `${path}.taken-by-a-drill`

/**
 * Removes a node's subnet.env, after waiting for flannel to write it. flannel does not write it
 * again while it runs.
 */
export const loseSubnetEnv = fault<
  { container: string; path: string; appearsWithin: Duration },
  { container: string; path: string; appearsWithin: Duration; aside: string }
>({
  name: 'network.lose-subnet-env',
  describe: ({ container, path }) => `remove ${path} in ${container} while flannel runs`,
  blast: 'node',
  needs: ['docker', 'inside-nodes'],
  async prepare({ container, path, appearsWithin }, context) {
    // Asks whether the node answers, not whether the file exists.
    await inside(context, container).exists(path)
    return { container, path, appearsWithin, aside: asideOf(path) }
  },
  async inject({ container, path, appearsWithin, aside }, context) {
    const { clock } = context.runtime
    const node = inside(context, container)
    const until = clock.now() + ms(appearsWithin)
    for (;;) {
      if (await node.exists(path)) return node.move(path, aside)
      if (clock.now() > until)
        throw new Error(
          `${path} did not appear in ${container} within ${appearsWithin}: nothing to remove`,
        )
      await clock.sleep(pollEvery, context.signal)
    }
  },
  // A restarted flannel has written a new file. The undo keeps it: the old one would be another
  // fault.
  async undo({ container, path, aside }, context) {
    const node = inside(context, container)
    if (!(await node.exists(aside))) return
    await ((await node.exists(path)) ? node.remove(aside) : node.move(aside, path))
  },
  manualUndo: ({ container }) =>
    `delete the flannel pod of the node in ${container}: its successor writes the file`,
  impacts: ({ container }): readonly Impact[] => [
    { kind: 'node', by: 'container', name: container, how: 'changed' },
  ],
  deadMan: ({ container, path, appearsWithin, aside }, context) =>
    byShellIn(
      'network.lose-subnet-env',
      { container, path, appearsWithin, aside },
      context,
      container,
      (at: (path: string) => string) =>
        `[ ! -e ${at(aside)} ] || if [ -e ${at(path)} ]; then rm -f ${at(aside)}; ` +
        `else mv ${at(aside)} ${at(path)}; fi`,
    ),
})
