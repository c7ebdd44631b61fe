// A fresh served lab for one run of one tool, and what the benchmark itself reads of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { apiOf, readerOf, type Api, type Reader } from './api.ts'
import { standBetween, type Between } from './between.ts'
import { start, until, type Running } from './processes.ts'

export const root = join(import.meta.dirname, '..', '..')

/** How long a lab may take to start and to end, ms: the machine may be busy. */
const patience = 90_000
/** A second address of the loopback: there even the API's own port is free. */
const besides = '127.0.0.2'

const hostKubeconfig = z.object({
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.string() }) })),
})
const policySchema = z.looseObject({
  identity: z.looseObject({ contexts: z.array(z.string()) }),
  nodes: z.array(z.looseObject({ name: z.string() })),
  drillTargets: z.looseObject({
    displaced: z.looseObject({ namespace: z.string(), name: z.string() }),
  }),
})
type Policy = z.output<typeof policySchema>

/** The two files that lead a tool through the proxy. */
interface Files {
  readonly kubeconfig: string
  readonly policy: string
}

export interface Stage extends Files {
  /** For files of the run; it is removed with the stage. */
  readonly folder: string
  readonly home: string
  readonly programs: string
  readonly between: Between
  readonly node: string
  /** The second half of the fault deletes the pods of this Deployment. */
  readonly displaced: { namespace: string; name: string; selector: string }
  /** What a tool may leave behind in the node's spec, read without the proxy. Sorted. */
  specOfNode(): Promise<readonly string[]>
  /** Objects that tools create for themselves: namespaces, ConfigMaps, Leases and Jobs. Sorted. */
  objects(): Promise<readonly string[]>
  ready(): Promise<number>
  close(): Promise<void>
}

/** A value that the served lab printed at its start, or ''. */
const printed = (lab: Running, name: string): string =>
  new RegExp(`^  ${name} +(.+)$`, 'm').exec(lab.said())?.[1] ?? ''

/** Rejects when the lab ends early, or when another process has a port of its world. */
async function untilServed(lab: Running): Promise<void> {
  await until('the served lab', patience, () => {
    if (lab.said().includes('Ctrl-C ends it')) return true
    return lab.child.exitCode === null ? undefined : Promise.reject(new Error(lab.said()))
  })
  const taken = printed(lab, 'not served')
  if (taken !== '')
    throw new Error(
      `ports of the lab's world are taken: ${taken}. On Linux: ` +
        "unshare --net sh -c 'ip link set lo up && …' gives it all of them.",
    )
}

/** The port at which the host's kubeconfig has the API of a context. */
function portOfApi(home: string, context: string): number {
  const own = hostKubeconfig.parse(parse(readFileSync(join(home, '.kube', 'config'), 'utf8')))
  const cluster = own.contexts.find(({ name }) => name === context)?.context.cluster
  const server = own.clusters.find(({ name }) => name === cluster)?.cluster.server
  if (server === undefined) throw new Error(`${home}/.kube/config does not know ${context}`)
  return Number(new URL(server).port)
}

/** Writes a kubeconfig that leads to the proxy, and the policy that names it. */
function writeFiles(folder: string, policy: Policy, server: string, token: string): Files {
  const files = { kubeconfig: join(folder, 'kubeconfig'), policy: join(folder, 'policy.json') }
  const context = policy.identity.contexts[0] ?? ''
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: 'between', cluster: { server } }],
    contexts: [
      { name: context, context: { cluster: 'between', user: 'between', namespace: 'default' } },
    ],
    users: [{ name: 'between', user: { token } }],
  }
  const identity = { ...policy.identity, kubeconfig: files.kubeconfig }
  writeFileSync(files.kubeconfig, stringify(config), { mode: 0o600 })
  writeFileSync(files.policy, JSON.stringify({ ...policy, identity }), { mode: 0o600 })
  return files
}

/** The parts of a stage that read the API server. */
async function readings(policy: Policy, api: Reader) {
  const node = policy.nodes[0]?.name ?? ''
  const { namespace, name } = policy.drillTargets.displaced
  const { selector } = await api.deployment(namespace, name)
  return {
    node,
    displaced: { namespace, name, selector },
    specOfNode: () => api.specOfNode(node),
    objects: () => api.objects(),
    ready: async () => (await api.deployment(namespace, name)).ready,
  }
}

/** The port stays the one at which the API is mapped: a policy may require it. */
const proxyOf = (api: Api, home: string, { identity }: Policy): Promise<Between> =>
  standBetween(api, { host: besides, port: portOfApi(home, identity.contexts[0] ?? '') })

/**
 * Serves a lab as a process of its own and waits until it is ready. Rejects when another process
 * has a port of its world.
 */
export async function serve(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-peers-'))
  const command = [execPath, join(root, 'bin', 'holdfast.mjs'), 'lab', 'serve']
  const lab = start(command, { cwd: folder, environment: {} })
  let between: Between | undefined
  const close = async (): Promise<void> => {
    between?.close()
    lab.child.kill('SIGINT')
    await lab.ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await untilServed(lab)
    const api = apiOf(printed(lab, 'kubeconfig'))
    const policy = policySchema.parse(JSON.parse(readFileSync(printed(lab, 'policy'), 'utf8')))
    const [home, programs] = [printed(lab, 'home'), printed(lab, 'programs')]
    between = await proxyOf(api, home, policy)
    const files = writeFiles(folder, policy, between.url, api.token)
    const read = await readings(policy, readerOf(api))
    return { folder, home, programs, between, close, ...files, ...read }
  } catch (error) {
    await close()
    throw error
  }
}
