// Describes the container of a node to testcontainers. This module takes 0.4 s to load.
import { K3sContainer } from '@testcontainers/k3s'
import { clusterLabel, keptLabel, runLabel } from './containers.ts'
import { onLoopback, type PortBindings } from './loopback.ts'

/** The node to start. */
export interface NodeWishes {
  run: string
  cluster: string
  /** The container's name. */
  container: string
  /** The node's name in Kubernetes. */
  node: string
  /** Container-side ports that get a fixed host port of their own. */
  nodePorts: readonly number[]
  /** GiB. */
  memory: number
  cpus: number
  restartPolicy: string
  /** Whether it outlives the run. */
  kept: boolean
}

/** The port of Rancher's webhook. K3sContainer publishes it, but the node does not serve it. */
const webhookPort = 8443

/** What testcontainers has no methods for. */
class NodeContainer extends K3sContainer {
  readonly #restartPolicy: string

  constructor(image: string, restartPolicy: string) {
    super(image)
    this.#restartPolicy = restartPolicy
  }

  protected override async beforeContainerCreated(): Promise<void> {
    await super.beforeContainerCreated()
    this.exposedPorts = this.exposedPorts.filter(port => port !== webhookPort)
    const { [`${webhookPort}/tcp`]: _, ...bindings }: PortBindings = this.hostConfig.PortBindings
    this.hostConfig.PortBindings = onLoopback(bindings)
    this.hostConfig.RestartPolicy = { Name: this.#restartPolicy }
    if (this.hostConfig.Memory !== undefined) this.hostConfig.MemorySwap = this.hostConfig.Memory
  }
}

/** A node that is not started yet. `ports`: host ports by container-side port. */
export const nodeContainer = (
  image: string,
  wishes: NodeWishes,
  ports: ReadonlyMap<number, number>,
): K3sContainer =>
  new NodeContainer(image, wishes.restartPolicy)
    .withName(wishes.container)
    .withHostname(wishes.node)
    .withLabels({
      [runLabel]: wishes.run,
      [clusterLabel]: wishes.cluster,
      [keptLabel]: wishes.kept ? 'yes' : 'no',
    })
    .withCommand([
      'server',
      '--disable=traefik',
      '--disable=metrics-server',
      '--disable=servicelb',
      '--tls-san=localhost',
    ])
    .withResourcesQuota({ memory: wishes.memory, cpu: wishes.cpus })
    .withExposedPorts(...[...ports].map(([container, host]) => ({ container, host })))
