// `talosctl kubeconfig`: the cluster's admin context, written or merged.
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
 * Writes or merges the cluster's admin context and makes it current. The server is the host port
 * that publishes the API server at this moment.
 * Assumption: the real program writes the endpoint of the machine config; joelclaw's is kept equal
 * to that port.
 */
export function kubeconfig(
  mac: Mac,
  io: Io,
  machine: Machine,
  _node: string,
  parsed: Arguments,
): number {
  const path = parsed.words[1] ?? defaultPath(mac)
  const container = mac.containers.find(one => one.machine === machine)
  const port = container?.ports.find(live => live.container === apiPort)?.host ?? apiPort
  const config = readKubeconfig(mac, path)
  const { cluster, user, context } = freeNames(mac, io, config, parsed)
  const { ca, cert, key } = mac.seed.tls
  put(config.clusters, {
    name: cluster,
    cluster: { 'certificate-authority-data': base64(ca), server: `https://127.0.0.1:${port}` },
  })
  put(config.users, {
    name: user,
    user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
  })
  put(config.contexts, { name: context, context: { cluster, namespace: 'default', user } })
  writeKubeconfig(mac, path, { ...config, 'current-context': context })
  return 0
}

/**
 * Names of the new entries. Without --force talosctl leaves an entry of the same name alone and
 * numbers the new one. @source Talos default, kubeconfig merge
 */
function freeNames(
  mac: Mac,
  io: Io,
  config: Kubeconfig,
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
  const cluster = free(name, config.clusters, 'cluster')
  const user = free(`admin@${name}`, config.users, 'auth')
  const named = flags.get('--force-context-name')
  return { cluster, user, context: named ?? free(`admin@${name}`, config.contexts, 'context') }
}
