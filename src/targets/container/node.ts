// Starts a node from the k3s image, or any with its interface, on the loopback of this host only.
import { createServer, type AddressInfo } from 'node:net'
import { env } from 'node:process'
import { errorMessage } from '#src/model/error-message.ts'
import type { NodeWishes } from './k3s-node.ts'
import { NoDocker } from './docker.ts'

export interface StartedNode {
  container: string
  /** Its server is 127.0.0.1 with the host port of the API. */
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
 * How long a node may take to serve its API, ms: 12 s with a local image, minutes if Docker has to
 * pull it.
 * @source measured on a v1.35 node /
 */
const patience = 300_000

/**
 * Host ports that are free now. A fixed port survives a restart of the container; one that Docker
 * chooses does not.
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

function notStarted(error: unknown): never {
  throw new NoDocker(
    `could not start a node from the image ${nodeImage()}: ${errorMessage(error).trim()}`,
    {
      cause: error,
      remedy:
        'Pull that image, or set HOLDFAST_NODE_IMAGE to one that this machine has ' +
        '(with the interface of rancher/k3s)',
    },
  )
}

/**
 * Starts a node and resolves once its API is served. Docker chooses the API's host port, so that it
 * drifts as on a real machine; the host ports of NodePorts are fixed. Rejects with NoDocker.
 */
export async function startNode(wishes: NodeWishes): Promise<StartedNode> {
  // A kept node must outlive this process: the reaper of testcontainers would remove it.
  if (wishes.kept) env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
  const { nodeContainer } = await import('./k3s-node.ts')
  const hosts = await freePorts(wishes.nodePorts.length)
  const ports = new Map(wishes.nodePorts.map((port, index) => [port, hosts[index]!]))
  const started = await nodeContainer(nodeImage(), wishes, ports)
    .withStartupTimeout(patience)
    .start()
    .catch(notStarted)
  // 127.0.0.1 and not localhost, which may mean ::1 first; the certificate holds both.
  const server = `server: https://127.0.0.1:${started.getMappedPort(apiPort)}`
  return {
    container: wishes.container,
    ports,
    kubeconfig: started.getKubeConfig().replace(/server: \S+/, server),
  }
}
