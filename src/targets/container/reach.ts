// The reach to a node that is a container: this host's commands, files and connections, less what
// such a node has not.
import type { Capability, Runtime } from '#src/model/runtime.ts'
import { liveReach } from '#src/targets/live/index.ts'

/** Why questions about a Mac with a VM do not apply to a node that was started for a rehearsal. */
const lacks: Partial<Record<Capability, string>> = {
  colima: 'the node runs in the Docker of this host, without Colima',
  'vm-ssh': 'there is no VM to enter: the node is a container of this host',
  talos: 'the node is no Talos: it has no Talos API and no talosconfig',
  launchd: 'the node was started for this run: no timers of this host belong to it',
  processes:
    'the processes of this host are not the business of a node that was started for this run',
  'node-services': 'the node is a container of this host: it has no machine to enter by ssh',
  backups: 'the data of this node live as long as the node: nothing backs them up',
}

/** The real world, seen as far as one node container reaches. */
export function containerReach(options: { container: string; seed?: number }): Runtime {
  const live = liveReach({ lacks, ...(options.seed === undefined ? {} : { seed: options.seed }) })
  return {
    ...live,
    target: {
      kind: 'container',
      description: `a real Kubernetes node in the container ${options.container}`,
    },
  }
}
