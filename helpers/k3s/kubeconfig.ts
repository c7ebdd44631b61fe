// The kubeconfig that a k3s node keeps for its admin, taken out of its container and put into a
// kubeconfig of the host.
import { z } from 'zod'
import { yaml } from '#src/kubernetes/client-node.ts'
import { nodeShell, type NodeWay } from '#helpers/docker/node-shell.ts'
import type { Call } from '#src/commands/call.ts'

/** @source k3s, cluster access: the kubeconfig on the server */
const keptAt = '/etc/rancher/k3s/k3s.yaml'

const named = z.looseObject({ name: z.string() })
const shape = z.looseObject({
  clusters: z.array(named.extend({ cluster: z.looseObject({ server: z.string() }) })).min(1),
  users: z.array(named).min(1),
  contexts: z.array(named).min(1),
})
const lists = z.looseObject({
  clusters: z.array(named).default([]),
  users: z.array(named).default([]),
  contexts: z.array(named).default([]),
})

const upsert = <T extends { name: string }>(list: readonly T[], entry: T): readonly T[] => [
  ...list.filter(({ name }) => name !== entry.name),
  entry,
]

/**
 * Puts the node's own context into the kubeconfig at a path, leading to a server, and makes it the
 * current one. What else
 * that file holds stays. Rejects when the node cannot be reached or keeps none.
 */
export async function putKubeconfig(
  call: Call,
  to: { container: string; path: string; server: string; context: string; way?: NodeWay },
): Promise<void> {
  const text = await nodeShell(
    call,
    to.way ?? { socket: undefined, profile: undefined },
    to.container,
  ).read(keptAt)
  if (text === undefined)
    throw new Error(
      `the node in ${to.container} keeps no kubeconfig at ${keptAt}: is it a k3s node that has finished its start?`,
    )
  const { parse, stringify } = yaml()
  const own = shape.parse(parse(text))
  const before = lists.parse(parse((await call.runtime.files.read(to.path)) ?? '{}') ?? {})
  const { context } = to
  const after = {
    apiVersion: 'v1',
    kind: 'Config',
    ...before,
    clusters: upsert(before.clusters, {
      ...own.clusters[0]!,
      name: context,
      cluster: { ...own.clusters[0]!.cluster, server: to.server },
    }),
    users: upsert(before.users, { ...own.users[0]!, name: context }),
    contexts: upsert(before.contexts, {
      name: context,
      context: { cluster: context, user: context },
    }),
    'current-context': context,
  }
  await call.runtime.files.write(to.path, stringify(after))
}
