// Changes of a kubeconfig by kubectl, which keeps every other entry of the file.
import { z } from 'zod'
import type { Call } from '#src/commands/call.ts'
import { run } from '#src/commands/command.ts'
import { yaml } from '#src/kubernetes/client-node.ts'

const contexts = z.looseObject({
  contexts: z
    .array(z.looseObject({ name: z.string(), context: z.looseObject({ cluster: z.string() }) }))
    .default([]),
})

/** The cluster entry of a context. Rejects when the file does not have the context. */
async function clusterOf(call: Call, path: string, context: string): Promise<string> {
  const text = await call.runtime.files.read(path)
  if (text === undefined) throw new Error(`there is no kubeconfig at ${path}`)
  const found = contexts
    .parse(yaml().parse(text) ?? {})
    .contexts.find(({ name }) => name === context)
  if (found === undefined) throw new Error(`${path} has no context ${context}`)
  return found.context.cluster
}

const kubectlConfig = (call: Call, path: string, words: readonly string[]): Promise<string> =>
  run(call, ['kubectl', '--kubeconfig', expanded(call, path), 'config', ...words], {
    description: `kubectl config ${words[0]}`,
  })

const expanded = (call: Call, path: string): string =>
  path.startsWith('~/') ? `${call.runtime.home}/${path.slice(2)}` : path

/**
 * Points the cluster of a context to a server. `serverName`: a name in the certificate of the
 * server, where it does not name the server's address.
 */
export async function pointContext(
  call: Call,
  at: { path: string; context: string; server?: string; serverName?: string },
): Promise<void> {
  const cluster = await clusterOf(call, at.path, at.context)
  const server = at.server === undefined ? [] : [`--server=${at.server}`]
  const name = at.serverName === undefined ? [] : [`--tls-server-name=${at.serverName}`]
  await kubectlConfig(call, at.path, ['set-cluster', cluster, ...server, ...name])
}

/** Makes a context the current one. */
export const useContext = async (call: Call, path: string, context: string): Promise<void> =>
  void (await kubectlConfig(call, path, ['use-context', context]))
