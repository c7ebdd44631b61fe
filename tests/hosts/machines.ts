// Two machines with systemd and ssh on a network of their own: a k3s server and an agent. Their
// image has systemd as PID 1, sshd with a user `deploy` who may use sudo, and Kubernetes as the
// unit k3s or k3s-agent.
import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { onLoopback } from '#src/targets/container/loopback.ts'
import { root } from '#tests/project/source.ts'
import { GenericContainer, Network, Wait, type StartedTestContainer } from 'testcontainers'

/** Container-side port of ssh. */
const sshPort = 22
/** Container-side port of the API. @source k3s, default of --https-listen-port */
const apiPort = 6443
/** @source k3s, cluster access: the kubeconfig on the server */
const kubeconfigPath = '/etc/rancher/k3s/k3s.yaml'
/** The user of the image who may use sudo without a password. */
export const user = 'deploy'
/** The token with which agents join. The machines are removed with their test run. */
const token = 'joins-the-test-cluster'
/** How long a machine may take to boot and serve, ms. @source measured: 40 s on two busy cores */
const patience = 300_000

/** A running machine, and its address on this host. */
export interface Machine {
  name: string
  unit: string
  container: StartedTestContainer
  /** Host port of its sshd. */
  ssh: number
}

/** Options that testcontainers has no methods for. */
class MachineContainer extends GenericContainer {
  protected override async beforeContainerCreated(): Promise<void> {
    // systemd needs cgroups of its own.
    Object.assign(this.hostConfig, { CgroupnsMode: 'private' })
    this.hostConfig.PortBindings = onLoopback(this.hostConfig.PortBindings)
  }
}

const machine = (image: string, name: string, publicKey: string): GenericContainer =>
  new MachineContainer(image)
    .withHostname(name)
    .withNetworkAliases(name)
    .withPrivilegedMode()
    .withTmpFs({ '/run': 'rw', '/run/lock': 'rw' })
    .withEnvironment({ AUTHORIZED_KEY: publicKey, K3S_TOKEN: token })
    .withStartupTimeout(patience)

/**
 * Starts the server, then the agent, and resolves once the API lists both nodes as ready. `stop`
 * removes the machines and their network.
 */
export async function startMachines(image: string, publicKey: string) {
  const network = await new Network().start()
  const started: StartedTestContainer[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(container => container.stop({ removeVolumes: true })))
    await network.stop()
  }
  const start = async (name: string, unit: string, container: GenericContainer) => {
    const running = await container.withNetwork(network).start()
    started.push(running)
    return { name, unit, container: running, ssh: running.getMappedPort(sshPort) }
  }
  try {
    const server = await start(
      'h1',
      'k3s',
      machine(image, 'h1', publicKey)
        .withCommand(['server', '--tls-san=localhost'])
        .withExposedPorts(sshPort, apiPort)
        .withWaitStrategy(
          Wait.forSuccessfulCommand('k3s kubectl wait --for=condition=Ready node/h1'),
        ),
    )
    const agent = await start(
      'h2',
      'k3s-agent',
      machine(image, 'h2', publicKey)
        .withEnvironment({ K3S_URL: `https://h1:${apiPort}` })
        .withCommand(['agent'])
        .withExposedPorts(sshPort)
        .withWaitStrategy(Wait.forSuccessfulCommand('systemctl is-active k3s-agent')),
    )
    await joined(server, agent)
    return { server, agent, kubeconfig: await kubeconfigOf(server), uid: await uidOf(server), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A file or folder of this host that a machine sees. */
type BindMount = Parameters<GenericContainer['withBindMounts']>[0][number]

/** Libraries of the carried Node that a small Linux may lack. @source ldd, on Node 26 */
function librariesOf(program: string): readonly string[] {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n')
  return lines.flatMap(line => /=> (\/\S*libatomic\S*)/.exec(line)?.[1] ?? [])
}

/**
 * Starts a server alone, with this project at its own path, and resolves once its node is ready.
 * `mounts`: more of this host. The image lacks libpam-systemd, so managers of users are told their
 * folder.
 */
export async function startServer(
  image: string,
  mounts: readonly BindMount[] = [],
): Promise<Machine & { stop(): Promise<void> }> {
  const libraries = librariesOf(join(root, 'node_modules', '.bin', 'node'))
  const container = await machine(image, 'h1', '')
    .withCommand(['server', '--tls-san=localhost'])
    .withExposedPorts(sshPort)
    .withBindMounts([{ source: root, target: root, mode: 'ro' }, ...mounts])
    .withCopyFilesToContainer(libraries.map(path => ({ source: realpathSync(path), target: path })))
    .withCopyContentToContainer([
      {
        content: '[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n',
        target: '/etc/systemd/system/user@.service.d/runtime.conf',
      },
    ])
    .withWaitStrategy(Wait.forSuccessfulCommand('k3s kubectl wait --for=condition=Ready node/h1'))
    .start()
  return {
    name: 'h1',
    unit: 'k3s',
    container,
    ssh: container.getMappedPort(sshPort),
    stop: async () => void (await container.stop({ removeVolumes: true })),
  }
}

/** Runs a command on a machine and returns its output. Rejects unless it exits 0. */
export async function printed(
  { name, container }: Machine,
  ...words: readonly string[]
): Promise<string> {
  const { exitCode, output, stderr } = await container.exec([...words])
  if (exitCode === 0) return output
  throw new Error(`${words.join(' ')} on ${name}: exit ${exitCode}: ${stderr}`)
}

/** Resolves once the node of a machine is ready and its kubelet renews its Lease. */
async function joined(server: Machine, { name }: Machine): Promise<void> {
  const wait = ['k3s', 'kubectl', 'wait', '--timeout=120s']
  await printed(server, ...wait, '--for=create', `node/${name}`)
  await printed(server, ...wait, '--for=create', `lease/${name}`, '--namespace=kube-node-lease')
  await printed(server, ...wait, '--for=condition=Ready', `node/${name}`)
}

/** The admin's kubeconfig, with the host port of the API. */
async function kubeconfigOf(server: Machine): Promise<string> {
  const port = server.container.getMappedPort(apiPort)
  const text = await printed(server, 'cat', kubeconfigPath)
  return text.replace(/server: \S+/, `server: https://127.0.0.1:${port}`)
}

/** The uid of namespace kube-system. */
export const uidOf = (server: Machine): Promise<string> =>
  printed(
    server,
    'k3s',
    'kubectl',
    'get',
    'namespace',
    'kube-system',
    '--output=jsonpath={.metadata.uid}',
  )
