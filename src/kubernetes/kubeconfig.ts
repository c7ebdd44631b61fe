// The kubeconfig: its content, and which of its contexts belongs to the cluster.
import { parseKubeconfig } from './client-node.ts'
import { plainKubeconfig, type Written } from './plain-kubeconfig.ts'
import type { Call } from '#src/commands/call.ts'

export interface ContextView {
  name: string
  /** The server of its cluster. Empty if the context names a cluster that does not exist. */
  server: string
  /** The client does not verify the certificate of the server. */
  insecure: boolean
  cluster: string
  user: string
}

/** The content of a kubeconfig, without the keys, tokens and certificates of its users. */
export interface Kubeconfig {
  path: string
  current: string | undefined
  contexts: readonly ContextView[]
  clusters: readonly {
    name: string
    server: string
    insecure: boolean
    /** PEM in base64, or the path of a file. */
    ca: string | undefined
  }[]
  users: readonly {
    name: string
    by: 'certificate' | 'token' | 'exec' | 'password' | 'provider' | 'nothing'
  }[]
}

const expanded = (home: string, path: string): string =>
  path.startsWith('~/') ? `${home}/${path.slice(2)}` : path

/** The text of a kubeconfig. Rejects if the file is missing or empty. */
export async function kubeconfigText(
  { runtime }: Pick<Call, 'runtime'>,
  path: string,
): Promise<{ path: string; text: string }> {
  const text = await runtime.files.read(path)
  if (text === undefined) throw new Error(`there is no kubeconfig at ${path}`)
  if (text.trim() === '') throw new Error(`the kubeconfig at ${path} is empty`)
  return { path: expanded(runtime.home, path), text }
}

function kindOf(user: Written['users'][number]): Kubeconfig['users'][number]['by'] {
  if (user.exec) return 'exec'
  if (user.authProvider) return 'provider'
  if (user.certData || user.certFile) return 'certificate'
  if (user.token) return 'token'
  return user.username ? 'password' : 'nothing'
}

/** The view of a parsed configuration. */
export function viewOf(path: string, config: Written): Kubeconfig {
  const clusters = config.clusters.map(({ name, server, skipTLSVerify, caData, caFile }) => ({
    name,
    server,
    insecure: skipTLSVerify ?? false,
    ca: caData ?? caFile,
  }))
  return {
    path,
    // The types require it, but it is absent if the file does not set it.
    current: config.currentContext || undefined,
    contexts: config.contexts.map(context => {
      const cluster = clusters.find(({ name }) => name === context.cluster)
      return {
        name: context.name,
        server: cluster?.server ?? '',
        insecure: cluster?.insecure ?? false,
        cluster: context.cluster,
        user: context.user,
      }
    }),
    clusters,
    users: config.users.map(user => ({ name: user.name, by: kindOf(user) })),
  }
}

/** Reads and parses a kubeconfig. Rejects if the file is missing or not a kubeconfig. */
export async function readKubeconfig(
  call: Pick<Call, 'runtime'>,
  path: string,
): Promise<Kubeconfig> {
  const file = await kubeconfigText(call, path)
  return viewOf(path, plainKubeconfig(file.text) ?? parseKubeconfig(file.path, file.text))
}

/**
 * The context of the cluster: the first wanted name that exists. Failing that, the newest of the
 * names that clients derive from a wanted name that is taken (`admin@joelclaw-1`, `-2`, …).
 * Undefined if there is neither.
 */
export function chooseContext(
  config: Pick<Kubeconfig, 'contexts'>,
  wanted: readonly string[],
): string | undefined {
  const names = config.contexts.map(context => context.name)
  const exact = wanted.find(name => names.includes(name))
  if (exact !== undefined) return exact
  for (const name of wanted) {
    const renamed = names
      .map(candidate => ({
        candidate,
        number: candidate.startsWith(`${name}-`)
          ? Number(candidate.slice(name.length + 1))
          : Number.NaN,
      }))
      .filter(({ number }) => Number.isInteger(number))
      .toSorted((a, b) => b.number - a.number)
    if (renamed[0] !== undefined) return renamed[0].candidate
  }
  return undefined
}

/** As {@link chooseContext}, but throws an error that lists the existing contexts. */
export function requireContext(config: Kubeconfig, wanted: readonly string[]): string {
  const found = chooseContext(config, wanted)
  if (found !== undefined) return found
  const there = config.contexts.map(context => context.name).join(', ') || 'none'
  throw new Error(`no context of ${config.path} is ${wanted.join(' or ')}; it has: ${there}`)
}
