// A fresh served lab for one run of one tool, and what the bench itself sees of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { Agent, request } from 'undici'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { standBetween, type Between } from './between.ts'
import { start, until } from './processes.ts'

export const root = join(import.meta.dirname, '..', '..')

/** How long a lab may take to be there, and to be gone, ms: the machine may be busy. */
const patience = 90_000
/** A second address of the loopback: there even the API's own port is free. */
const besides = '127.0.0.2'

const kubeconfigSchema = z.object({
  clusters: z.array(
    z.object({
      cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }),
    }),
  ),
  users: z.array(z.object({ user: z.object({ token: z.string() }) })),
})
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
const listSchema = z.object({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
    }),
  ),
})
const nodeSchema = z.object({
  spec: z.looseObject({
    unschedulable: z.boolean().optional(),
    taints: z
      .array(z.looseObject({ key: z.string(), effect: z.string(), value: z.string().optional() }))
      .optional(),
  }),
})
const deploymentSchema = z.object({
  spec: z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
  status: z.object({ readyReplicas: z.number().optional() }),
})

export interface Stage {
  /** For files of the run; goes with it. */
  readonly folder: string
  readonly home: string
  readonly programs: string
  /** Lead through {@link between}. */
  readonly kubeconfig: string
  readonly policy: string
  readonly between: Between
  readonly node: string
  /** What is deleted in the second half of the fault. */
  readonly displaced: { namespace: string; name: string; selector: string }
  /**
   * The node's spec, as the API server tells it without anybody in between: what a tool may leave
   * behind, in words. Sorted.
   */
  specOfNode(): Promise<readonly string[]>
  /** Objects that tools make for themselves: namespaces, ConfigMaps, Leases and Jobs. Sorted. */
  objects(): Promise<readonly string[]>
  ready(): Promise<number>
  close(): Promise<void>
}

/**
 * Serves a lab as a process of its own and waits until it is there. Rejects when somebody else has
 * a port of its world.
 */
export async function serve(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-peers-'))
  const lab = start([execPath, join(root, 'bin', 'holdfast.mjs'), 'lab', 'serve'], {
    cwd: folder,
    environment: {},
  })
  let between: Between | undefined
  const close = async (): Promise<void> => {
    between?.close()
    lab.child.kill('SIGINT')
    await lab.ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until('the served lab', patience, () =>
      lab.said().includes('Ctrl-C ends it')
        ? true
        : lab.child.exitCode === null
          ? undefined
          : Promise.reject(new Error(lab.said())),
    )
    const told = (name: string): string =>
      new RegExp(`^  ${name} +(.+)$`, 'm').exec(lab.said())?.[1] ?? ''
    if (told('not served') !== '')
      throw new Error(
        `ports of the lab's world are taken: ${told('not served')}. On Linux: ` +
          "unshare --net sh -c 'ip link set lo up && …' gives it all of them.",
      )

    const config = kubeconfigSchema.parse(parse(readFileSync(told('kubeconfig'), 'utf8')))
    const [cluster, user] = [config.clusters[0]?.cluster, config.users[0]?.user]
    if (cluster === undefined || user === undefined)
      throw new Error(`${told('kubeconfig')} has no cluster or no user`)
    const api = {
      url: cluster.server,
      ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
      token: user.token,
    }
    const policy = policySchema.parse(JSON.parse(readFileSync(told('policy'), 'utf8')))
    const home = told('home')

    const context = policy.identity.contexts[0] ?? ''
    const own = hostKubeconfig.parse(parse(readFileSync(join(home, '.kube', 'config'), 'utf8')))
    const ownCluster = own.contexts.find(({ name }) => name === context)?.context.cluster
    const ownServer = own.clusters.find(({ name }) => name === ownCluster)?.cluster.server
    if (ownServer === undefined) throw new Error(`${home}/.kube/config does not know ${context}`)
    // The port stays the one at which the API is mapped: a policy may ask for that.
    between = await standBetween(api, { host: besides, port: Number(new URL(ownServer).port) })
    const files = { kubeconfig: join(folder, 'kubeconfig'), policy: join(folder, 'policy.json') }
    writeFileSync(
      files.kubeconfig,
      stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': context,
        clusters: [{ name: 'between', cluster: { server: between.url } }],
        contexts: [
          { name: context, context: { cluster: 'between', user: 'between', namespace: 'default' } },
        ],
        users: [{ name: 'between', user: { token: api.token } }],
      }),
      { mode: 0o600 },
    )
    writeFileSync(
      files.policy,
      JSON.stringify({ ...policy, identity: { ...policy.identity, kubeconfig: files.kubeconfig } }),
      { mode: 0o600 },
    )

    const dispatcher = new Agent({ connect: { ca: api.ca } })
    const get = async (path: string): Promise<unknown> =>
      (
        await request(`${api.url}${path}`, {
          dispatcher,
          headers: { authorization: `Bearer ${api.token}` },
        })
      ).body.json()
    const names = async (kind: string, path: string): Promise<readonly string[]> =>
      listSchema
        .parse(await get(path))
        .items.map(
          ({ metadata: { name, namespace } }) =>
            `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
        )

    const node = policy.nodes[0]?.name ?? ''
    const { namespace, name } = policy.drillTargets.displaced
    const deployment = async () =>
      deploymentSchema.parse(await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`))
    const selector = Object.entries((await deployment()).spec.selector.matchLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')
    return {
      folder,
      home,
      node,
      between,
      close,
      ...files,
      programs: told('programs'),
      displaced: { namespace, name, selector },
      async specOfNode() {
        const { unschedulable, taints } = nodeSchema.parse(await get(`/api/v1/nodes/${node}`)).spec
        return [
          ...(unschedulable === true ? ['cordoned'] : []),
          ...(taints ?? []).map(({ key, effect }) => `taint ${key}:${effect}`),
        ].toSorted()
      },
      objects: async () =>
        (
          await Promise.all([
            names('Namespace', '/api/v1/namespaces'),
            names('ConfigMap', '/api/v1/configmaps'),
            names('Lease', '/apis/coordination.k8s.io/v1/leases'),
            names('Job', '/apis/batch/v1/jobs'),
          ])
        )
          .flat()
          .toSorted(),
      ready: async () => (await deployment()).status.readyReplicas ?? 0,
    }
  } catch (error) {
    await close()
    throw error
  }
}
