// The node of the target `container`: started, or a kept one found again, with its kubeconfig.
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callOf } from '#src/commands/call.ts'
import { docker } from '#helpers/docker/client.ts'
import { putKubeconfig } from '#helpers/k3s/kubeconfig.ts'
import { bytes, type Policy } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import { nodeImage, startNode } from '#src/targets/container/index.ts'
import { nodeRuntime } from './node-runtime.ts'

export type Tell = (message: string) => void

/** ms for one command of Docker, or one request. */
const patience = 10_000

/** A running node. Its API may still be starting, and nothing is deployed yet. */
export interface ContainerNode {
  container: string
  /** A folder for its kubeconfig, its policy and its journals. */
  folder: string
  /** Host ports by container-side port. */
  ports: ReadonlyMap<number, number>
}

/** The folder of a node's container, readable by its user only. */
export const folderOf = (container: string): string => join(tmpdir(), container)
/** The name of the container that a run starts. */
export const containerOf = ({ cluster }: Policy, run: string): string =>
  `holdfast-${cluster}-${run}`

/** The only node of a policy. Throws a UsageError if a container cannot be that node. */
export function nodeOf({ cluster, host, nodes: [node, ...others] }: Policy) {
  if (host === undefined && node?.container !== undefined && others.length === 0)
    return { name: node.name, container: node.container }
  const about = host === undefined ? `${others.length + 1} nodes` : 'a Mac with Colima'
  throw new UsageError(
    `The policy of “${cluster}” is about ${about}: one node in a container cannot stand for it. ` +
      'Use --cluster sandbox (the default of --target container), or --target lab.',
  )
}

function makeFolder(container: string): string {
  const folder = folderOf(container)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Starts the node of a policy. Rejects with NoDocker if Docker cannot. */
export async function start(
  policy: Policy,
  run: string,
  { kept, tell }: { kept: boolean; tell: Tell },
): Promise<ContainerNode> {
  const { name, container: wanted } = nodeOf(policy)
  const container = containerOf(policy, run)
  tell(`starting a Kubernetes node in Docker (${nodeImage()}); the first time its image is pulled`)
  const { kubeconfig, ports } = await startNode({
    run,
    cluster: policy.cluster,
    container,
    node: name,
    kept,
    nodePorts: policy.ports.map(port => port.container),
    memory: bytes(wanted.memory) / 2 ** 30,
    cpus: wanted.cpus,
    restartPolicy: wanted.restartPolicy,
  })
  const folder = makeFolder(container)
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig, { mode: 0o600 })
  return { container, folder, ports }
}

/** A kept node, with a kubeconfig for the host port that its API has now. */
export async function findAgain(
  container: string,
  policy: Policy,
  tell: Tell,
): Promise<ContainerNode> {
  tell(`using the kept node ${container}`)
  const call = callOf({ runtime: nodeRuntime(container) }, patience)
  const { bindings } = await docker(call).inspect(container)
  const api = bindings.find(binding => binding.container === policy.endpoints.api.container)
  if (api === undefined)
    throw new UsageError(
      `The kept node ${container} does not publish its API: ` +
        `remove it (docker rm -f -v ${container}) and start again.`,
    )
  const folder = makeFolder(container)
  await putKubeconfig(call, {
    container,
    path: join(folder, 'kubeconfig'),
    server: `https://127.0.0.1:${api.host}`,
    context: policy.identity.contexts[0] ?? 'default',
  })
  const ports = new Map(bindings.map(binding => [binding.container, binding.host]))
  return { container, folder, ports }
}
