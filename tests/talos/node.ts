// A real Talos control plane in Docker, in joelclaw's shape: random ports for the API and for
// Talos, which Docker draws anew at each start, and a fixed port for a service.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { env } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { $ } from 'zx'

/** The address of the node in its network. @source joelclaw history, recreation of the cluster */
const address = '10.5.0.2'
const subnet = '10.5.0.0/24'
export const nodeName = 'joelclaw-controlplane-1'
/** Where the service of the tests listens in the node. */
export const nodePort = 30_082
/** How long one step of the start may take, ms. @source measured: 94 s in all on two busy cores */
const patience = 300_000

/** What the tests need, from the environment. Throws with the variable that is missing. */
export function given() {
  const wanted = (name: string, what: string): string => {
    const value = env[name]
    if (value === undefined || value === '') throw new Error(`${name} is not set: name ${what}`)
    return value
  }
  return {
    image: wanted('HOLDFAST_TALOS_IMAGE', 'a Talos image'),
    programs: wanted('HOLDFAST_TALOSCTL', 'the folder that holds talosctl'),
    /** A patch of the machine config; none is needed where the node reaches a registry. */
    patch: env['HOLDFAST_TALOS_PATCH'] ?? '',
  }
}

/** A port of this host that nobody uses now. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const found = server.address()
      server.close(() => resolve(typeof found === 'object' && found !== null ? found.port : 0))
    })
  })

/** Tries a step until it ends well. Rejects with its last words. */
export async function until(
  what: string,
  step: () => Promise<{ exitCode: number | null; stderr: string }>,
) {
  for (const end = Date.now() + patience; ;) {
    const { exitCode, stderr } = await step()
    if (exitCode === 0) return
    if (Date.now() > end) throw new Error(`${what}: not within ${patience / 1000} s: ${stderr}`)
    await pause(1_000)
  }
}

/** A node that runs, with the home folder of its user. */
export interface TalosNode {
  /** Holds ~/.talos/config and ~/.kube/config. */
  home: string
  /** The container and its network are called so. */
  container: string
  /** Host port of the service. */
  servicePort: number
  /** A shell of the node's user: HOME, and the PATH with talosctl. */
  shell: ReturnType<typeof $<{ quiet: true; nothrow: true }>>
  /** Host port of a container port now. */
  portOf(container: number): Promise<number>
  stop(): Promise<void>
}

/** Folders that a Talos node writes to. @source talosctl cluster create docker */
const volumes = [
  '/var',
  '/system/state',
  '/etc/cni',
  '/etc/kubernetes',
  '/usr/libexec/kubernetes',
  '/opt',
]

/** Words of `docker run`. @source talosctl cluster create docker, with random ports for its APIs */
const runFlags = (container: string, data: string, servicePort: number): readonly string[] =>
  [
    `--name ${container} --hostname ${nodeName} --network ${container} --ip ${address}`,
    '--privileged --security-opt seccomp=unconfined --read-only',
    ...['/run', '/system', '/tmp'].map(path => `--tmpfs ${path}`),
    ...volumes.map(path => `-v ${path}`),
    `-e PLATFORM=container -e TALOSSKU=2CPU-4096RAM -e USERDATA=${data}`,
    `-p 127.0.0.1::6443 -p 127.0.0.1::50000 -p 127.0.0.1:${servicePort}:${nodePort}`,
    // As the policy states them: an update would be a finding of its own.
    '--restart unless-stopped --memory 4g --memory-swap 4g',
  ].flatMap(words => words.split(' '))

/** Starts a node and resolves once Kubernetes reports it as Ready. */
export async function startTalos(folder: string): Promise<TalosNode> {
  const { image, programs, patch } = given()
  const home = join(folder, 'home')
  for (const name of ['.kube', '.talos']) mkdirSync(join(home, name), { recursive: true })
  const container = `holdfast-talos-${process.pid}`
  const shell = $({
    cwd: folder,
    quiet: true,
    nothrow: true,
    env: { ...env, HOME: home, PATH: `${programs}:${env['PATH'] ?? ''}`, KUBECONFIG: '' },
  })
  const must = shell({ nothrow: false })
  const stop = async (): Promise<void> => {
    await shell`docker rm -fv ${container}`
    await shell`docker network rm ${container}`
  }
  const portOf = async (port: number): Promise<number> =>
    Number((await must`docker port ${container} ${port}`).stdout.trim().split(':').at(-1))
  const servicePort = await freePort()
  try {
    const patches = patch === '' ? [] : ['--config-patch', `@${patch}`]
    const plain = ['--with-docs=false', '--with-examples=false', '--additional-sans', '127.0.0.1']
    const options = ['--kubernetes-version', '1.35.0', ...plain, ...patches]
    await must`talosctl gen config joelclaw https://${address}:6443 ${options}`
    const data = (await must`base64 -w0 controlplane.yaml`).stdout.trim()
    await must`docker network create --subnet ${subnet} ${container}`
    await must`docker run -d ${runFlags(container, data, servicePort)} ${image}`
    await must`cp talosconfig ${home}/.talos/config`
    await must`talosctl config endpoint 127.0.0.1:${await portOf(50_000)}`
    await must`talosctl config node ${address}`
    await until('talosctl bootstrap', () => shell`talosctl bootstrap`)
    await until('talosctl kubeconfig', () => shell`talosctl kubeconfig --force`)
    const server = `https://127.0.0.1:${await portOf(6443)}`
    await must`kubectl config set-cluster joelclaw --server=${server}`
    await until(
      'the node is Ready',
      () => shell`kubectl wait --for=condition=Ready node/${nodeName} --timeout=10s`,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { home, container, servicePort, shell, portOf, stop }
}

/** A file of the node's user. */
export function writeHome({ home }: TalosNode, path: string, text: string): string {
  const full = join(home, path)
  writeFileSync(full, text, { mode: 0o600 })
  return existsSync(full) ? full : ''
}
