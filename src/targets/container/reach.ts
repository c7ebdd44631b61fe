// The reach to a node that is a container: this host's commands, files and connections, less what
// such a node has not.
import type { Runtime } from '#src/model/runtime.ts'
import { liveReach } from '#src/targets/live/index.ts'

export interface ContainerReach {
  readonly container: string
  /** What such a node lacks, with the reasons. */
  readonly lacks: Runtime['lacks']
  readonly seed?: number
}

/** The real world, seen as far as one node container reaches. */
export function containerReach({ container, lacks, seed }: ContainerReach): Runtime {
  const live = liveReach({ lacks, ...(seed === undefined ? {} : { seed }) })
  return {
    ...live,
    target: {
      kind: 'container',
      description: `a real Kubernetes node in the container ${container}`,
    },
  }
}
