// `talosctl kubeconfig`: the cluster's admin context, written or merged.
import { isDeepStrictEqual } from 'node:util'
import type { Io, Mac } from '#lab/host/mac.ts'
import {
  defaultPath,
  put,
  readKubeconfig,
  writeKubeconfig,
  type Kubeconfig,
} from '#lab/host/platforms/kubectl/kubeconfig.ts'
import { apiPort } from '#lab/host/route.ts'
import type { Machine } from '#lab/kernel/world.ts'
import type { Arguments } from './arguments.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/**
 * Writes or merges the cluster's admin context and makes it current. The server is the endpoint of
 * the machine config, never the port that Docker publishes; with --force it replaces an edited one.
 * @source measured with Talos v1.12.6 in Docker: `https://10.5.0.2:6443`
 */
export function kubeconfig(
  mac: Mac,
  io: Io,
  _machine: Machine,
  _node: string,
  parsed: Arguments,
): number {
  const path = parsed.words[1] ?? defaultPath(mac)
  const merges = parsed.flags.get('--merge') !== 'false'
  const config = readKubeconfig(mac, merges ? path : '')
  const { ca, cert, key } = mac.seed.tls
  const entry = {
    'certificate-authority-data': base64(ca),
    server: `https://${mac.seed.talos.endpoint}:${apiPort}`,
  }
  const { cluster, user, context } = freeNames(mac, io, config, entry, parsed)
  put(config.clusters, { name: cluster, cluster: entry })
  put(config.users, {
    name: user,
    user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
  })
  put(config.contexts, { name: context, context: { cluster, namespace: 'default', user } })
  writeKubeconfig(mac, path, { ...config, 'current-context': context })
  return 0
}

/**
 * Names of the new entries. Without --force talosctl keeps a user and a context of the same name,
 * and a cluster with other members, and numbers the new ones.
 * @source measured with Talos v1.12.6, kubeconfig with and without --force
 */
function freeNames(
  mac: Mac,
  io: Io,
  config: Kubeconfig,
  entry: Readonly<Record<string, unknown>>,
  { flags }: Arguments,
): { cluster: string; user: string; context: string } {
  const force = flags.has('--force') || flags.has('-f')
  const free = (wanted: string, list: readonly { name: string }[], what: string): string => {
    if (force || !list.some(one => one.name === wanted)) return wanted
    let number = 1
    while (list.some(one => one.name === `${wanted}-${number}`)) number += 1
    io.out(`renamed ${what} "${wanted}" -> "${wanted}-${number}"\n`)
    return `${wanted}-${number}`
  }
  const name = mac.seed.talos.cluster
  const others = config.clusters.filter(one => !isDeepStrictEqual(one.cluster, entry))
  const cluster = free(name, others, 'cluster')
  const user = free(`admin@${name}`, config.users, 'auth info')
  const usual = `admin@${name}`
  const named = flags.get('--force-context-name')
  if (named === undefined)
    return { cluster, user, context: free(usual, config.contexts, 'context') }
  if (named !== usual) io.out(`renamed context "${usual}" -> "${named}"\n`)
  return { cluster, user, context: named }
}
