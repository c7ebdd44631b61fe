// Starting the node: the k3s image, or any with its interface, through testcontainers, on the
// loopback of this host only.
import { createServer, type AddressInfo } from 'node:net'
import { env } from 'node:process'
import { onLoopback, type PortBindings } from './loopback.ts'
import { NoDocker } from './docker.ts'
import { clusterLabel, keptLabel, runLabel } from './containers.ts'

/** What a node shall be like. */
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
  /** It outlives the run. */
  kept: boolean
}

export interface StartedNode {
  container: string
  /** Leads to the port that Docker gave the API. */
  kubeconfig: string
  /** Host ports by container-side port. */
  ports: ReadonlyMap<number, number>
}

/** @source k3s, the release of Kubernetes v1.35.0 */
const defaultImage = 'rancher/k3s:v1.35.0-k3s1'

/** The image of the node: HOLDFAST_NODE_IMAGE, or k3s. */
export const nodeImage = (): string => env['HOLDFAST_NODE_IMAGE'] || defaultImage

/** Container-side port of the API. @source k3s, default of --https-listen-port */
const apiPort = 6443
/**
 * How long a node may take to serve its API, ms: 12 s once the image is there, minutes where it
 * must be pulled. @source measured on a v1.35 node
 */
const patience = 300_000

/**
 * Host ports that are free now. They stay the same when the container restarts; one that Docker
 * picks does not.
 */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer()
            .once('error', reject)
            .listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(
    servers.map(
      server =>
        new Promise(resolve => {
          server.close(resolve)
        }),
    ),
  )
  return ports
}

/**
 * Starts a node and resolves when its API is served. The API's host port is Docker's choice, so
 * that it drifts as it
 * does in life; the NodePorts' host ports are fixed. Rejects when Docker cannot, with its words.
 */
export async function startNode(wishes: NodeWishes): Promise<StartedNode> {
  // A kept node must outlive this process: the reaper of testcontainers would take it away.
  if (wishes.kept) env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
  // Loaded when it is used: it costs 0.4 s, and the lab needs nothing of it.
  const { K3sContainer } = await import('@testcontainers/k3s')

  /** What testcontainers has no words for. */
  class Node extends K3sContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      await super.beforeContainerCreated()
      // K3sContainer publishes 8443 for Rancher's webhook; nobody serves there.
      this.exposedPorts = this.exposedPorts.filter(port => port !== 8443)
      const { '8443/tcp': _, ...bindings }: PortBindings = this.hostConfig.PortBindings
      this.hostConfig.PortBindings = onLoopback(bindings)
      this.hostConfig.RestartPolicy = { Name: wishes.restartPolicy }
      if (this.hostConfig.Memory !== undefined) this.hostConfig.MemorySwap = this.hostConfig.Memory
    }
  }

  const hosts = await freePorts(wishes.nodePorts.length)
  const ports = new Map(wishes.nodePorts.map((port, index) => [port, hosts[index]!]))
  const started = await new Node(nodeImage())
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
    .withStartupTimeout(patience)
    .start()
    .catch((error: unknown) => {
      throw new NoDocker(
        `it could not start a node from the image ${nodeImage()}: ${error instanceof Error ? error.message.trim() : String(error)}. HOLDFAST_NODE_IMAGE names another image with k3s' interface`,
        { cause: error },
      )
    })
  // 127.0.0.1 and not localhost, which may mean ::1 first; the certificate holds both.
  return {
    container: wishes.container,
    ports,
    kubeconfig: started
      .getKubeConfig()
      .replace(/server: \S+/, `server: https://127.0.0.1:${started.getMappedPort(apiPort)}`),
  }
}
