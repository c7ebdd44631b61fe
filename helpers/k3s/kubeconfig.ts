// Copies the admin's kubeconfig of a k3s node out of its container into a kubeconfig of the host.
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
 * Writes the node's context into the kubeconfig at `path`, pointed at `server`, and makes it the
 * current one. Other entries of that file stay. Rejects when the node is unreachable or has no
 * kubeconfig yet.
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
      `the node in ${to.container} has no kubeconfig at ${keptAt}: ` +
        'is it a k3s node, and has it finished starting?',
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
