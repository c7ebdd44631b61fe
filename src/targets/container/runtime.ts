// The runtime of a node in a container: this host's commands, files and connections, without the
// capabilities that such a node lacks.
import type { Runtime } from '#src/model/runtime.ts'
import { liveRuntime } from '#src/targets/live/index.ts'

export interface ContainerReach {
  readonly container: string
  /** The capabilities that the node lacks, with the reasons. */
  readonly lacks: Runtime['lacks']
  readonly seed?: number
}

/** The runtime of one node container. */
export function containerRuntime({ container, lacks, seed }: ContainerReach): Runtime {
  const live = liveRuntime({ lacks, ...(seed === undefined ? {} : { seed }) })
  return {
    ...live,
    target: {
      kind: 'container',
      description: `a real Kubernetes node in the container ${container}`,
    },
  }
}
