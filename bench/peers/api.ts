// The API server of the served lab, read directly, without the proxy and without a tool.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { parse } from 'yaml'
import { z } from 'zod'

const kubeconfigSchema = z.object({
  clusters: z.array(
    z.object({
      cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }),
    }),
  ),
  users: z.array(z.object({ user: z.object({ token: z.string() }) })),
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

export interface Api {
  readonly url: string
  readonly ca: string
  readonly token: string
}

/** The API server of a kubeconfig with one cluster and one user. Throws when either is missing. */
export function apiOf(kubeconfig: string): Api {
  const config = kubeconfigSchema.parse(parse(readFileSync(kubeconfig, 'utf8')))
  const [cluster, user] = [config.clusters[0]?.cluster, config.users[0]?.user]
  if (cluster === undefined || user === undefined)
    throw new Error(`${kubeconfig} has no cluster or no user`)
  return {
    url: cluster.server,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    token: user.token,
  }
}

export interface Reader {
  /** What a tool may leave behind in the spec of a node, in words. Sorted. */
  specOfNode(node: string): Promise<readonly string[]>
  /** Objects that tools create for themselves: namespaces, ConfigMaps, Leases and Jobs. Sorted. */
  objects(): Promise<readonly string[]>
  deployment(namespace: string, name: string): Promise<{ ready: number; selector: string }>
}

const kinds = [
  ['Namespace', '/api/v1/namespaces'],
  ['ConfigMap', '/api/v1/configmaps'],
  ['Lease', '/apis/coordination.k8s.io/v1/leases'],
  ['Job', '/apis/batch/v1/jobs'],
] as const

/** Reads an API server with its token. */
export function readerOf({ url, ca, token }: Api): Reader {
  const dispatcher = new Agent({ connect: { ca } })
  const headers = { authorization: `Bearer ${token}` }
  const get = async (path: string): Promise<unknown> =>
    (await request(`${url}${path}`, { dispatcher, headers })).body.json()
  const names = async (kind: string, path: string): Promise<readonly string[]> =>
    listSchema
      .parse(await get(path))
      .items.map(({ metadata: { name, namespace } }) =>
        namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`,
      )
  return {
    async specOfNode(node) {
      const { unschedulable, taints } = nodeSchema.parse(await get(`/api/v1/nodes/${node}`)).spec
      const cordon = unschedulable === true ? ['cordoned'] : []
      const tainted = (taints ?? []).map(({ key, effect }) => `taint ${key}:${effect}`)
      return [...cordon, ...tainted].toSorted()
    },
    async objects() {
      const lists = await Promise.all(kinds.map(([kind, path]) => names(kind, path)))
      return lists.flat().toSorted()
    },
    async deployment(namespace, name) {
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
      const { spec, status } = deploymentSchema.parse(await get(path))
      const labels = Object.entries(spec.selector.matchLabels)
      return {
        ready: status.readyReplicas ?? 0,
        selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
      }
    },
  }
}
